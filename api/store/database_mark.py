"""A mark that the database and what stands outside it share, so that one put back is noticed.

The database holds one random mark. So does a file beside the published logs and one beside the
chain. It is renewed before anything signed goes out; whatever is older than the others, restored,
copied back or rolled back on its server, holds another mark than they do. Until they were compared
nothing is entered in a log.

    renewing: files take the old and the new mark -> the database takes the new one -> files keep it
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EBUSY
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, delete, insert, select

from api.store.locks import lock_in_time
from api.store.schema import metadata

MARK_BYTES: Final = 16
MARK_FILE: Final = ".database-mark"
LOCK_SECONDS: Final = 10.0
"""Another process that renews the mark holds it for two writes."""
COMPARING: Final = bytes(MARK_BYTES)
"""The mark of a database that was put back: what was open is withdrawn, its logs not compared."""
_ONLY: Final = 1
_MAX_FILE: Final = 256

database_marks: Final = Table(
    "database_mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mark", LargeBinary(MARK_BYTES), nullable=False),
)


class SqlDatabaseMark:
    """The database's mark, in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, *, locked: bool = False) -> bytes | None:
        """The mark; None where there never was one, or a restore took it away."""
        query = select(database_marks.c.mark)
        found = self._connection.scalar(query.with_for_update() if locked else query)
        return None if found is None else bytes(found)

    def keep(self, mark: bytes | None) -> None:
        """Keep another mark, or none."""
        self._connection.execute(delete(database_marks))
        if mark is not None:
            self._connection.execute(insert(database_marks), {"id": _ONLY, "mark": mark})


@dataclass(frozen=True, slots=True)
class OutsideMarks:
    """The marks outside: one file in each of these folders."""

    folders: Sequence[Path]

    def hold(self, mark: bytes | None) -> bool:
        """Whether every folder has this mark.

        Raises:
            OSError: one cannot be read, which says nothing about the database.
        """
        return mark is not None and all(mark in _read(folder) for folder in self.folders)

    def are_none(self) -> bool:
        """Whether no folder has any mark: of a service that never published.

        Raises:
            OSError: one cannot be read.
        """
        return not any(_read(folder) for folder in self.folders)

    def write(self, *marks: bytes) -> None:
        """Write marks in place of what is there, durably.

        Raises:
            OSError: a disk refuses.
        """
        for folder in self.folders:
            with _alone(folder):
                _write(folder, marks)

    def check_writable(self) -> None:
        """See that every folder takes a mark, before anything is done that needs it.

        Raises:
            OSError: one does not, or cannot be read.
        """
        for folder in self.folders:
            with _alone(folder):
                _write(folder, _read(folder))

    def settle(self, before: bytes | None, mark: bytes) -> None:
        """Forget the mark before, unless somebody has renewed it again."""
        for folder in self.folders:
            with _alone(folder):
                if set(_read(folder)) == {before, mark}:
                    _write(folder, [mark])


def _read(folder: Path) -> list[bytes]:
    """What stands there: nothing where there is no file, and where it holds something else."""
    try:
        with (folder / MARK_FILE).open("rb") as file:
            return [bytes.fromhex(line.decode("ascii")) for line in file.read(_MAX_FILE).split()]
    except (FileNotFoundError, ValueError):
        return []


def _write(folder: Path, marks: Sequence[bytes]) -> None:
    path = folder / MARK_FILE
    partial = path.with_name(f"{MARK_FILE}.partial")
    with partial.open("wb") as file:
        file.write(b"".join(mark.hex().encode() + b"\n" for mark in marks))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others from the folder's mark, and see what was written to the disk.

    Raises:
        OSError: the disk refuses, or another process holds it for too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not lock_in_time(descriptor, LOCK_SECONDS):
            raise OSError(EBUSY, os.strerror(EBUSY))
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
