"""What protects somebody holds after a database was put back: restored, copied, or rolled back.

Each act is done through the store, as every action does it; the database from before is then put
in place of the one that knows of it, on both engines, by a backup and without anybody saying so.
"""

import secrets
import shutil
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from api.actions.end_issuer_keys import END_KEY, key_errand
from api.openid.console_errands import ROTATE_KEY
from api.openid.ports import Batch, CopyRecord, StatusListState
from api.operation.backup import take_backup
from api.operation.destroying import BY_REQUEST, Record, destroy
from api.operation.destruction_ledger import (
    DestructionLedger,
    DestructionLedgerError,
    LedgerKeyError,
)
from api.operation.restore import Source, restore_backup
from api.ports.accounts import Role
from api.ports.destruction import RecordKind
from api.ports.errors import StorageUnavailableError
from api.ports.protection import PROTECTIVE_ERRANDS, Position
from api.store.destruction import SqlDestruction
from api.store.replaying import catch_up
from api.store.work import SqlWork
from contracts.evidence.encoding import canonical
from tests.api.databases import START, Databases
from tests.api.operation.protective_acts import (
    CASES,
    ONE,
    Ids,
    account,
    holds,
    is_revoked,
    paper,
    with_passkey,
)
from tests.api.operation.world import World


def copy_of(world: World, databases: Databases, engine: str) -> str:
    """The database as it is now, beside itself: a copied file, a rolled-back server."""
    world.storage.close()
    url = databases.empty(engine)
    if engine == "sqlite":
        shutil.copyfile(world.url.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
    else:
        databases.server().run(
            f"DROP DATABASE {make_url(url).database}",
            f"CREATE DATABASE {make_url(url).database} TEMPLATE {make_url(world.url).database}",
        )
    world.storage = world.open(world.url)
    return url


def test_what_protects_holds_in_a_database_that_was_put_back(
    world: World, databases: Databases, engine: str
) -> None:
    with world.storage.work() as work:
        for number, case in enumerate(CASES):
            case.prepare(work, Ids(number))
    older = copy_of(world, databases, engine)
    with world.storage.work() as work:
        for number, case in enumerate(CASES):
            assert not case.holds(work, Ids(number))
            case.protect(work, Ids(number))
    world.exchange(older)
    assert world.storage.follow() == Counter(case.kind for case in CASES)
    with world.storage.work() as work:
        for number, case in enumerate(CASES):
            assert case.holds(work, Ids(number)), case.kind


def test_what_protects_holds_in_a_restored_backup(
    world: World, databases: Databases, engine: str
) -> None:
    with world.storage.work() as work:
        with_passkey(work, ONE)
        work.papers.add(paper(ONE))
    take_backup(world.storage, world.destructions.head(), world.folder / "b", None, world.now)
    with world.storage.work() as work:
        work.accounts.remove(ONE.account)
        work.papers.revoke(ONE.name, START)
    url = databases.empty(engine)
    made = restore_backup(url, Source(world.folder / "b", None), world.destructions, world.now)
    assert made.again == {"account.removed": 1, "paper.revoked": 1}
    world.exchange(url)
    with world.storage.reading() as reading:
        assert not holds(reading, ONE, Role.OFFICER)
        assert is_revoked(reading, ONE)


def test_nobody_reads_before_it_was_done_again(
    world: World, databases: Databases, engine: str
) -> None:
    """The first look, whatever it is, finds the insider gone."""
    with world.storage.work() as work:
        work.accounts.add(account(ONE))
    older = copy_of(world, databases, engine)
    with world.storage.work() as work:
        work.accounts.remove(ONE.account)
    world.exchange(older)
    with world.storage.reading() as reading:
        assert not holds(reading, ONE, Role.OFFICER)
    assert world.storage.again == {"account.removed": 1}


def test_a_database_that_knows_it_all_does_nothing_again(world: World) -> None:
    with world.storage.work() as work:
        with_passkey(work, ONE)
        work.accounts.remove_passkey(ONE.account, ONE.name)
        work.accounts.withdraw(ONE.account, Role.ISSUER)
    world.exchange(world.url)
    with world.storage.work() as work:
        work.accounts.grant(ONE.account, Role.ISSUER, START)
    world.exchange(world.url)
    with world.storage.reading() as reading:
        assert holds(reading, ONE, Role.ISSUER)  # granted again after it was withdrawn
    assert not world.storage.again


def copy(index: int, place: int) -> CopyRecord:
    """A copy of one agency, in its first list."""
    return CopyRecord(
        agency="district",
        index=index,
        batch=f"batch-{index}",
        configuration="delivery-entitlement",
        subject=ONE.token,
        status_list=1,
        status_index=place,
        issued=START,
        expires=START,
    )


def add_copies(work: SqlWork, *copies: CopyRecord) -> None:
    for one in copies:
        batch = Batch(one.batch, "offer", one.agency, one.configuration, one.batch.encode(), START)
        work.issuing.add_batch(batch, [one])


def test_a_revoked_credential_stays_revoked_also_one_that_was_lost(
    world: World, databases: Databases, engine: str
) -> None:
    """Of copies that the database knows, and of those given out after it was put aside."""
    with world.storage.work() as work:
        work.issuing.add_status_list(StatusListState("district", 1, 64), range(64))
        add_copies(work, copy(0, 10), copy(1, 11), copy(2, 12))
        work.issuing.mark("district", [2], 1)
    older = copy_of(world, databases, engine)
    with world.storage.work() as work:
        add_copies(work, copy(3, 13), copy(4, 14), *(copy(n, 10 + n) for n in range(5, 25)))
        work.issuing.mark("district", [0, 3, *range(5, 25)], 1)
        work.issuing.mark("district", [1, 2, 4], 2)
        work.issuing.mark("district", [1], 0)
        expected = {**work.issuing.marked("district", 1), 12: 1}  # revoked before: for good
        changes = work.issuing.status_lists("district")[0].changes
    world.exchange(older)
    with world.storage.work() as work:
        assert work.issuing.marked("district", 1) == expected
        assert work.issuing.status_lists("district")[0].changes > 2
        work.issuing.spend_status_lists()
        assert work.issuing.status_lists("district")[0].drawn == 64
    assert changes > 2


def test_what_was_taken_back_leaves_no_line(world: World) -> None:
    with world.storage.work() as work:
        work.accounts.add(account(ONE))
    with suppress(RuntimeError), world.storage.work() as work:
        work.accounts.remove(ONE.account)
        raise RuntimeError
    assert world.destructions.head().lines == 0
    with world.storage.reading() as reading:
        assert holds(reading, ONE, Role.OFFICER)


def test_without_the_ledger_nothing_that_protects_is_kept(world: World) -> None:
    """What is acknowledged is in the ledger: where it cannot be written, nothing is."""
    with world.storage.work() as work:
        work.accounts.add(account(ONE))
    world.destructions.path.mkdir()
    with pytest.raises(StorageUnavailableError), world.storage.work() as work:
        work.accounts.remove(ONE.account)
    world.destructions.path.rmdir()
    with world.storage.reading() as reading:
        assert holds(reading, ONE, Role.OFFICER)


def test_a_ledger_older_than_the_database_stops_it(world: World) -> None:
    with world.storage.work() as work:
        work.accounts.add(account(ONE))
        work.accounts.withdraw(ONE.account, Role.ISSUER)
    world.destructions.path.unlink()
    world.exchange(world.url)
    with pytest.raises(DestructionLedgerError), world.storage.reading():
        pass


def test_a_ledger_with_another_key_is_told(world: World, databases: Databases, engine: str) -> None:
    """Nothing is "destroyed again" under a key that knows nobody."""
    (opened,) = world.apply()
    older = copy_of(world, databases, engine)
    record = Record(RecordKind.APPLICATION, opened.application.number, BY_REQUEST)
    destroy(world.storage, world.destructions, record, world.now)
    other = DestructionLedger(world.destructions.path, b"o" * 32, secrets.token_bytes)
    with pytest.raises(LedgerKeyError):
        other.tail(Position())
    world.exchange(older)
    assert world.storage.follow() == {"application": 1}


def test_the_errands_that_protect_are_those_that_end_keys() -> None:
    assert {END_KEY, ROTATE_KEY} == PROTECTIVE_ERRANDS


def test_a_place_in_the_ledger_is_found_again(alone: World, tmp_path: Path) -> None:
    """By its offset; and in a copy that has other offsets, by its lines."""
    with alone.storage.work() as work:
        work.accounts.add(account(ONE))
        for number in range(20):
            work.outbox.put(key_errand(f"key-{number}", canonical({}), START))
    place = alone.destructions.position()
    with alone.storage.work() as work:
        work.accounts.withdraw(ONE.account, Role.ISSUER)
    end = alone.destructions.position()
    for offset in (place.offset, place.offset - 1, 0, end.offset, 1 << 40):
        tail = alone.destructions.tail(replace(place, offset=offset))
        assert (len(tail.acts), tail.end) == (1, end)
    assert alone.destructions.tail(end).acts == []
    copy = DestructionLedger(tmp_path / "copy", b"k" * 32, secrets.token_bytes)
    lines = alone.destructions.path.read_bytes().splitlines(keepends=True)
    copy.path.write_bytes(b"".join(lines[:10]))
    with pytest.raises(DestructionLedgerError):
        copy.tail(place)


def test_nobody_sees_what_was_taken_away_while_another_catches_up(
    world: World, databases: Databases, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of one process, on a database that was put back behind them."""
    role = next(case for case in CASES if case.kind == "role.withdrawn")
    with world.storage.work() as work:
        role.prepare(work, ONE)
    older = copy_of(world, databases, engine)
    with world.storage.work() as work:
        role.protect(work, ONE)
    world.exchange(older)
    inside, seen, real = threading.Event(), list[bool](), catch_up

    def slow(*arguments: Any) -> Any:
        inside.set()
        time.sleep(0.5)  # the other comes now
        return real(*arguments)

    monkeypatch.setattr("api.store.database.catch_up", slow)

    def look() -> None:
        with world.storage.reading() as work:
            seen.append(role.holds(work, ONE))

    threads = [threading.Thread(target=look)]
    threads[0].start()
    assert inside.wait(30)
    threads.append(threading.Thread(target=look))
    threads[1].start()
    for thread in threads:
        thread.join()
    assert seen == [True, True]


@pytest.mark.parametrize("way", ["reading", "work"])
def test_a_process_that_runs_sees_nothing_of_a_database_put_back_behind_it(
    world: World, databases: Databases, engine: str, way: str
) -> None:
    """Its connections break, and the pool makes new ones without a word."""
    role = next(case for case in CASES if case.kind == "role.withdrawn")
    with world.storage.work() as work:
        role.prepare(work, ONE)
    older = copy_of(world, databases, engine)
    with world.storage.work() as work:
        role.protect(work, ONE)
    with world.storage.reading() as reading:
        assert role.holds(reading, ONE)
    exchange_behind(world, databases, engine, older)
    with getattr(world.storage, way)() as work:
        assert role.holds(work, ONE)


def exchange_behind(world: World, databases: Databases, engine: str, older: str) -> None:
    """Another database at the same address, for the very same object."""
    world.storage._reader.dispose()
    world.storage._writer.dispose()
    here, there = make_url(world.url).database, make_url(older).database
    if engine == "postgresql":
        databases.server().run(
            f"ALTER DATABASE {here} RENAME TO {here}_away",
            f"ALTER DATABASE {there} RENAME TO {here}",
        )
        return
    for end in ("-wal", "-shm"):
        Path(f"{here}{end}").unlink(missing_ok=True)
    shutil.copyfile(str(there), str(here))


def test_who_comes_while_a_record_is_destroyed_looks_through_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a new connection, which compares the database with the ledger first."""
    applications = world.apply(2)
    looked: list[str] = []
    threads: list[threading.Thread] = []
    real, subjects = DestructionLedger.append, SqlDestruction.subjects

    def come() -> None:
        with closing(world.open(world.url)) as other, other.reading():
            pass

    def append(self: DestructionLedger, *arguments: Any) -> Any:
        entry = real(self, *arguments)
        threads.append(threading.Thread(target=come))
        threads[0].start()
        time.sleep(0.5)  # it comes now, before the rows are gone
        return entry

    def look(self: SqlDestruction, kind: RecordKind, after: str, limit: int) -> Any:
        looked.append(kind)
        return subjects(self, kind, after, limit)

    monkeypatch.setattr(DestructionLedger, "append", append)
    monkeypatch.setattr(SqlDestruction, "subjects", look)
    record = Record(RecordKind.APPLICATION, applications[0].application.number, BY_REQUEST)
    assert destroy(world.storage, world.destructions, record, START)
    threads[0].join()
    assert looked == []
