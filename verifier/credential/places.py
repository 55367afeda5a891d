"""Places in a random order, prepared before they are needed.

Whoever gives places out one after the other never looks for a free one: the last place costs what
the first did, and two places that were given out together say nothing about each other.
"""

from collections.abc import Sequence
from typing import Final

from verifier.credential.keys import Randomness

_KEY_BYTES: Final = 8


def shuffle_places(places: Sequence[int], rng: Randomness) -> list[int]:
    """The same places in an order that nobody can foresee.

    Args:
        places: status indexes or places in a log, each once.
        rng: source of randomness; 8 bytes are taken for each place. Of 131,072 places two get the
            same key, and then stand in their old order, about once in two thousand million orders.
    """
    keys = memoryview(rng(_KEY_BYTES * len(places))).cast("Q")
    order = sorted(range(len(places)), key=keys.__getitem__)
    return [places[number] for number in order]
