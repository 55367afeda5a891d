"""Places in a random order: each once, in an order that depends on nothing but randomness."""

import secrets
from collections import Counter

import pytest

from tests.simulators.issuer import Seeded
from verifier.credential.places import shuffle_places


@pytest.mark.parametrize("count", [0, 1, 2, 16, 1000])
def test_every_place_comes_once(count: int) -> None:
    places = range(7, 7 + count)
    assert sorted(shuffle_places(places, secrets.token_bytes)) == [*places]


def test_every_order_is_as_likely_as_any_other() -> None:
    rng = Seeded(b"orders")
    seen = Counter(tuple(shuffle_places((5, 6, 7), rng)) for _ in range(6000))
    assert len(seen) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in seen.values()) < 25, "chi squared, 5 degrees"
