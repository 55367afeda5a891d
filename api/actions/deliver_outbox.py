"""Deliver the outbox: errands that are due are done outside, and each ends as done or as dead.

An attempt is kept before it is made, so a worker that dies in the middle has tried; its lease ends,
and another worker tries again. Handlers are therefore given an errand more than once now and then,
and doing it again must change nothing (the errand's key names it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from api.ports.means import Clock
from api.ports.outbox import Lease, LeasedErrand
from api.ports.storage import Storage

MAX_ATTEMPTS: Final = 20
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(hours=1)
LEASE: Final = timedelta(minutes=5)
BATCH: Final = 256
LOST: Final = "outbox.lost"
"""Why an errand is buried whose last worker died with it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an errand was not done: a stable code, and whether trying again can help."""

    code: str
    lasting: bool = False


class HandlerError(Exception):
    """Nothing of a batch was done, for a passing reason; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Handler(Protocol):
    """Does errands of one kind."""

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Do them; errands without a failure under their id were done.

        Raises:
            HandlerError: none was done, and all may be tried again.
        """


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one round."""

    done: int = 0
    again: int = 0
    dead: int = 0

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(self.done + other.done, self.again + other.again, self.dead + other.dead)


@dataclass(frozen=True, slots=True)
class Courier:
    """One worker's way through the outbox.

    Args:
        owner: names the worker; unique, at most 64 characters.
        handlers: who does which kind.
    """

    storage: Storage
    clock: Clock
    owner: str
    handlers: Mapping[str, Handler]
    batch: int = BATCH

    def deliver_outbox(self) -> Delivery:
        """Take one batch of every kind and deliver it; call it again while something was done."""
        return sum((self.deliver_kind(kind) for kind in sorted(self.handlers)), start=Delivery())

    def deliver_kind(self, kind: str) -> Delivery:
        """Take one batch of a kind and deliver it; kinds may be delivered at the same time."""
        at = self.clock()
        lease = Lease(self.owner, at, at + LEASE)
        with self.storage.work() as work:
            leased = work.outbox.lease(kind, lease, self.batch)
            worn = [errand for errand in leased if errand.attempts > MAX_ATTEMPTS]
            for errand in worn:
                work.outbox.bury(errand.id, lease, LOST)
        fresh = [errand for errand in leased if errand.attempts <= MAX_ATTEMPTS]
        if not fresh:
            return Delivery(dead=len(worn))
        return self._settle(fresh, self._try(kind, fresh), lease) + Delivery(dead=len(worn))

    def _try(self, kind: str, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        try:
            return self.handlers[kind].deliver(errands)
        except HandlerError as error:
            return {errand.id: Failure(error.code) for errand in errands}

    def _settle(
        self, errands: Sequence[LeasedErrand], failures: Mapping[int, Failure], lease: Lease
    ) -> Delivery:
        done = [errand.id for errand in errands if errand.id not in failures]
        again = dead = 0
        with self.storage.work() as work:
            now = Lease(lease.owner, self.clock(), lease.until)
            kept = work.outbox.done(done, now)
            for errand in errands:
                failure = failures.get(errand.id)
                if failure is None:
                    continue
                if failure.lasting or errand.attempts >= MAX_ATTEMPTS:
                    work.outbox.bury(errand.id, now, failure.code)
                    dead += 1
                else:
                    work.outbox.again(errand.id, now, next_try(now.at, errand), failure.code)
                    again += 1
        return Delivery(kept, again, dead)


def next_try(at: datetime, errand: LeasedErrand) -> datetime:
    """When an errand is tried again: the wait doubles, up to an hour."""
    doublings = min(errand.attempts - 1, MAX_ATTEMPTS)
    return at + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
