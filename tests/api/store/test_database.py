"""Transactions on both engines: whole or not at all, one writer, nothing told of values."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from api.ports.applications import Application
from api.ports.errors import (
    StorageConflictError,
    StorageError,
    StorageOccupiedError,
    StorageRefusedError,
    StorageUnavailableError,
)
from api.store.database import Database
from tests.api.databases import START, Databases

APPLICATION = Application(
    number="AAAA-BBBB-CCCC-DDDD",
    service="document-delivery",
    round="2026",
    service_digest=b"d" * 32,
    date=date(2026, 11, 20),
    trial=False,
    received=START,
    secret_hash=b"s" * 32,
    salt=b"x" * 16,
)


class StoppedError(Exception):
    """Something goes wrong in the middle."""


def test_what_was_kept_is_read_as_it_was(storage: Database) -> None:
    with storage.work() as work:
        work.applications.add(APPLICATION)
    with storage.reading() as reading:
        assert reading.applications.find(APPLICATION.number) == APPLICATION
        assert reading.applications.find("ZZZZ-ZZZZ-ZZZZ-ZZZZ") is None


def test_work_that_fails_in_the_middle_keeps_nothing(storage: Database) -> None:
    with pytest.raises(StoppedError), storage.work() as work:  # noqa: PT012 # the end of the block is what is tested
        work.applications.add(APPLICATION)
        raise StoppedError
    with storage.reading() as reading:
        assert reading.applications.find(APPLICATION.number) is None


def test_a_reading_transaction_cannot_write(storage: Database) -> None:
    with pytest.raises(StorageUnavailableError), storage.reading() as reading:
        reading.applications.add(APPLICATION)
    with storage.reading() as reading:
        assert reading.applications.find(APPLICATION.number) is None


def test_a_reading_transaction_sees_one_state(storage: Database) -> None:
    with storage.reading() as reading:
        assert reading.applications.find(APPLICATION.number) is None
        with storage.work() as work:
            work.applications.add(APPLICATION)
        assert reading.applications.find(APPLICATION.number) is None
    with storage.reading() as reading:
        assert reading.applications.find(APPLICATION.number) is not None


def test_a_conflict_names_the_constraint_and_no_value(storage: Database) -> None:
    with storage.work() as work:
        work.applications.add(APPLICATION)
    with pytest.raises(StorageConflictError) as caught, storage.work() as work:
        work.applications.add(replace(APPLICATION, service="elsewhere"))
    assert "application" in str(caught.value)
    assert APPLICATION.number not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_refused_statement_tells_no_value(storage: Database) -> None:
    with pytest.raises(StorageError) as caught, storage.work() as work:
        work.connection.execute(text("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "secret"})
    assert isinstance(caught.value, StorageRefusedError | StorageUnavailableError)
    assert "secret" not in str(caught.value)


def test_a_time_without_zone_is_refused(storage: Database) -> None:
    naive = replace(APPLICATION, received=datetime(2026, 1, 1))  # noqa: DTZ001 # refused for that
    with pytest.raises(Exception, match="zone"), storage.work() as work:
        work.applications.add(naive)


def test_every_write_of_many_threads_is_kept(storage: Database) -> None:
    def write(thread: int) -> None:
        for n in range(10):
            with storage.work() as work:
                work.applications.add(replace(APPLICATION, number=f"{thread:04d}-{n:04d}"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storage.reading() as reading:
        found = reading.connection.scalar(text("SELECT count(*) FROM application"))
    assert found == 80


def test_a_name_is_held_by_one_and_free_again_afterwards(storage: Database, url: str) -> None:
    with closing(Database(url)) as other:
        with storage.sole("sender"):
            with pytest.raises(StorageOccupiedError), other.sole("sender"):
                pass
            with other.sole("another"):
                pass
        with other.sole("sender"):
            pass


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = f"postgresql://nobody@/nothing?host={tmp_path}"
    with (
        closing(Database(nowhere)) as storage,
        pytest.raises(StorageUnavailableError),
        storage.work(),
    ):
        pass


def test_sqlite_is_as_durable_as_promised_and_private(lite: Database) -> None:
    with lite.work() as work:
        connection = work.connection
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        path = Path(str(connection.engine.url.database))
    assert path.with_name(path.name + ".write-lock").stat().st_mode & 0o077 == 0


def test_a_new_sqlite_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "new.sqlite"
    with closing(Database(f"sqlite:///{path}")):
        assert path.stat().st_mode & 0o077 == 0


def test_postgresql_keeps_every_commit(databases: Databases) -> None:
    with closing(Database(databases.migrated("postgresql"))) as storage:
        with storage.work() as work:
            assert work.connection.scalar(text("SHOW synchronous_commit")) == "on"
            assert work.connection.scalar(text("SHOW transaction_isolation")) == "read committed"
        with storage.reading() as reading:
            assert reading.connection.scalar(text("SHOW transaction_read_only")) == "on"
            assert (
                reading.connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
            )
