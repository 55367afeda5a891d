"""The mark outside cannot be read, written or compared now: nothing open is taken from anybody."""

import pytest

from api.openid.offering import OfferState
from api.openid.ports import StatusListState
from api.operation.put_back import Marks
from api.ports.errors import LogHaltedError, StorageUnavailableError
from api.store.database_mark import MARK_FILE
from contracts.evidence.errors import LedgerUnavailableError
from tests.api.databases import Databases
from tests.api.operation.protective_acts import ONE, Ids, offer, offer_state
from tests.api.operation.test_forks import enter
from tests.api.operation.test_protection import copy_of
from tests.api.operation.test_put_back import seal, takes
from tests.api.operation.world import LOG, Marked

AGENCY, LATER = "district", Ids(98)


def begin(marked: Marked) -> None:
    """A service that published, with an open offer and an open list."""
    enter(marked, 2)
    seal(marked)
    with marked.storage.work() as work:
        work.issuing.add_offer(offer(ONE))
        work.issuing.add_status_list(StatusListState(AGENCY, 1, 16), range(16))


def is_open(marked: Marked, one: Ids = ONE) -> bool:
    with marked.storage.work() as work:
        return offer_state(work, one) is OfferState.OPEN


def places(marked: Marked) -> int:
    with marked.storage.reading() as reading:
        return sum(one.entries - one.drawn for one in reading.issuing.status_lists(AGENCY))


@pytest.mark.parametrize("place", ["published", "chain"])
def test_a_mark_that_cannot_be_read_says_nothing_about_the_database(
    marked: Marked, place: str
) -> None:
    begin(marked)
    path = marked.folder / place / MARK_FILE
    mark = path.read_bytes()
    path.unlink()
    path.mkdir()  # as a disk that fails: no missing file
    for _ in range(3):
        with pytest.raises(OSError, match="directory"):
            marked.look()
    with pytest.raises(StorageUnavailableError) as refused, marked.storage.work() as work:
        work.logs.open(LOG)
    assert not isinstance(refused.value, LogHaltedError)
    path.rmdir()
    path.write_bytes(mark)
    assert marked.look() == 0
    assert takes(marked, LOG)
    assert (is_open(marked), places(marked)) == (True, 16)


def test_a_disk_that_takes_no_mark_withdraws_nothing(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(marked)
    (marked.folder / "published" / MARK_FILE).unlink()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("api.store.database_mark._write", full)
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                marked.look()
    assert (is_open(marked), places(marked)) == (True, 16)


def test_what_is_open_is_withdrawn_once_however_long_the_chain_is_away(
    marked: Marked, databases: Databases, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(marked)
    older = copy_of(marked, databases, engine)
    enter(marked, 2, prefix="later")
    seal(marked)
    marked.exchange(older)

    def away() -> None:
        raise LedgerUnavailableError("away")

    with monkeypatch.context() as patch:
        patch.setattr(marked.ledger, "snapshot", away)
        with pytest.raises(LedgerUnavailableError):
            marked.look()
        assert (is_open(marked), places(marked)) == (False, 0)
        with marked.storage.work() as work:  # what is made since is not older than the outside
            work.issuing.add_status_list(StatusListState(AGENCY, 2, 16), range(16))
            work.issuing.add_offer(offer(LATER))
        for _ in range(3):
            with pytest.raises(LedgerUnavailableError):
                marked.look()
        assert not takes(marked, "administration")
    assert marked.look() == 1
    assert takes(marked, "administration")
    assert (is_open(marked, LATER), places(marked)) == (True, 16)


def test_a_mark_that_is_renewed_while_it_is_looked_at_is_not_taken_for_put_back(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(marked)

    def look(self: Marks) -> bool:
        with self.storage.reading() as reading:
            before = reading.mark.find()
        self.renew()  # another thread, between the two reads
        return self.outside.hold(before)

    monkeypatch.setattr(Marks, "agree", look)
    marked.look()
    assert (is_open(marked), places(marked)) == (True, 16)
