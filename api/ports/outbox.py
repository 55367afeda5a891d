"""The outbox: what must happen outside, written in the same transaction as what it follows from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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
        due: not before this moment.
    """

    kind: str
    key: str
    payload: bytes = field(repr=False)
    due: datetime


@dataclass(frozen=True, slots=True)
class LeasedErrand:
    """An errand that one worker may do until its lease ends; ``attempts`` counts this one."""

    id: int
    kind: str
    key: str
    payload: bytes = field(repr=False)
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works, from when, until when."""

    owner: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How many errands of a kind stand in a state, and since when the oldest of them."""

    kind: str
    state: OutboxState
    count: int
    oldest: datetime


class OutboxReader(Protocol):
    """Looking at the outbox."""

    def counts(self) -> Sequence[OutboxCount]:
        """All that is not done, by kind and state."""


class Outbox(OutboxReader, Protocol):
    """Keeping errands."""

    def put(self, errand: Errand) -> bool:
        """Keep an errand; False where its kind has one with this key already."""

    def lease(self, kind: str, lease: Lease, limit: int) -> Sequence[LeasedErrand]:
        """Take the oldest errands of a kind that are due and not leased, and count the attempt.

        The attempt is kept with the lease, before anything is done: a worker that dies has tried.
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

    def forget_done(self, before: datetime, limit: int) -> int:
        """Remove errands that were done before a moment; returns how many."""
