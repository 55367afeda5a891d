"""A database that was put back is noticed by itself, and no log takes anything meanwhile."""

from contextlib import suppress

import pytest

from api.actions.anchor_logs import seal_log
from api.openid.offering import OfferState
from api.operation.continuity import BEHIND
from api.ports.errors import LogHaltedError
from api.store.database_mark import MARK_FILE
from contracts.evidence.errors import LedgerUnavailableError
from tests.api.databases import Databases
from tests.api.operation.protective_acts import ONE, offer, offer_state
from tests.api.operation.test_forks import LATER, enter, files
from tests.api.operation.test_protection import copy_of
from tests.api.operation.world import LOG, Marked, World


def seal(world: World, log: str = LOG) -> None:
    world.deliver()
    seal_log(world.storage, world.watch.keys, log, world.now)
    world.deliver()


def takes(world: World, log: str) -> bool:
    try:
        with world.storage.work() as work:
            work.logs.open(log)
    except LogHaltedError:
        return False
    return True


def test_a_database_that_was_put_back_takes_nothing_before_it_was_compared(
    marked: Marked, databases: Databases, engine: str
) -> None:
    enter(marked, 3)
    seal(marked)
    older = copy_of(marked, databases, engine)
    enter(marked, 4, prefix="later")
    enter(marked, 2, LATER)  # begins after the backup
    seal(marked)
    seal(marked, LATER)
    before = files(marked)
    marked.exchange(older)
    assert not marked.marks.agree()
    for log in (LOG, LATER, "administration"):
        assert not takes(marked, log)
        with pytest.raises(LogHaltedError):
            seal_log(marked.storage, marked.watch.keys, log, marked.now)
    assert marked.look() == 1
    with marked.storage.reading() as reading:
        halts = {halt.log: halt.code for halt in reading.continuity.halts()}
    assert halts == {LOG: BEHIND, LATER: BEHIND}
    assert takes(marked, "administration")
    assert marked.look() == 0
    assert {k: v for k, v in files(marked).items() if MARK_FILE not in k} == {
        k: v for k, v in before.items() if MARK_FILE not in k
    }


def test_a_service_that_goes_on_is_not_taken_for_put_back(marked: Marked) -> None:
    for number in range(3):
        enter(marked, 2, prefix=f"{number}")
        seal(marked)
        assert marked.marks.agree()
        marked.exchange(marked.url)
        assert marked.look() == 0


@pytest.mark.parametrize("lost", ["published", "chain"])
def test_what_stands_outside_and_is_lost_is_compared(marked: Marked, lost: str) -> None:
    enter(marked, 2)
    seal(marked)
    (marked.folder / lost / MARK_FILE).unlink()
    assert not takes(marked, LOG)
    assert marked.look() == 1
    assert takes(marked, LOG)


def test_without_the_chain_nothing_goes_on(
    marked: Marked, databases: Databases, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = copy_of(marked, databases, engine)
    enter(marked, 2)
    seal(marked)
    marked.exchange(older)

    def away() -> None:
        raise LedgerUnavailableError("away")

    monkeypatch.setattr(marked.ledger, "snapshot", away)
    with pytest.raises(LedgerUnavailableError):
        marked.look()
    assert not takes(marked, LOG)


@pytest.mark.parametrize("place", ["before the database", "after the database"])
def test_a_renewal_that_was_cut_short_is_not_taken_for_put_back(
    marked: Marked, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Killed between two of its steps."""

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, suppress(KeyboardInterrupt):
        if place == "before the database":
            killed.setattr("api.store.database_mark.SqlDatabaseMark.keep", cut)
        else:
            killed.setattr("api.store.database_mark.OutsideMarks.settle", cut)
        marked.marks.renew()
    marked.exchange(marked.url)
    assert marked.marks.agree()
    marked.marks.renew()
    assert marked.look() == 0


def test_a_comparison_that_was_cut_short_is_made_again(
    marked: Marked, databases: Databases, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = copy_of(marked, databases, engine)
    enter(marked, 2)
    seal(marked)
    marked.exchange(older)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, suppress(KeyboardInterrupt):
        killed.setattr("api.store.database_mark.SqlDatabaseMark.keep", cut)
        marked.look()
    assert not takes(marked, "administration")
    assert marked.look() == 1
    assert takes(marked, "administration")


def test_offers_that_were_open_are_withdrawn(
    marked: Marked, databases: Databases, engine: str
) -> None:
    """Some of them were redeemed after the database was put aside."""
    with marked.storage.work() as work:
        work.issuing.add_offer(offer(ONE))
    older = copy_of(marked, databases, engine)
    enter(marked, 2)
    seal(marked)
    marked.exchange(older)
    marked.look()
    with marked.storage.work() as work:
        assert offer_state(work, ONE) is OfferState.WITHDRAWN
