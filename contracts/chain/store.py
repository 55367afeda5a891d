"""The SQLite file of the embedded chain: py-evm's key-value store, and the index of log entries.

What py-evm writes stays in memory until the block is mined; then block, state and index entries go
to disk in ONE transaction (WAL, synchronous=FULL). A crash therefore leaves whole blocks only.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import Any, Final

from eth.abc import AtomicWriteBatchAPI
from eth.db.atomic import AtomicDBWriteBatch
from eth.db.backends.base import BaseAtomicDB

from contracts.chain.events import LogEntry
from contracts.evidence.errors import LedgerUnavailableError

SCHEMA_VERSION: Final = 1
MAX_TOPICS: Final = 4
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS node (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
    block INTEGER NOT NULL, position INTEGER NOT NULL, address BLOB NOT NULL,
    topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, data BLOB NOT NULL,
    PRIMARY KEY (block, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_by_topic ON entry (address, topic0, topic1, topic2);
CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
_COLUMNS: Final = "block, position, address, topic0, topic1, topic2, topic3, data"


class ChainStore(BaseAtomicDB):
    """One chain's file. Not safe for threads: whoever owns it holds a lock."""

    def __init__(self, path: Path) -> None:
        self._overlay: dict[bytes, bytes | None] = {}
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            self._connection.close()
            raise LedgerUnavailableError(f"the chain's file has the unknown version {version}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def __getitem__(self, key: bytes) -> bytes:
        value = self._overlay[key] if key in self._overlay else self._read(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._overlay[key] = value

    def __delitem__(self, key: bytes) -> None:
        if not self._exists(key):
            raise KeyError(key)
        self._overlay[key] = None

    def _exists(self, key: bytes) -> bool:
        value = self._overlay[key] if key in self._overlay else self._read(key)
        return value is not None

    @contextmanager
    def atomic_batch(self) -> Iterator[AtomicWriteBatchAPI]:
        """Writes that reach the overlay together or not at all (py-evm's interface)."""
        with AtomicDBWriteBatch._commit_unless_raises(self) as batch:  # noqa: SLF001 - py-evm's own stores do the same, there is no other way in
            yield batch

    def commit(self, entries: Sequence[LogEntry], numbers: dict[str, int]) -> None:
        """Write all that is pending, index entries and named numbers in one transaction.

        Raises:
            sqlite3.Error: nothing was written; the caller discards.
        """
        with self.transaction() as connection:
            self._write(connection, numbers)
            connection.executemany(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(entry) for entry in entries],
            )
        self._overlay.clear()

    def roll_back(self, numbers: dict[str, int], block: int) -> None:
        """Write all that is pending, and forget entries of later blocks, in one transaction.

        Raises:
            sqlite3.Error: nothing was written; the caller discards.
        """
        with self.transaction() as connection:
            self._write(connection, numbers)
            connection.execute("DELETE FROM entry WHERE block > ?", (block,))
        self._overlay.clear()

    def copy_to(self, path: Path) -> None:
        """Copy what is on disk to a new file.

        Raises:
            OSError: the file cannot be written whole.
        """
        try:
            with closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
        except sqlite3.Error as error:
            raise OSError(ENOSPC, f"the copy cannot be written: {error}") from error

    def _write(self, connection: sqlite3.Connection, numbers: dict[str, int]) -> None:
        changes = self._overlay.items()
        connection.executemany(
            "INSERT OR REPLACE INTO node VALUES (?, ?)",
            [(key, value) for key, value in changes if value is not None],
        )
        connection.executemany(
            "DELETE FROM node WHERE key = ?",
            [(key,) for key, value in changes if value is None],
        )
        connection.executemany("INSERT OR REPLACE INTO number VALUES (?, ?)", list(numbers.items()))

    def discard(self) -> bool:
        """Forget what is pending; returns whether there was anything."""
        dirty = bool(self._overlay)
        self._overlay.clear()
        return dirty

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction, rolled back when the block raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def number(self, name: str) -> int | None:
        """A named number; None if it was never written."""
        row = self._connection.execute("SELECT value FROM number WHERE name = ?", (name,))
        found = row.fetchone()
        return None if found is None else int(found[0])

    def entries(self, addresses: Sequence[bytes], last_block: int) -> list[LogEntry]:
        """Entries of these contracts up to a block, oldest first."""
        marks = ", ".join("?" * len(addresses))
        return self._entries(f"address IN ({marks}) AND block <= ?", (*addresses, last_block))

    def find(self, address: bytes, topics: Sequence[bytes]) -> list[LogEntry]:
        """Entries of one contract with these first topics, oldest first."""
        where = " AND ".join(["address = ?", *(f"topic{n} = ?" for n in range(len(topics)))])
        return self._entries(where, (address, *topics))

    def close(self) -> None:
        """Close the file. What is pending is lost, as it should be."""
        self._connection.close()

    def _entries(self, where: str, values: tuple[bytes | int, ...]) -> list[LogEntry]:
        query = f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY block, position"  # noqa: S608 - built from constants, values are bound
        return [_entry(row) for row in self._connection.execute(query, values)]

    def _read(self, key: bytes) -> bytes | None:
        row = self._connection.execute("SELECT value FROM node WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])


def _row(entry: LogEntry) -> tuple[int | bytes | None, ...]:
    topics = [*entry.topics, *[None] * (MAX_TOPICS - len(entry.topics))]
    return (entry.block, entry.index, entry.address, *topics, entry.data)


def _entry(row: tuple[Any, ...]) -> LogEntry:
    block, index, address, *topics, data = row
    return LogEntry(address, tuple(t for t in topics if t is not None), data, block, index)
