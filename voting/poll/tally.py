"""Which ballots count, and their sum."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.evidence.checkpoint import Checkpoint
from voting.crypto.elgamal import Ciphertext, add
from voting.crypto.errors import TooFewBallotsError
from voting.crypto.threshold import Aggregate, require_enough
from voting.crypto.threshold import Board as AnchoredBoard
from voting.poll.definition import PollDefinition


@dataclass(slots=True)
class CountedSet:
    """Of each ballot key the highest sequence number counts, of equal ones the first in the log."""

    _best: dict[bytes, tuple[int, int]] = field(default_factory=dict, repr=False)

    def add(self, place: int, key: bytes, sequence: int) -> None:
        """Look at the ballot at a 0-based place, places ascending."""
        best = self._best.get(key)
        if best is None or sequence > best[0]:
            self._best[key] = (sequence, place)

    def places(self) -> list[int]:
        """The places of the counted ballots, ascending."""
        return sorted(place for _, place in self._best.values())

    def __len__(self) -> int:
        return len(self._best)


def aggregate_of(
    definition: PollDefinition, final: Checkpoint, ballots: int, total: Ciphertext
) -> Aggregate:
    """Tie a sum to the final checkpoint.

    Args:
        definition: of the poll.
        final: the final checkpoint.
        ballots: N, how many were added up.
        total: their sum, without slack.

    Raises:
        AggregateFormError: impossible numbers (D-01).
        TooFewBallotsError: fewer than ``min_ballots``, so that nothing may be decrypted (D-07).
    """
    if ballots < definition.casting.min_ballots:
        raise TooFewBallotsError(f"{ballots} ballots are too few to decrypt")
    publication = definition.publication
    board = AnchoredBoard(
        publication.chain_id,
        publication.contract,
        definition.poll_id(),
        final.size,
        final.root,
    )
    aggregate = Aggregate(board, ballots, total)
    require_enough(aggregate, definition.casting.min_ballots)
    return aggregate


def sum_of(definition: PollDefinition, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """The sum of the options' components; slack is cut off before, never added up."""
    count = len(definition.options)
    return add((ciphertext.truncate(count) for ciphertext in ciphertexts), count)
