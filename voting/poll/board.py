"""The board: ballots are checked, promised at once, and appended in sorted batches at checkpoints.

Between checkpoints nothing is appended, and inside a batch leaf hashes give the order: the log
tells nothing about who voted just after registering.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from contracts.evidence.errors import ProofError
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash, prove_consistency
from contracts.evidence.receipt import Receipt
from voting.crypto.ballot import parse_ballot
from voting.crypto.group import G1
from voting.crypto.opening import Opening, check_opening
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.verification import verify_ballot
from voting.poll.definition import PollDefinition
from voting.poll.errors import (
    CastTwiceError,
    CheckedBallotError,
    CodeTakenError,
    PollPhaseError,
    RandomnessTakenError,
    WindowError,
)
from voting.poll.intake import Judged
from voting.poll.leaf import Leaf, read_leaf
from voting.poll.states import Phase, phase_at

MAX_DELAY: Final = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the voter gets at once.

    Args:
        code: the tracking code.
        sequence: of the ballot.
        promise: the board's signed word that the ballot will be in the log within ``MAX_DELAY``.
    """

    code: bytes
    sequence: int
    promise: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one checkpoint added.

    Args:
        ballots: in the order of the log.
        note: the signed checkpoint after them.
        proof: consistency with the checkpoint before; empty for the first.
    """

    ballots: tuple[bytes, ...]
    note: str
    proof: tuple[bytes, ...]


@dataclass(slots=True)
class Taken:
    """What stands on the board, for comparing; bytes only, no order."""

    casts: set[tuple[bytes, int]] = field(default_factory=set)
    codes: set[bytes] = field(default_factory=set)
    randomness: set[bytes] = field(default_factory=set)
    checked_codes: set[bytes] = field(default_factory=set)
    checked_randomness: set[bytes] = field(default_factory=set)

    def check(self, leaf: Leaf) -> None:
        """Refuse what stands already.

        Raises:
            RefusedBallotError: R-02 to R-05.
        """
        if (leaf.key, leaf.sequence) in self.casts:
            raise CastTwiceError(f"this key has used sequence number {leaf.sequence}")
        if leaf.code in self.codes:
            raise CodeTakenError("this ciphertext stands on the board")
        if leaf.randomness in self.randomness:
            raise RandomnessTakenError("another ballot has the same first component")
        if leaf.code in self.checked_codes or leaf.randomness in self.checked_randomness:
            raise CheckedBallotError("this ciphertext was opened in public")

    def add(self, leaf: Leaf) -> None:
        """Note a ballot that was accepted."""
        self.casts.add((leaf.key, leaf.sequence))
        self.codes.add(leaf.code)
        self.randomness.add(leaf.randomness)


@dataclass(slots=True)
class Board:
    """The board of one poll, in memory.

    Ballots are kept durably by the caller before their promise is sent. A board that starts again
    is given its published batches (``replay``), its published checks (``replay_check``), and then
    every promised ballot (``receive`` with the time it was accepted at).

    Args:
        definition: of the poll.
        context: made from it.
        writer: the log, with the key that the definition names.
        rng: secure source of random bytes.
    """

    definition: PollDefinition
    context: PollContext
    writer: LogWriter
    rng: Rng = field(repr=False)
    taken: Taken = field(default_factory=Taken, repr=False)
    checks: list[Opening] = field(default_factory=list, repr=False)
    _pending: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _deadlines: dict[bytes, datetime] = field(default_factory=dict, repr=False)
    _places: dict[bytes, int] = field(default_factory=dict, repr=False)
    _last_size: int = 0

    def __post_init__(self) -> None:
        if self.writer.public_key != self.definition.board_key:
            raise PollPhaseError("the log's key is not the one that the definition names")

    def receive(self, data: bytes, at: datetime) -> Accepted:
        """Take a ballot, checking in this order: form, window, doubles, points, signature, proof.

        The same bytes again get the same answer: a lost reply is repeated harmlessly.

        Args:
            data: hostile bytes.
            at: now, by the server's clock.

        Raises:
            BallotError: B-01 to B-09; GroupError: G-01 to G-04.
            RefusedBallotError: R-01 to R-05.
        """

        def verify() -> None:
            verify_ballot(self.context, parse_ballot(data, self.context), self.rng)

        return self._receive(data, at, verify)

    def receive_judged(self, judged: Judged, at: datetime) -> Accepted:
        """``receive`` for a ballot whose own checks were made before, together with others.

        Raises:
            VotingError: as ``receive``, in the same order.
        """

        def verify() -> None:
            if judged.error is not None:
                raise judged.error

        return self._receive(judged.data, at, verify)

    def _receive(self, data: bytes, at: datetime, verify: Callable[[], None]) -> Accepted:
        leaf = read_leaf(self.context, data)
        deadline = self._deadlines.get(leaf_hash(data))
        if deadline is not None:
            return self._answer(leaf, data, deadline)
        if phase_at(self.definition, at) is not Phase.OPEN:
            raise WindowError("ballots are taken from opening until closing only")
        self.taken.check(leaf)
        verify()
        return self._accept(leaf, data, at)

    def publish_check(self, opening: Opening, at: datetime) -> None:
        """Publish an opened ballot; its ciphertext can never be cast any more.

        Raises:
            PollPhaseError: the poll publishes no checks, or is not open (Q-02).
            OpeningError: it does not open (O-01, O-02).
            RefusedBallotError: this ciphertext is cast, or published already (R-03 to R-05).
        """
        if not self.definition.casting.public_checks or phase_at(self.definition, at) != Phase.OPEN:
            raise PollPhaseError("no checks are published")
        check_opening(self.context, opening)
        randomness = opened_randomness(opening)
        if opening.code in self.taken.codes or randomness in self.taken.randomness:
            raise CodeTakenError("a ballot that was cast is never opened")
        if opening.code in self.taken.checked_codes:
            raise CheckedBallotError("this check is published already")
        self.replay_check(opening)

    def replay_check(self, opening: Opening) -> None:
        """Note a check that was published before, when a board starts again.

        Not checked: the opening, which was when it was published.
        """
        self.taken.checked_codes.add(opening.code)
        self.taken.checked_randomness.add(opened_randomness(opening))
        self.checks.append(opening)

    def checkpoint(self) -> Batch:
        """Append all accepted ballots, sorted by leaf hash, and sign the new state."""
        batch = tuple(data for _, data in sorted(self._pending.items()))
        for digest in sorted(self._pending):
            self._places[digest] = self.writer.append(self._pending[digest])
        self._pending.clear()
        size = self.writer.tree.size
        proof = (
            prove_consistency(self.writer.tree, self._last_size, size) if self._last_size else ()
        )
        self._last_size = size
        return Batch(batch, self.writer.signed_checkpoint(), proof)

    def replay(self, batch: Sequence[bytes], at: datetime) -> None:
        """Append a batch that was published before, when a board starts again.

        Args:
            batch: in the order of the log.
            at: now; a voter who asks again is promised what is in the log already.

        Raises:
            BallotError: bytes that are no ballot of this poll (B-01, B-02).

        Not checked: the ballots, which were when they were accepted, and that the root is the
        published one; the caller compares it.
        """
        for data in batch:
            leaf = read_leaf(self.context, data)
            self._accept(leaf, data, at)
            self._places[leaf_hash(data)] = self.writer.append(data)
        self._pending.clear()
        self._last_size = self.writer.tree.size

    def receipt(self, ballot: bytes) -> Receipt:
        """The receipt of a ballot: that and where it stands, never what it chose.

        Raises:
            ProofError: it is not in the log (yet).
        """
        place = self._places.get(leaf_hash(ballot))
        if place is None:
            raise ProofError("this ballot is not in the log yet")
        return self.writer.receipt(place)

    def _accept(self, leaf: Leaf, data: bytes, at: datetime) -> Accepted:
        digest, deadline = leaf_hash(data), at.replace(microsecond=0) + MAX_DELAY
        self.taken.add(leaf)
        self._pending[digest] = data
        self._deadlines[digest] = deadline
        return self._answer(leaf, data, deadline)

    def _answer(self, leaf: Leaf, data: bytes, deadline: datetime) -> Accepted:
        """Ed25519 signatures are deterministic: the same promise comes out each time."""
        return Accepted(leaf.code, leaf.sequence, self.writer.promise(data, deadline))


def opened_randomness(opening: Opening) -> bytes:
    """A of an opened ballot, 48 bytes."""
    return G1.encode(G1.multiply(G1.generator, opening.randomness))


def sorted_checks(checks: Sequence[Opening]) -> bytes:
    """The published checks as they stand in the record: encoded, sorted, joined."""
    return b"".join(sorted(opening.encode() for opening in checks))
