"""Errands on both engines: kept with their cause, taken once, given back, buried, revived."""

from datetime import timedelta

import pytest

from api.ports.outbox import Errand, Lease, OutboxState
from api.store.database import Database
from tests.api.databases import START

KIND = "log.append"


def errand(key: str, *, after: float = 0) -> Errand:
    return Errand(KIND, key, b"{}", START + timedelta(seconds=after))


def lease(owner: str = "a", *, after: float = 0) -> Lease:
    at = START + timedelta(seconds=after)
    return Lease(owner, at, at + timedelta(seconds=60))


def put(storage: Database, *errands: Errand) -> list[bool]:
    with storage.work() as work:
        return [work.outbox.put(entry) for entry in errands]


def take(storage: Database, taken_by: Lease, limit: int = 10) -> list[tuple[str, int]]:
    with storage.work() as work:
        return [(e.key, e.attempts) for e in work.outbox.lease(KIND, taken_by, limit)]


def test_an_errand_asked_for_twice_is_kept_once(storage: Database) -> None:
    assert put(storage, errand("one"), errand("one"), errand("two")) == [True, False, True]
    assert take(storage, lease()) == [("one", 1), ("two", 1)]


def test_an_errand_is_not_there_when_its_cause_is_not(storage: Database) -> None:
    with pytest.raises(ZeroDivisionError), storage.work() as work:  # noqa: PT012 # the end of the block is what is tested
        work.outbox.put(errand("one"))
        raise ZeroDivisionError
    assert take(storage, lease()) == []


def test_a_worker_whose_clock_is_behind_takes_what_was_never_tried(storage: Database) -> None:
    put(storage, errand("wanted", after=3600))
    assert take(storage, lease()) == [("wanted", 1)]


def test_a_leased_errand_is_taken_again_only_when_its_lease_ends(storage: Database) -> None:
    put(storage, errand("one"))
    assert take(storage, lease("a")) == [("one", 1)]
    assert take(storage, lease("b", after=59)) == []
    assert take(storage, lease("b", after=60)) == [("one", 2)]


def test_a_worker_that_lost_its_lease_ends_nothing(storage: Database) -> None:
    put(storage, errand("one"))
    take(storage, lease("a"))
    taken = lease("b", after=60)
    with storage.work() as work:
        (leased,) = work.outbox.lease(KIND, taken, 10)
    with storage.work() as work:
        assert work.outbox.done([leased.id], lease("a", after=61)) == 0
        work.outbox.bury(leased.id, lease("a", after=61), "late")
    with storage.work() as work:
        assert work.outbox.done([leased.id], taken) == 1
    assert take(storage, lease("c", after=500)) == []


def test_two_workers_never_take_the_same_errand(storage: Database) -> None:
    put(storage, *(errand(str(n)) for n in range(10)))
    first = {key for key, _ in take(storage, lease("a"), 6)}
    second = {key for key, _ in take(storage, lease("b"), 6)}
    assert (len(first), len(second)) == (6, 4)
    assert not first & second


def test_an_errand_given_back_is_due_again(storage: Database) -> None:
    put(storage, errand("one"))
    mine = lease()
    with storage.work() as work:
        (leased,) = work.outbox.lease(KIND, mine, 10)
        work.outbox.again(leased.id, mine, START + timedelta(seconds=5), "ledger.unavailable")
    assert take(storage, lease(after=4)) == []
    assert take(storage, lease(after=5)) == [("one", 2)]


def test_a_buried_errand_is_counted_and_can_be_revived(storage: Database) -> None:
    put(storage, errand("one"), errand("two"))
    mine = lease()
    with storage.work() as work:
        leased = work.outbox.lease(KIND, mine, 1)
        work.outbox.bury(leased[0].id, mine, "log.malformed")
    with storage.reading() as reading:
        counted = {(c.state, c.count, c.oldest) for c in reading.outbox.counts()}
    assert counted == {(OutboxState.DEAD, 1, START), (OutboxState.WAITING, 1, START)}
    with storage.work() as work:
        assert not work.outbox.revive(KIND, "two", START)
        assert work.outbox.revive(KIND, "one", START)
    assert ("one", 1) in take(storage, lease())


def test_what_was_done_is_forgotten_after_its_time(storage: Database) -> None:
    put(storage, errand("one"), errand("two"))
    mine = lease()
    with storage.work() as work:
        one, _ = work.outbox.lease(KIND, mine, 10)
        work.outbox.done([one.id], mine)
        assert work.outbox.forget_done(START, 10) == 0
        assert work.outbox.forget_done(START + timedelta(seconds=1), 10) == 1
    assert put(storage, errand("one"), errand("two")) == [True, False]
