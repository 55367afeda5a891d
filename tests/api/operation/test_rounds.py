"""The worker's threads: none waits for another, and no clock that is set stops them."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from api.actions.deliver_outbox import Courier, Failure, Handler
from api.operation.clock_watch import LONGEST_ABSENCE, SETTLED, ClockWatch
from api.operation.rounds import Job, Rounds
from api.ports.errors import StorageUnavailableError
from api.ports.outbox import Errand, LeasedErrand
from tests.api.databases import START, StillClock
from tests.api.operation.world import World

MINUTE = timedelta(minutes=1)
NOW = timedelta(0)
PATIENCE = 60
"""Seconds after which a test has failed; nothing waits for them to pass."""


@dataclass
class Seen:
    """How often something happened; whoever waits is woken."""

    count: int = 0
    _change: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, _at: datetime | None = None) -> int:
        with self._change:
            self.count += 1
            self._change.notify_all()
        return 0

    def await_count(self, goal: int) -> None:
        with self._change:
            assert self._change.wait_for(lambda: self.count >= goal, PATIENCE)


@dataclass
class Blocked:
    """Something that hangs until it is let go."""

    entered: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _at: datetime | None = None) -> int:
        self.entered.set()
        assert self.free.wait(PATIENCE)
        return 0


@dataclass(frozen=True)
class Does:
    """A handler that does one thing."""

    act: Callable[[], int]

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        for _ in errands:
            self.act()
        return {}


def rounds(world: World, *jobs: Job, **handlers: Handler) -> Rounds:
    courier = Courier(world.storage, world.clock, "w", handlers)
    return Rounds(world.storage, world.clock, courier, list(jobs))


@contextmanager
def working(rounds: Rounds) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=rounds.work, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def test_a_job_that_hangs_keeps_no_other_from_running(alone: World) -> None:
    hangs, seen = Blocked(), Seen()
    made = rounds(alone, Job("retention", NOW, hangs), Job("seal", NOW, seen))
    with working(made):
        assert hangs.entered.wait(PATIENCE)
        seen.await_count(3)
        hangs.free.set()


def put(world: World, kind: str, key: str) -> None:
    with world.storage.work() as work:
        work.outbox.put(Errand(kind, key, b"{}", world.now))


def test_an_errand_that_hangs_keeps_no_other_kind_from_being_done(alone: World) -> None:
    hangs, seen = Blocked(), Seen()
    put(alone, "chain", "key")
    made = rounds(alone, chain=Does(hangs), log=Does(seen))
    with working(made):
        assert hangs.entered.wait(PATIENCE)
        for times in (1, 2, 3):
            put(alone, "log", str(times))
            seen.await_count(times)
        hangs.free.set()


def test_a_job_that_fails_unforeseen_is_told_and_done_again(
    alone: World, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = Seen()

    def fail(at: datetime) -> int:
        seen(at)
        raise KeyError("a fault of the program")

    made = rounds(alone, Job("faulty", NOW, fail))
    with working(made):
        seen.await_count(3)
    assert made.book.states()["faulty"].failures >= 2
    assert made.book.states()["faulty"].is_failing
    assert "a fault of the program" not in capsys.readouterr().out


def test_a_long_job_is_given_up_between_two_pieces(alone: World) -> None:
    pieces = Seen()

    def long(_at: datetime) -> Iterator[int]:
        while True:
            yield pieces()

    with working(rounds(alone, Job("long", MINUTE, long))):
        pieces.await_count(2)


def test_a_worker_that_lost_its_lock_stops_and_takes_it_again(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = Seen()

    def lost() -> None:
        raise StorageUnavailableError("the connection is gone")

    @contextmanager
    def sole(_name: str) -> Iterator[Callable[[], None]]:
        taken()
        yield lost

    monkeypatch.setattr("api.operation.rounds.HELD_SECONDS", 0.0)
    monkeypatch.setattr("api.operation.rounds.WAIT_SECONDS", 0.0)
    monkeypatch.setattr(alone.storage, "sole", sole)
    with working(rounds(alone, Job("job", MINUTE, lambda _at: 0))):
        taken.await_count(2)


@pytest.mark.parametrize("hours", [-9, -24, 24, 24 * 400])
def test_a_clock_that_is_set_stops_no_job(alone: World, hours: int) -> None:
    seen, ticks = Seen(), [1000.0]
    made = rounds(alone, Job("seal", MINUTE, seen))
    made.ticks = lambda: ticks[0]
    made.watch.ticks = lambda: ticks[0]

    def minutes(count: int) -> None:
        for _ in range(count):
            alone.clock.forward(minutes=1)
            ticks[0] += 60
            made.go_round()

    minutes(2)
    alone.clock.forward(hours=hours)
    minutes(120)
    assert seen.count == 122
    assert made.watch.look() == pytest.approx(hours * 3600)


def test_nothing_is_destroyed_by_a_clock_that_jumped_ahead(alone: World) -> None:
    seen, ticks = Seen(), [1000.0]
    made = rounds(alone, Job("retention", NOW, seen, destroys=True))
    made.ticks = made.watch.ticks = lambda: ticks[0]
    made.go_round()
    alone.clock.forward(days=400)
    made.go_round()
    assert seen.count == 1
    alone.clock.forward(days=-400)
    made.go_round()
    assert seen.count == 2


@pytest.fixture
def watch() -> ClockWatch:
    made = ClockWatch(StillClock(), lambda: 0.0)
    made.begin(None)
    return made


def pass_by(watch: ClockWatch, seconds: float, shown: float | None = None) -> None:
    """Let time pass; the clock shows what it is set to, or the same."""
    before, clock = watch.ticks(), watch.clock
    assert isinstance(clock, StillClock)
    watch.ticks = lambda: before + seconds
    clock.forward(seconds=seconds if shown is None else shown)


def test_a_clock_that_goes_is_trusted(watch: ClockWatch) -> None:
    for _ in range(10):
        pass_by(watch, 3600, 3599)  # as a time service slews it
        assert watch.look() == 0


def test_a_jump_is_told_until_it_is_the_time_of_day(watch: ClockWatch) -> None:
    pass_by(watch, 5, 86_400)
    assert watch.is_ahead
    pass_by(watch, SETTLED - 1)
    assert watch.is_ahead
    pass_by(watch, 1)
    assert not watch.is_ahead


def test_small_steps_that_add_up_are_a_jump(watch: ClockWatch) -> None:
    pass_by(watch, 0, 40)
    pass_by(watch, 0, -35)
    assert watch.look() == 0
    pass_by(watch, 0, 40)
    watch.look()
    pass_by(watch, 0, 40)
    assert watch.look() == 80


@pytest.mark.parametrize(
    ("seconds", "shift"),
    [(-86_400, -86_400), (LONGEST_ABSENCE + 1, LONGEST_ABSENCE + 1), (3600, 0), (-10, 0)],
)
def test_a_start_is_compared_with_what_is_known(seconds: float, shift: float) -> None:
    made = ClockWatch(StillClock(START + timedelta(seconds=seconds)), lambda: 0.0)
    made.begin(START)
    assert made.look() == shift
