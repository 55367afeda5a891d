"""The two engines: how each is opened, and what a transaction means on it.

SQLite: WAL and synchronous=FULL, so that what was committed survives a crash; a writing
transaction begins IMMEDIATE on the one writing connection; reading connections cannot write.
PostgreSQL: a writing transaction is READ COMMITTED and takes the row locks it needs; a reading one
is REPEATABLE READ, READ ONLY. Waiting is bounded on both.
"""

import os
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from api.store.bounded_connection import bounded_connection

WAIT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 40
"""How long the worker and commands wait for one answer of PostgreSQL; it ends statements itself."""
_POSTGRES_OPTIONS: Final = (
    "-c statement_timeout=30000 -c lock_timeout=10000 "
    "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)


def parse_url(text: str) -> URL:
    """A database's address with the driver that we use."""
    url = make_url(text)
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite database; None for another engine."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def open_writer(url: URL, threads: int, seconds: float = WAIT_SECONDS) -> Engine:
    """The engine of writing transactions; nobody waits longer than so many seconds for it."""
    path = sqlite_path(url)
    if path is None:
        return _open_postgres(url, threads, seconds)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return _open_sqlite(url, 1, ("BEGIN IMMEDIATE", "PRAGMA foreign_keys=ON"), seconds)


def open_reader(url: URL, threads: int, writer: Engine, seconds: float = WAIT_SECONDS) -> Engine:
    """The engine of reading transactions; it refuses to write."""
    if sqlite_path(url) is None:
        return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return _open_sqlite(url, threads, ("BEGIN", "PRAGMA query_only=ON"), seconds)


def open_migrator(url: URL) -> Engine:
    """An engine that may change tables: SQLite keeps no foreign keys while it copies one."""
    if sqlite_path(url) is None:
        return create_engine(url, pool_size=1, hide_parameters=True)
    return _open_sqlite(url, 1, ("BEGIN IMMEDIATE", "PRAGMA foreign_keys=OFF"), WAIT_SECONDS)


def _open_postgres(url: URL, threads: int, seconds: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=threads,
        max_overflow=2,
        pool_timeout=seconds,
        hide_parameters=True,
        pool_recycle=1800,
        pool_pre_ping=True,  # a database that was started again must not cost anybody an answer
        connect_args={"connect_timeout": max(2, int(seconds)), "options": _POSTGRES_OPTIONS},
    )
    # The server's own limits do not help against a server that stands still.
    limit = seconds if seconds < WAIT_SECONDS else _STATEMENT_SECONDS

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Any,  # noqa: ANN401 - of the library, not looked at
        _record: Any,  # noqa: ANN401 - as above
        arguments: list[Any],
        options: dict[str, Any],
    ) -> Any:  # noqa: ANN401 - the driver's connection
        return bounded_connection(limit).connect(*arguments, **options)

    return engine


def _open_sqlite(url: URL, connections: int, modes: tuple[str, str], seconds: float) -> Engine:
    begin, pragma = modes
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=seconds,
        hide_parameters=True,
        connect_args={
            "timeout": seconds,
            "check_same_thread": False,
            "isolation_level": None,
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401 - of the pool, not looked at
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
