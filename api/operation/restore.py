"""Restore: a whole backup into an empty database, or nothing; destroyed records stay destroyed.

The file is read twice: once to see that it is whole, and once to load it. Loading, bringing the
tables to this program's shape, destroying again what the ledger names, and halting every log are
ONE transaction. The logs go on when they were compared with what was published and anchored.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text

from api.operation.backup_errors import BackupFileError, LedgerBehindError, TargetNotEmptyError
from api.operation.backup_file import VERSION, read_lines
from api.operation.continuity import UNCOMPARED
from api.operation.destruction_ledger import DestructionLedger
from api.ports.continuity import LogHalt
from api.ports.protection import LedgerHead
from api.store.engines import open_migrator, open_writer, parse_url, sqlite_path
from api.store.migration import migrate_within
from api.store.replaying import catch_up
from api.store.translation import translated
from api.store.work import SqlWork
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, b64u_decode, parse_canonical
from contracts.evidence.errors import EncodingError

BATCH: Final = 500
MAX_LINE_BYTES: Final = 64 << 20
_VERSIONS: Final = "alembic_version"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says."""

    revision: str
    head: LedgerHead


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: rows by table, what was done again by kind, and logs that stand still."""

    rows: Mapping[str, int]
    again: Mapping[str, int]
    logs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A backup's file and its key."""

    path: Path
    key: bytes | None

    def lines(self) -> Iterator[Json]:
        """All lines; the last one is there only when all before it were whole.

        Raises:
            BackupFileError: the file is damaged.
            BackupKeyError: it is sealed with another key.
        """
        digest, end = sha256(), None
        with self.path.open("rb") as file:
            for line in read_lines(file, self.key):
                if end is not None:
                    raise BackupFileError("something follows the end")
                value = _parse(line)
                if isinstance(value, dict) and "end" in value:
                    if value.get("sha256") != digest.hexdigest():
                        raise BackupFileError("the content is not what was written")
                    end = value
                digest.update(line + b"\n")
                yield value
        if end is None:
            raise BackupFileError("the backup has no end")


def restore_backup(url: str, source: Source, ledger: DestructionLedger, at: datetime) -> Restored:
    """Restore into an empty database.

    Raises:
        BackupError: see its classes; the database is as it was.
        DestructionLedgerError: the ledger is damaged.
        StorageError: the database refuses.
    """
    header = check(source)
    if not ledger.begins_with(header.head):
        raise LedgerBehindError(
            f"the ledger of destructions lacks lines that the backup knows of ({header.head.lines})"
        )
    address = parse_url(url)
    if sqlite_path(address) is not None:
        open_writer(address, 1).dispose()  # makes the file, readable by its owner only
    engine = open_migrator(address)
    try:
        with translated(), engine.begin() as connection:
            return _restore(connection, header, source, ledger, at)
    finally:
        engine.dispose()


def check(source: Source) -> Header:
    """Read a whole backup and believe nothing before its end.

    Raises:
        BackupFileError: it is damaged.
        BackupKeyError: it is sealed with another key.
    """
    lines = source.lines()
    header = _header(next(lines, None))
    counts: dict[str, int] = {}
    table, told = "", None
    for line in lines:
        if isinstance(line, list):
            counts[table] = counts.get(table, 0) + 1
        elif isinstance(line, dict) and "table" in line:
            table = str(line["table"])
            counts[table] = 0
        elif isinstance(line, dict):
            told = line.get("end")
    if told != counts:
        raise BackupFileError("rows are missing")
    return header


def _restore(
    connection: Connection,
    header: Header,
    source: Source,
    ledger: DestructionLedger,
    at: datetime,
) -> Restored:
    if set(inspect(connection).get_table_names()) - {_VERSIONS}:
        raise TargetNotEmptyError("the database holds tables already; restore into an empty one")
    migrate_within(connection, header.revision)
    counts = _load(connection, source)
    migrate_within(connection)
    work = SqlWork(connection)
    again = catch_up(work, ledger.protection())
    work.mark.keep(None)
    work.issuing.end_open_offers()
    logs = tuple(work.continuity.log_names())
    for log in logs:
        work.continuity.halt(LogHalt(log, UNCOMPARED, at))
    # Places that were given out after the backup are not known: none is given out of old lists.
    work.issuing.spend_status_lists()
    return Restored(counts, again, logs)


def _load(connection: Connection, source: Source) -> dict[str, int]:
    tables = MetaData()
    tables.reflect(connection)
    counts: dict[str, int] = {}
    table: Table | None = None
    names: list[str] = []
    rows: list[dict[str, Any]] = []
    for line in source.lines():
        if isinstance(line, list) and table is not None:
            rows.append(_row(names, line, connection.dialect.name))
            if len(rows) < BATCH:
                continue
        if table is not None and rows:
            connection.execute(insert(table), rows)
            counts[table.name] += len(rows)
            rows = []
        if isinstance(line, dict) and "table" in line:
            table, names = _table(tables, line)
            counts[table.name] = 0
    for filled in tables.sorted_tables:
        _count_on(connection, filled)
    return counts


def _table(tables: MetaData, line: dict[str, Json]) -> tuple[Table, list[str]]:
    found = tables.tables.get(str(line["table"]))
    columns = line.get("columns")
    if found is None or not isinstance(columns, list):
        raise BackupFileError("a table is not one of the backup's revision")
    names = [str(name) for name in columns]
    if set(names) != {column.name for column in found.columns}:
        raise BackupFileError("a table has other columns than in the backup's revision")
    return found, names


def _row(names: list[str], values: list[Json], dialect: str) -> dict[str, Any]:
    if len(names) != len(values):
        raise BackupFileError("a row has another length than its table")
    decoded = [_decode(value) for value in values]
    if dialect == "sqlite":
        decoded = [v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in decoded]
    return dict(zip(names, decoded, strict=True))


def _decode(value: Json) -> Any:  # noqa: ANN401 - whatever a column holds
    if not isinstance(value, dict):
        return value
    ((kind, told),) = value.items() if len(value) == 1 else (("", ""),)
    try:
        if kind == "b":
            return b64u_decode(str(told))
        if kind == "t":
            return datetime.fromisoformat(str(told))
        if kind == "d":
            return date.fromisoformat(str(told))
    except (ValueError, EncodingError):
        raise BackupFileError("a value is damaged") from None
    raise BackupFileError("a value is of an unknown kind")


def _count_on(connection: Connection, table: Table) -> None:
    """Let a growing number go on after the restored ones (PostgreSQL keeps it apart)."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    names = {"table": f'"{table.name}"', "column": column.name}
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
    highest = connection.scalar(select(func.max(column)))
    if sequence is not None and highest is not None:
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :highest)"),
            {"sequence": sequence, "highest": highest},
        )


def _header(line: Json) -> Header:
    try:
        document = Document.of(line, "backup")
        if document.text("backup") != VERSION:
            raise BackupFileError("the backup is of an unknown version")
        revision, _ = document.text("revision"), document.time("taken")
        head = LedgerHead(document.integer("destructions"), document.hash("last"))
        document.close()
    except EncodingError as error:
        raise BackupFileError("the backup has no beginning") from error
    return Header(revision, head)


def _parse(line: bytes) -> Json:
    try:
        return parse_canonical(line, max_bytes=MAX_LINE_BYTES)
    except EncodingError as error:
        raise BackupFileError("a line is damaged") from error
