"""Delivering on both engines: each errand ends as done or dead, whatever the handler does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from api.actions.deliver_outbox import (
    LEASE,
    LONGEST_WAIT,
    LOST,
    MAX_ATTEMPTS,
    Courier,
    Delivery,
    Failure,
    HandlerError,
    next_try,
)
from api.ports.outbox import Errand, LeasedErrand, OutboxState
from api.store.database import Database
from tests.api.databases import START, StillClock

KIND = "test"


@dataclass
class Doer:
    """Does errands as it is told; keeps the keys of those that it was given."""

    fails: dict[str, Failure] = field(default_factory=dict)
    raises: Exception | None = None
    seen: list[str] = field(default_factory=list)

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        self.seen += [errand.key for errand in errands]
        if self.raises is not None:
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


def test_an_errand_that_never_succeeds_is_buried_in_the_end(
    lite: Database, clock: StillClock
) -> None:
    doer = Doer({"one": Failure("ledger.unavailable")})
    put(lite, "one")
    total = Delivery()
    for _ in range(MAX_ATTEMPTS + 5):
        total += courier(lite, clock, doer).deliver_outbox()
        clock.now += LONGEST_WAIT
    assert total == Delivery(again=MAX_ATTEMPTS - 1, dead=1)
    assert len(doer.seen) == MAX_ATTEMPTS


def test_a_worker_that_dies_has_tried_and_another_goes_on(
    storage: Database, clock: StillClock
) -> None:
    dying = Doer(raises=MemoryError())
    put(storage, "one")
    with pytest.raises(MemoryError):
        courier(storage, clock, dying).deliver_outbox()
    doer = Doer()
    assert courier(storage, clock, doer, "b").deliver_outbox() == Delivery()
    clock.now += LEASE
    assert courier(storage, clock, doer, "b").deliver_outbox() == Delivery(done=1)
    assert doer.seen == ["one"]


def test_an_errand_that_kills_every_worker_is_buried(lite: Database, clock: StillClock) -> None:
    put(lite, "one")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(MemoryError):
            courier(lite, clock, Doer(raises=MemoryError())).deliver_outbox()
        clock.now += LEASE
    doer = Doer()
    assert courier(lite, clock, doer).deliver_outbox() == Delivery(dead=1)
    assert doer.seen == []
    with lite.reading() as reading:
        (problem,) = reading.connection.exec_driver_sql("SELECT problem FROM outbox").one()
    assert problem == LOST


def test_waits_double_up_to_an_hour() -> None:
    def wait(attempts: int) -> timedelta:
        return next_try(START, LeasedErrand(1, KIND, "k", b"", attempts)) - START

    assert [wait(n).total_seconds() for n in (1, 2, 3, 11, 12, 20)] == [2, 4, 8, 2048, 3600, 3600]
