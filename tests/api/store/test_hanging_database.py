"""A database that hangs: nobody waits long, and soon nobody waits in vain."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from sqlite3 import connect

import pytest
from sqlalchemy import make_url, text

from api.ports.errors import StorageUnavailableError
from api.store.database import Database
from tests.api.databases import Databases

SHORT = 0.3


@contextmanager
def standing_still(storage: Database) -> Iterator[None]:
    """PostgreSQL's process of a connection that is open, stopped."""
    with storage.reading() as reading:
        process = reading.connection.scalar(text("SELECT pg_backend_pid()"))
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_connection_that_stands_still_gives_way_to_another(databases: Databases) -> None:
    url = databases.migrated("postgresql")
    with (
        closing(Database(url, 1, SHORT)) as storage,
        standing_still(storage),
        storage.reading() as reading,
    ):
        assert reading.connection.scalar(text("SELECT 1")) == 1


def test_an_answer_that_does_not_come_is_given_up(databases: Databases) -> None:
    with closing(Database(databases.migrated("postgresql"), 1, SHORT)) as storage:
        with pytest.raises(StorageUnavailableError), storage.reading() as reading:
            reading.connection.execute(text("SELECT pg_sleep(3600)"))
        with pytest.raises(StorageUnavailableError, match="now"), storage.work():
            pass  # nobody waits any more
        storage._writing.heard()
        with storage.reading() as reading:  # by a new connection
            assert reading.connection.scalar(text("SELECT 1")) == 1


def test_a_writer_that_never_ends_keeps_no_reader_away(databases: Databases) -> None:
    url = databases.migrated("sqlite")
    path = make_url(url).database or ""
    with closing(Database(url, 2, SHORT)) as storage, closing(connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailableError), storage.work():
            pass
        with pytest.raises(StorageUnavailableError, match="now"), storage.work():
            pass  # nobody waits any more
        with storage.reading() as reading:
            assert reading.connection.scalar(text("SELECT 1")) == 1
        other.rollback()
        storage._writing.heard()
        with storage.work():
            pass


def test_after_a_while_one_tries_again(databases: Databases) -> None:
    with closing(Database(databases.migrated("sqlite"), 2)) as storage:
        storage._writing.unheard()
        with pytest.raises(StorageUnavailableError, match="now"), storage.work():
            pass
        storage._writing.ticks = lambda: float("inf")
        with storage.work():
            pass
        with storage.work():
            pass
