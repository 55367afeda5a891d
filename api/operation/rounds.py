"""The job worker's work: each job and each kind of errand in a thread of its own.

None waits for another: what removes old records keeps nobody from signing, and a chain that hangs
keeps no leaf out of its log. Long jobs are made of short pieces, and between two pieces a job looks
whether it is to stop. Whatever fails is told in the journal, counted, and tried again.

Periods are measured by a clock that only goes forward. One worker works at a time; whether it still
holds the lock is asked again and again, so that a lock that was lost with a database connection is
not believed for ever.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api.actions.deliver_outbox import Courier, Delivery
from api.observation.journal import describe, note, warn
from api.operation.clock_watch import ClockWatch
from api.operation.job_book import JobBook, JobState
from api.ports.errors import StorageError, StorageOccupiedError
from api.ports.means import Clock, whole_second
from api.ports.storage import Storage

WORKER: Final = "worker"
OUTBOX: Final = "outbox"
"""The name under which deliveries are counted."""
HELD_SECONDS: Final = 2.0
"""From one look at the lock to the next."""
IDLE_SECONDS: Final = 0.25
WAIT_SECONDS: Final = 2.0
MAX_DELIVERIES: Final = 100
"""Batches of the outbox before a look at what is to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done at start and every so often after.

    Args:
        name: for the journal.
        every: how long from one beginning to the next.
        run: does it, and returns how much there was to do; or yields that piece by piece, each a
            second of work at most, and is given up between two where the worker stops.
        destroys: whether it removes what is old by the time of day: it waits while that is ahead.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], int | Iterable[int]]
    destroys: bool = False


def _steady() -> float:
    return time.monotonic()


@dataclass(slots=True)
class Rounds:
    """The work of one worker.

    Args:
        storage: holds the lock.
        clock: the time of day.
        courier: delivers the outbox.
        jobs: in the order in which a single round does them.
        book: what became of each.
        ticks: seconds on a clock that only goes forward; periods are measured by it.
        tell: is told again and again what became of the jobs, and by how much the clock jumped.
    """

    storage: Storage
    clock: Clock
    courier: Courier
    jobs: Sequence[Job]
    book: JobBook = field(default_factory=JobBook)
    ticks: Callable[[], float] = _steady
    tell: Callable[[Mapping[str, JobState], float], None] = lambda _jobs, _shift: None
    watch: ClockWatch = field(init=False)
    _due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = ClockWatch(self.clock)

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop; what was begun is finished first."""
        while not stop.is_set():
            try:
                with self.storage.sole(WORKER) as check_held:
                    self._work_alone(stop, check_held)
            except StorageOccupiedError:
                stop.wait(WAIT_SECONDS)
            except StorageError as error:
                warn("worker.storage", **describe(error))
                stop.wait(WAIT_SECONDS)

    def _work_alone(self, stop: threading.Event, check_held: Callable[[], None]) -> None:
        """Work while the lock is held. What a worker that died had taken is free."""
        with self.storage.work() as work:
            work.outbox.free(self.courier.owner)
        over = threading.Event()
        lines = [*(_Line(job.name, self._doing(job, over)) for job in self.jobs)]
        lines += [_Line(kind, self._delivering(kind)) for kind in sorted(self.courier.handlers)]
        threads = [threading.Thread(target=line.go, args=(over,), name=line.name) for line in lines]
        try:
            for thread in threads:
                thread.start()
            self.tell(self.book.states(), self.watch.look())
            while not stop.wait(HELD_SECONDS):
                check_held()
                self.tell(self.book.states(), self.watch.look())
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def go_round(self) -> int:
        """Everything that is due, one after the other; returns how much was delivered.

        Raises:
            StorageError: the database does not answer.
        """
        self.watch.look()
        for job in self.jobs:
            self._do(job, threading.Event())
        return self._deliver(self.courier.deliver_outbox)

    def _doing(self, job: Job, over: threading.Event) -> Callable[[], bool]:
        def do() -> bool:
            self._do(job, over)
            return False

        return do

    def _delivering(self, kind: str) -> Callable[[], bool]:
        return lambda: bool(self._deliver(lambda: self.courier.deliver_kind(kind)))

    def _do(self, job: Job, over: threading.Event) -> None:
        """Do a job if it is due."""
        now = self.ticks()
        if self._due.get(job.name, now) > now or (job.destroys and self.watch.is_ahead):
            return
        self._due[job.name] = now + job.every.total_seconds()
        try:
            count = self._run(job, over)
        except StorageError:
            self._due.pop(job.name)  # it was not done: again as soon as the database is back
            self.book.failed(job.name)
            raise
        except Exception as error:  # noqa: BLE001 - one job's failure, whatever it is, stays its own
            self.book.failed(job.name)
            warn("job.failed", job=job.name, **describe(error))
            return
        if count:
            note("job.done", job=job.name, count=count)

    def _run(self, job: Job, over: threading.Event) -> int:
        """Run a job to its end, or to the piece after which the worker stops."""
        made = job.run(whole_second(self.clock()))
        total = 0
        for count in [made] if isinstance(made, int) else made:
            total += count
            if over.is_set():
                self._due.pop(job.name, None)
                return total
        self.book.done(job.name)
        return total

    def _deliver(self, deliver: Callable[[], Delivery]) -> int:
        total = Delivery()
        for _ in range(MAX_DELIVERIES):
            made = deliver()
            total += made
            if not made.done:
                break
        self.book.done(OUTBOX)
        if total.dead:
            warn("outbox.dead", count=total.dead)
        return total.done


@dataclass(frozen=True, slots=True)
class _Line:
    """Something done over and over in a thread; ``turn`` says whether there is more at once."""

    name: str
    turn: Callable[[], bool]

    def go(self, over: threading.Event) -> None:
        """Until it is over, and once at least."""
        wait = 0.0
        while True:
            try:
                wait = 0.0 if self.turn() else IDLE_SECONDS
            except StorageError as error:
                warn("worker.storage", job=self.name, **describe(error))
                wait = WAIT_SECONDS
            except Exception as error:  # noqa: BLE001 - a line that died would be missed by nobody
                warn("job.failed", job=self.name, **describe(error))
                wait = WAIT_SECONDS
            if over.wait(wait):
                return
