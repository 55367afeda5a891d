"""The outbox: what must happen outside, written in the same transaction as what it follows from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

LOST: Final = "outbox.lost"
"""What stands as an errand's problem while it is leased: a worker that dies leaves it there."""


class OutboxState(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to be done outside.

    Args:
        kind: which handler does it, as ``log.append``.
        key: names the errand within its kind; asked for twice, it is done once.
        payload: canonical JSON without personal data.
        due: since when it is wanted; it is done as soon as a worker is there.
    """

    kind: str
    key: str
    payload: bytes = field(repr=False)
    due: datetime


@dataclass(frozen=True, slots=True)
class LeasedErrand:
    """An errand that one worker may do until its lease ends; ``attempts`` counts this one.

    ``lost`` says that the attempt before this one ended without a word: its worker died, or its
    batch failed for a reason that nobody foresaw. Such an errand is leased alone.
    """

    id: int
    kind: str
    key: str
    payload: bytes = field(repr=False)
    attempts: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works, from when, until when."""

    owner: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How many errands of a kind stand in a state.

    Args:
        oldest: since when the oldest of them is wanted, however often it was put off since.
        attempts: the most that any of them has had.
    """

    kind: str
    state: OutboxState
    count: int
    oldest: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class UndoneErrand:
    """An errand that is not done, as a command lists it. Its payload is not shown."""

    id: int
    kind: str
    key: str
    state: OutboxState
    attempts: int
    since: datetime
    due: datetime
    problem: str | None


class OutboxReader(Protocol):
    """Looking at the outbox."""

    def is_due(self, kind: str, at: datetime) -> bool:
        """Whether an errand of a kind could be leased now."""

    def counts(self) -> Sequence[OutboxCount]:
        """All that is not done, by kind and state."""

    def since(self, kind: str, key: str) -> datetime | None:
        """Since when an errand is wanted that is not done; None where there is none."""

    def undone(self, limit: int) -> Sequence[UndoneErrand]:
        """What failed at least once and is not done: set aside first, then by age."""


class Outbox(OutboxReader, Protocol):
    """Keeping errands."""

    def put(self, errand: Errand) -> bool:
        """Keep an errand; False where its kind has one with this key already."""

    def lease(
        self, kind: str, lease: Lease, limit: int, retry: datetime | None = None
    ) -> Sequence[LeasedErrand]:
        """Take the oldest errands of a kind that are due and not leased, and count the attempt.

        The attempt is kept with the lease, before anything is done: a worker that dies has tried.
        Where none is left but those that were lost, one of them is leased, alone; the lease is then
        kept with the moment ``retry`` from which it may be tried after another loss.
        """

    def waiting(self, kind: str, prefix: str) -> Sequence[tuple[str, bytes]]:
        """Keys and payloads of all errands of a kind that are not done, by the key's beginning."""

    def done(self, ids: Sequence[int], lease: Lease) -> int:
        """Mark errands as done; returns how many were still this lease's."""

    def free(self, owner: str) -> int:
        """Free the leases of all others but ``owner``; for who knows that no other worker lives."""

    def again(self, errand: int, lease: Lease, due: datetime, code: str) -> None:
        """Give an errand back until a moment, saying why."""

    def bury(self, errand: int, lease: Lease, code: str) -> None:
        """Set an errand aside for a person to look at, saying why."""

    def revive(self, kind: str, key: str, due: datetime) -> bool:
        """Let an errand that ended be tried again from the first; False if there is none."""

    def revive_dead(self, ids: Sequence[int] | None, due: datetime) -> int:
        """Let errands that were set aside be tried again: these, or all; returns how many."""

    def forget_done(self, before: datetime, limit: int) -> int:
        """Remove errands that were done before a moment; returns how many."""
