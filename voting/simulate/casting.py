"""Voting day of a simulation: devices register and cast, the board takes and orders their ballots.

People are worked off stretch by stretch: set up, registered, voting, judged. Only a few stretches
are in memory at a time; what registrars and board must remember stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from contracts.evidence.checkpoint import Checkpoint
from voting.crypto.randomness import Rng
from voting.poll import record
from voting.poll.board import Board
from voting.poll.definition import PollDefinition
from voting.poll.documents import AnchoredNote, encode_lines
from voting.poll.intake import Intake, Judged, judge
from voting.poll.leaf import read_leaf
from voting.poll.record import Shelf
from voting.poll.registrar import Registrar
from voting.poll.roll import Eligible
from voting.simulate.people import Beginning, Device, Voting, set_up, stretch, vote
from voting.simulate.plan import casts
from voting.simulate.scene import Witness
from voting.workers import Progress, Workers

CHECKPOINTS: Final = 8
"""How many checkpoints a simulation makes at least, as far as there are voters for them."""
MOST_BETWEEN: Final = 4000
"""So many voters at most come between two checkpoints: their ballots wait in memory."""
_EVIDENCE: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class VotingDay:
    """Everybody's votes on their way to the board.

    Args:
        definition: of the poll.
        share_keys: PK_1..PK_n, 96 bytes each.
        registrars: those that are asked, in the order of their numbers.
        choices: one vote vector per voter.
        seen: told of the devices of each stretch before they vote.
        rng: secure source of random bytes.
    """

    definition: PollDefinition
    share_keys: tuple[bytes, ...]
    registrars: Sequence[Registrar]
    choices: Sequence[tuple[int, ...]]
    seen: Callable[[tuple[Device, ...]], None] = field(repr=False)
    rng: Rng = field(repr=False)

    def ballots(self, workers: Workers) -> Iterator[tuple[Judged, ...]]:
        """All ballots, judged, in the order of casting."""
        cast = workers(vote, self._registered(workers(set_up, self._beginnings())))
        return workers(judge, (self._intake(some) for some in cast))

    def _beginnings(self) -> Iterator[Beginning]:
        poll_id, voters = self.definition.poll_id(), len(self.choices)
        length = stretch(voters)
        for at in range(0, voters, length):
            yield Beginning(poll_id, min(length, voters - at), self.rng)

    def _registered(self, beginnings: Iterator[tuple[Device, ...]]) -> Iterator[Voting]:
        at = 0
        for some in beginnings:
            self.seen(some)
            shares = tuple(self._register(at + i, device) for i, device in enumerate(some))
            wanted = tuple(casts(self.choices, at + i) for i in range(len(some)))
            yield Voting(self.definition, self.share_keys, some, shares, wanted, self.rng)
            at += len(some)

    def _register(self, voter: int, device: Device) -> dict[int, bytes]:
        person = Eligible(f"synthetic person {voter}", _EVIDENCE)
        blinded, at = device.request.blinded, self.definition.times.opens
        return {one.keys.index: one.grant(person, blinded, at).share for one in self.registrars}

    def _intake(self, cast: tuple[tuple[bytes, ...], ...]) -> Intake:
        return Intake(self.definition, tuple(data for one in cast for data in one), self.rng)


@dataclass(slots=True)
class BallotBox:
    """The board at work: at each checkpoint a batch goes to the record and is forgotten.

    Args:
        board: of the poll.
        shelf: of the record.
        witness: anchors the checkpoints.
        voters: how many will vote.
    """

    board: Board
    shelf: Shelf
    witness: Witness
    voters: int
    _voted: int = 0
    _ordinates: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def fill(self, stretches: Iterator[tuple[Judged, ...]], progress: Progress) -> Checkpoint:
        """Take all ballots, with checkpoints in between; returns the one at closing."""
        opens = self.board.definition.times.opens
        for judged in stretches:
            for one in judged:
                self._checkpoint_between(one)
                self.board.receive_judged(one, opens)
                self._ordinates[one.data] = one.ordinates
            progress(self._voted, self.voters)
        return self._checkpoint()

    def _checkpoint_between(self, ballot: Judged) -> None:
        """Before every so many voters' first ballots; what one voter casts stays together."""
        if read_leaf(self.board.context, ballot.data).sequence > 1:
            return
        every = max(1, min(self.voters // CHECKPOINTS, MOST_BETWEEN))
        if self._voted and self._voted % every == 0:
            self._checkpoint()
        self._voted += 1

    def _checkpoint(self) -> Checkpoint:
        batch = self.board.checkpoint()
        state = self.board.writer.checkpoint()
        times = self.board.definition.times
        moment = int((times.closes - times.opens).total_seconds() * self._voted / self.voters)
        at = self.witness.anchor(
            self.board.definition.board_key, state, times.opens + timedelta(seconds=moment)
        )
        self.shelf.append(record.BALLOTS, b"".join(batch.ballots))
        beside = b"".join(self._ordinates.pop(ballot) for ballot in batch.ballots)
        self.shelf.append(record.ORDINATES, beside)
        line = AnchoredNote(batch.note, batch.proof, at).to_json()
        self.shelf.append(record.CHECKPOINTS, encode_lines([line]))
        return state
