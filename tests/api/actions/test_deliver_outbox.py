"""Delivering on both engines: each errand is tried until it is done, whatever the handler does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from api.actions.deliver_outbox import (
    LEASE,
    LONGEST_WAIT,
    Courier,
    Delivery,
    Failure,
    HandlerError,
    next_try,
)
from api.ports.errors import LogHaltedError, StorageUnavailableError
from api.ports.outbox import Errand, LeasedErrand, OutboxState
from api.store.database import Database
from tests.api.databases import START, StillClock

KIND = "test"


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it."""


@dataclass
class Doer:
    """Does errands as it is told; keeps the keys of those that it was given."""

    fails: dict[str, Failure] = field(default_factory=dict)
    raises: BaseException | None = None
    poison: str = ""
    seen: list[str] = field(default_factory=list)

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        self.seen += [errand.key for errand in errands]
        if self.raises is not None and self.poison in {"", *(errand.key for errand in errands)}:
            raise self.raises
        return {errand.id: self.fails[errand.key] for errand in errands if errand.key in self.fails}


def put(storage: Database, *keys: str) -> None:
    with storage.work() as work:
        for key in keys:
            work.outbox.put(Errand(KIND, key, b"{}", START))


def courier(storage: Database, clock: StillClock, doer: Doer, owner: str = "a") -> Courier:
    return Courier(storage, clock, owner, {KIND: doer})


def states(storage: Database) -> dict[OutboxState, int]:
    with storage.reading() as reading:
        return {count.state: count.count for count in reading.outbox.counts()}


def test_errands_are_done_once_and_in_order(storage: Database, clock: StillClock) -> None:
    doer = Doer()
    put(storage, "one", "two")
    assert courier(storage, clock, doer).deliver_outbox() == Delivery(done=2)
    assert courier(storage, clock, doer).deliver_outbox() == Delivery()
    assert doer.seen == ["one", "two"]
    assert states(storage) == {}


def test_an_errand_that_fails_waits_and_the_others_are_done(
    storage: Database, clock: StillClock
) -> None:
    doer = Doer({"two": Failure("ledger.unavailable")})
    put(storage, "one", "two", "three")
    worker = courier(storage, clock, doer)
    assert worker.deliver_outbox() == Delivery(done=2, again=1)
    clock.forward(seconds=1)
    assert worker.deliver_outbox() == Delivery()
    clock.forward(seconds=1)
    doer.fails.clear()
    assert worker.deliver_outbox() == Delivery(done=1)


def test_a_batch_that_fails_as_a_whole_is_tried_again(storage: Database, clock: StillClock) -> None:
    doer = Doer(raises=HandlerError("ledger.unavailable"))
    put(storage, "one", "two")
    assert courier(storage, clock, doer).deliver_outbox() == Delivery(again=2)
    assert states(storage) == {OutboxState.WAITING: 2}


def test_a_lasting_failure_is_buried_at_once(storage: Database, clock: StillClock) -> None:
    doer = Doer({"one": Failure("log.malformed", lasting=True)})
    put(storage, "one")
    assert courier(storage, clock, doer).deliver_outbox() == Delivery(dead=1)
    clock.forward(days=1)
    assert courier(storage, clock, doer).deliver_outbox() == Delivery()
    assert states(storage) == {OutboxState.DEAD: 1}


def test_fourteen_days_of_failures_end_nothing(lite: Database, clock: StillClock) -> None:
    doer = Doer({"one": Failure("ledger.unavailable")})
    put(lite, "one")
    total = Delivery()
    for _ in range(14 * 24):
        total += courier(lite, clock, doer).deliver_outbox()
        clock.forward(hours=1)
    assert (total.done, total.dead) == (0, 0)
    doer.fails.clear()
    assert courier(lite, clock, doer).deliver_outbox() == Delivery(done=1)


def test_a_worker_that_dies_has_tried_and_another_goes_on(
    storage: Database, clock: StillClock
) -> None:
    dying = Doer(raises=KilledError())
    put(storage, "one")
    with pytest.raises(KilledError):
        courier(storage, clock, dying).deliver_outbox()
    doer = Doer()
    assert courier(storage, clock, doer, "b").deliver_outbox() == Delivery()
    clock.now += LEASE
    assert courier(storage, clock, doer, "b").deliver_outbox() == Delivery(done=1)
    assert doer.seen == ["one"]


def test_an_errand_that_kills_every_worker_stops_no_other_and_is_not_given_up(
    storage: Database, clock: StillClock
) -> None:
    keys = [f"{n}" for n in range(5)]
    put(storage, *keys)
    doer = Doer(raises=KilledError(), poison="0")
    for _ in range(40):
        try:
            courier(storage, clock, doer).deliver_outbox()
        except KilledError:
            with storage.work() as work:
                work.outbox.free("nobody")
        clock.forward(seconds=6)  # as long as a worker takes to start again
    assert states(storage) == {OutboxState.WAITING: 1}
    assert doer.seen.count("0") == 2  # with the others, then alone; after that once in five minutes
    clock.now += LONGEST_WAIT
    doer.raises = None
    assert courier(storage, clock, doer).deliver_outbox() == Delivery(done=1)


@pytest.mark.parametrize("error", [KeyError("x"), LogHaltedError("stands still")], ids=str)
def test_an_unforeseen_failure_ends_neither_the_worker_nor_the_other_errands(
    lite: Database, clock: StillClock, error: Exception
) -> None:
    put(lite, "bad", "good")
    doer = Doer(raises=error, poison="bad")
    worker = courier(lite, clock, doer)
    assert worker.deliver_outbox() == Delivery(again=2)
    clock.forward(seconds=2)
    if isinstance(error, LogHaltedError):
        assert worker.deliver_outbox() == Delivery(again=2)
        return
    outcomes = [worker.deliver_outbox() for _ in range(2)]
    assert outcomes == [Delivery(again=1), Delivery(done=1)]


def test_a_database_that_is_gone_is_no_failure_of_an_errand(
    lite: Database, clock: StillClock
) -> None:
    put(lite, "one")
    with pytest.raises(StorageUnavailableError):
        courier(lite, clock, Doer(raises=StorageUnavailableError("gone"))).deliver_outbox()


def wait(attempts: int, rng: Callable[[int], bytes] = bytes) -> float:
    errand = LeasedErrand(1, KIND, "k", b"", attempts)
    return (next_try(START, errand, rng) - START).total_seconds()


def test_waits_double_up_to_five_minutes() -> None:
    assert [wait(n) for n in (1, 2, 3, 8, 9, 20, 10_000)] == [2, 4, 8, 256, 300, 300, 300]


def test_waits_are_spread_by_up_to_a_quarter() -> None:
    assert wait(20, lambda n: b"\xff" * n) == pytest.approx(225, abs=0.01)
