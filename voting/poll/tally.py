"""Which ballots count, and their sum, which may be made in parts by several processes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from contracts.evidence.checkpoint import Checkpoint
from voting.crypto.ballot import component_count, split_ballot
from voting.crypto.elgamal import Ciphertext, add
from voting.crypto.errors import TooFewBallotsError
from voting.crypto.group import G1
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng, random_scalar
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


def votes_of(context: PollContext, verified: bytes) -> Ciphertext:
    """The part of a ballot that is added up, read without the rest.

    Not checked: anything; the bytes are those of a ballot that was verified before.
    """
    width, count = G1.point_bytes, context.shape.options + 1
    sealed = split_ballot(verified, component_count(context.shape)).ciphertext
    a, *b = [G1.on_curve(sealed[width * i : width * (i + 1)]) for i in range(count)]
    return Ciphertext(a, tuple(b))


@dataclass(frozen=True, slots=True)
class PartialSum:
    """The sum of some ballots on its way between processes.

    A sum may be the neutral element, which no encoding of ours has: a fresh multiple of G is added
    to every component on the way.

    Args:
        masked: each component plus ``mask`` G, 48 bytes each.
        mask: a fresh scalar.
    """

    masked: bytes
    mask: int

    @classmethod
    def of(cls, total: Ciphertext, rng: Rng) -> "PartialSum":
        """Pack a sum."""
        mask = random_scalar(rng)
        shift = G1.multiply(G1.generator, mask)
        return cls(G1.encode_all([point + shift for point in (total.a, *total.b)]), mask)

    def total(self) -> Ciphertext:
        """The sum itself; its subgroup is not checked, as its maker is this program."""
        width = G1.point_bytes
        shift = -G1.multiply(G1.generator, self.mask)
        places = range(0, len(self.masked), width)
        a, *b = [G1.on_curve(self.masked[at : at + width]) + shift for at in places]
        return Ciphertext(a, tuple(b))
