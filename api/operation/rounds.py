"""The job worker's rounds: what is due is done, then the outbox is delivered.

Whatever fails for a passing reason is told in the journal and tried in the next round. One worker
works at a time; the lock is taken anew every minute, so that a lock that was lost with a database
connection is not believed for ever.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api.actions.deliver_outbox import Courier, Delivery
from api.observation.journal import describe, note, warn
from api.ports.errors import StorageError, StorageOccupiedError
from api.ports.means import Clock, whole_second
from api.ports.storage import Storage
from contracts.evidence.errors import EvidenceError

WORKER: Final = "worker"
SHIFT_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 0.25
WAIT_SECONDS: Final = 2.0
MAX_DELIVERIES: Final = 100
"""Batches of the outbox in one round, so that the other jobs get their turn."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done at start and every so often after.

    Args:
        name: for the journal.
        every: how long from one beginning to the next.
        run: does it, and returns how much there was to do.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], int]


@dataclass(slots=True)
class Rounds:
    """The rounds of one worker.

    Args:
        storage: holds the lock.
        clock: says what is due.
        courier: delivers the outbox.
        jobs: in the order in which they are done.
    """

    storage: Storage
    clock: Clock
    courier: Courier
    jobs: Sequence[Job]
    _due: dict[str, datetime] = field(default_factory=dict)

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop; what was begun is finished first."""
        while not stop.is_set():
            try:
                with self.storage.sole(WORKER):
                    self._shift(stop)
            except StorageOccupiedError:
                stop.wait(WAIT_SECONDS)
            except StorageError as error:
                warn("worker.storage", **describe(error))
                stop.wait(WAIT_SECONDS)

    def _shift(self, stop: threading.Event) -> None:
        """Work for a minute. What a worker that died had taken is free: there is no other."""
        with self.storage.work() as work:
            work.outbox.free(self.courier.owner)
        end = time.monotonic() + SHIFT_SECONDS
        while not stop.is_set() and time.monotonic() < end:
            if not self.go_round():
                stop.wait(IDLE_SECONDS)

    def go_round(self) -> int:
        """One round; returns how much was done.

        Raises:
            StorageError: the database does not answer.
        """
        at = whole_second(self.clock())
        for job in self.jobs:
            if self._due.get(job.name, at) <= at:
                self._due[job.name] = at + job.every
                self._run(job, at)
        return self._deliver()

    def _run(self, job: Job, at: datetime) -> None:
        try:
            count = job.run(at)
        except (EvidenceError, OSError) as error:
            warn("job.failed", job=job.name, **describe(error))
            return
        except StorageError:
            self._due.pop(job.name)  # it was not done: again as soon as the database is back
            raise
        if count:
            note("job.done", job=job.name, count=count)

    def _deliver(self) -> int:
        total = Delivery()
        for _ in range(MAX_DELIVERIES):
            made = self.courier.deliver_outbox()
            total += made
            if not made.done:
                break
        if total.dead:
            warn("outbox.dead", count=total.dead)
        return total.done
