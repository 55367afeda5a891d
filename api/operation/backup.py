"""Backups: every row of one consistent view, in a format that either engine can be restored from.

Lines of canonical JSON:

    {"backup": "dojang-backup-v1", "revision": ..., "taken": ..., "destructions": ..., "last": ...}
    {"table": name, "columns": [...]}          then its rows, each a list
    {"end": {table: rows, ...}, "sha256": of all lines before, each with its end of line}

Values: bytes are ``{"b": base64url}``, moments ``{"t": ISO 8601, UTC}``, days ``{"d": ISO 8601}``.
The ledger of destructions is not in it, on purpose; how long it was is.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, select, text

from api.operation.backup_errors import BackupError
from api.operation.backup_file import VERSION, write_lines
from api.ports.protection import LedgerHead
from api.store.database import Database
from api.store.schema import metadata
from api.store.work import SqlWork
from contracts.evidence.encoding import Json, b64u_encode, canonical, format_time

STREAM: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds: rows by table."""

    rows: Mapping[str, int]
    bytes: int


def take_backup(
    storage: Database, head: LedgerHead, target: Path, key: bytes | None, at: datetime
) -> Taken:
    """Write a backup while the service goes on; the file is there whole, or not at all.

    Args:
        storage: the database.
        head: of the ledger of destructions, taken before.
        target: must not exist; readable by its owner only.
        key: 32 bytes seal it; None leaves it readable.
        at: now.

    Raises:
        BackupError: the target is there already.
        OSError: the disk refuses; nothing is left.
        StorageUnavailableError: the database cannot be read.
    """
    if target.exists():
        raise BackupError(f"{target.name} is there already")
    partial = target.with_name(f"{target.name}.partial")
    counts: dict[str, int] = {}
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, storage.reading() as reading:
            write_lines(file, _hashed(_lines(reading, head, at, counts), counts), key)
            file.flush()
            os.fsync(descriptor)
            size = file.tell()
        partial.rename(target)
        _sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    return Taken(counts, size)


def _lines(
    reading: SqlWork, head: LedgerHead, at: datetime, counts: dict[str, int]
) -> Iterator[bytes]:
    connection = reading.connection
    _let_it_take_long(connection)
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    yield canonical(
        {
            "backup": VERSION,
            "revision": str(version),
            "taken": format_time(at.replace(microsecond=0)),
            "destructions": head.lines,
            "last": head.hash.hex(),
        }
    )
    for table in metadata.sorted_tables:
        yield canonical({"table": table.name, "columns": [column.name for column in table.columns]})
        counts[table.name] = 0
        for line in _rows(connection, table):
            counts[table.name] += 1
            yield line


def _rows(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=STREAM)
    for row in connection.execute(query):
        yield canonical([encode_value(value) for value in row])


def _hashed(lines: Iterator[bytes], counts: Mapping[str, int]) -> Iterator[bytes]:
    digest = sha256()
    for line in lines:
        digest.update(line + b"\n")
        yield line
    end: dict[str, Json] = dict(counts)
    yield canonical({"end": end, "sha256": digest.hexdigest()})


def encode_value(value: Any) -> Json:  # noqa: ANN401 - whatever a column holds
    """A column's value in JSON.

    Raises:
        BackupError: a type that no column has.
    """
    if isinstance(value, bytes | memoryview):
        return {"b": b64u_encode(bytes(value))}
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if value is None or isinstance(value, str | bool | int):
        return value
    raise BackupError(f"a column holds a {type(value).__name__}")


def _let_it_take_long(connection: Connection) -> None:
    """The usual bounds on waiting are for requests; this view is open until all is read."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
