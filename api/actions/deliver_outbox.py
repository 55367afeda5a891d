"""Deliver the outbox: errands that are due are done outside, and tried until they are done.

What stands in the outbox must happen: a failure puts an errand off, for two seconds at first and
for five minutes at most, and never ends it. Only what can never succeed is set aside: an errand
that is malformed.

An attempt is kept before it is made, so a worker that dies in the middle has tried; its lease ends,
and another worker tries again. Handlers are therefore given an errand more than once now and then,
and doing it again must change nothing (the errand's key names it). An errand with which a worker
died, or whose batch failed unforeseen, is delivered alone from then on, so that it stops no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from api.observation.journal import describe, warn
from api.ports.errors import LogHaltedError, StorageError
from api.ports.means import Clock, Randomness
from api.ports.outbox import LOST, Lease, LeasedErrand
from api.ports.storage import Storage

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=5)
DOUBLINGS: Final = 8
"""After so many the longest wait is reached."""
LEASE: Final = timedelta(minutes=5)
BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an errand was not done: a stable code.

    ``lasting`` is for what can never succeed, whatever changes outside: an errand that cannot be
    read. A contract's refusal is none of that: the chain may have been rolled back, an earlier
    attempt may be in its queue, an account may get its role back.
    """

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
        rng: spreads the next attempts, so that they do not come all at once; zeros do not.
    """

    storage: Storage
    clock: Clock
    owner: str
    handlers: Mapping[str, Handler]
    batch: int = BATCH
    rng: Randomness = field(default=bytes, repr=False)

    def deliver_outbox(self) -> Delivery:
        """Take one batch of every kind and deliver it; call it again while something was done."""
        return sum((self.deliver_kind(kind) for kind in sorted(self.handlers)), start=Delivery())

    def deliver_kind(self, kind: str) -> Delivery:
        """Take one batch of a kind and deliver it; kinds may be delivered at the same time."""
        at = self.clock()
        with self.storage.reading() as reading:  # who looks in vain holds nobody up
            if not reading.outbox.is_due(kind, at):
                return Delivery()
        lease = Lease(self.owner, at, at + LEASE)
        with self.storage.work() as work:
            leased = work.outbox.lease(kind, lease, self.batch, retry=at + LONGEST_WAIT)
        return self._settle(leased, self._try(kind, leased), lease) if leased else Delivery()

    def _try(self, kind: str, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        try:
            return self.handlers[kind].deliver(errands)
        except (HandlerError, LogHaltedError) as error:
            code = error.code  # of what stands still, nobody else's errand is to stop
        except StorageError:
            raise  # nothing can be kept now; the lease ends by itself
        except Exception as error:  # noqa: BLE001 - one errand's fault must not end the worker
            warn("outbox.failed", kind=kind, **describe(error))
            code = LOST  # from now on each is tried alone
        return {errand.id: Failure(code) for errand in errands}

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
                if failure.lasting:
                    work.outbox.bury(errand.id, now, failure.code)
                    dead += 1
                else:
                    due = next_try(now.at, errand, self.rng)
                    work.outbox.again(errand.id, now, due, failure.code)
                    again += 1
        return Delivery(kept, again, dead)


def next_try(at: datetime, errand: LeasedErrand, rng: Randomness) -> datetime:
    """When an errand is tried again: the wait doubles up to five minutes, less up to a quarter."""
    wait = min(FIRST_WAIT * (1 << min(errand.attempts - 1, DOUBLINGS)), LONGEST_WAIT)
    return at + wait - wait / 4 * (int.from_bytes(rng(2), "big") / (1 << 16))
