"""Registers as CSV files in a folder; a file that was replaced is noticed by every process."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from api.observation.journal import warn
from api.openid.register import (
    Register,
    RegisterFileError,
    RegisterUnavailableError,
    read_csv,
)
from api.ports.errors import StorageUnavailableError
from api.store.locks import sole_file
from api.store.secret_files import sync_folder
from verifier.eligibility.attestation import RegisterEntry

_STAGED, _PARTIAL, _LOCK = ".staged", ".partial", ".lock"
_UNFINISHED: Final = frozenset({_STAGED, _PARTIAL})
_Stamp = tuple[int, int, int]
_ABSENT: Final = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class RegisterFiles:
    """``api.openid.ports.RegisterShelf`` in a folder that only the service may read.

    A file is first written whole beside the register, then named after the entry that tells of it,
    and takes the register's place when that entry is kept. Whatever cuts this short, the newest
    entry and the register agree once ``settle`` was called: at every start and before each import.
    """

    folder: Path

    def place(self, kind: str) -> Path:
        """Where the register of a type is."""
        return self.folder / f"{kind}.csv"

    @contextmanager
    def replacing(self, kind: str, data: bytes) -> Iterator[Callable[[str], None]]:
        """Let a file take the place of a register at the end of the block.

        Yields:
            What is called in the transaction that keeps the entry, with the entry's id.

        Raises:
            StorageOccupiedError: a register is being replaced by somebody else.
            StorageUnavailableError: the folder takes no file. Where the entry is kept already, the
                file takes its place when ``settle`` is called.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with sole_file(self.folder / _LOCK):
                partial = self._written(kind, data)
                try:
                    yield partial.name_after
                    partial.take(self.place(kind))
                finally:
                    partial.drop()
        except OSError as error:
            raise StorageUnavailableError(f"registers cannot be kept: {error.strerror}") from error

    def settle(self, is_kept: Callable[[str], bool]) -> None:
        """End what was cut short: what has an entry takes its place, and the rest is removed.

        Args:
            is_kept: whether an entry is kept, by its id.

        Raises:
            StorageOccupiedError: a register is being replaced at this moment.
            StorageUnavailableError: the folder cannot be changed.
        """
        try:
            if not any(path.suffix in _UNFINISHED for path in self.folder.glob("*")):
                return
            with sole_file(self.folder / _LOCK):
                self._settle(is_kept)
        except OSError as error:
            raise StorageUnavailableError(f"registers cannot be kept: {error.strerror}") from error

    def _settle(self, is_kept: Callable[[str], bool]) -> None:
        for path in sorted(self.folder.glob("*")):
            kind, _, entry = path.name.removesuffix(_STAGED).partition(".")
            if path.suffix == _STAGED and is_kept(entry):
                path.replace(self.place(kind))
            elif path.suffix in _UNFINISHED:
                path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def _written(self, kind: str, data: bytes) -> "_Staged":
        handle, name = mkstemp(prefix=f"{kind}.", suffix=_PARTIAL, dir=self.folder)
        made = _Staged(kind, Path(name))
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            made.drop()
            raise
        return made


@dataclass(slots=True)
class _Staged:
    """A file on its way to a register's place."""

    kind: str
    path: Path
    is_named: bool = False

    def name_after(self, entry: str) -> None:
        self.path = self.path.replace(self.path.with_name(f"{self.kind}.{entry}{_STAGED}"))
        sync_folder(self.path.parent)
        self.is_named = True

    def take(self, place: Path) -> None:
        self.path.replace(place)
        sync_folder(place.parent)
        self.is_named = False

    def drop(self) -> None:
        """Remove what was not named; what was, may have its entry, and is settled later."""
        if not self.is_named:
            self.path.unlink(missing_ok=True)


@dataclass(slots=True)
class FileRegister:
    """A register in a file, read again when it was replaced.

    ``otherwise`` answers until a first file is seen: the invented people of a demonstration. A file
    that is gone is a file that cannot be read: nobody is refused because of it.
    """

    kind: str
    path: Path
    otherwise: Register | None = None
    _found: tuple[_Stamp, Register | RegisterFileError] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def entry(self, person: str, on: date) -> RegisterEntry:
        """The entry of a person on a day.

        Raises:
            NotInRegisterError: nobody of that id.
            RegisterUnavailableError: there is no file, or it cannot be read as one; the journal
                says why.
        """
        try:
            register = self.read()
        except RegisterFileError as error:
            raise RegisterUnavailableError("the register cannot be read at the moment") from error
        return register.entry(person, on)

    def read(self) -> Register:
        """The register as it stands.

        Raises:
            RegisterFileError: there is no file, or it cannot be read as one; file, line and column
                are named.
        """
        with self._lock:
            try:
                stamp = _stamp(self.path)
                if stamp == _ABSENT and self._found is None and self.otherwise is not None:
                    return self.otherwise
                if self._found is None or self._found[0] != stamp:
                    # Also that it cannot be read: a long file is not read for everybody who asks.
                    self._found = (stamp, self._load())
            except OSError as error:
                raise RegisterFileError(f"{self.path.name}: {error.strerror}") from error
            found = self._found[1]
        if isinstance(found, RegisterFileError):
            raise found
        return found

    def is_readable(self) -> bool:
        """Whether there is a register that can be read; false alike where there is no file."""
        try:
            self.read()
        except RegisterFileError:
            return False
        return True

    def _load(self) -> Register | RegisterFileError:
        try:
            return read_csv(self.kind, self.path.read_bytes()).take()
        except FileNotFoundError:
            warn("register.unreadable", code="register.absent", kind=self.kind)
            return RegisterFileError(f"{self.path.name} is not there")
        except RegisterFileError as error:
            place = {"kind": self.kind, "line": error.line, "column": error.column}
            warn("register.unreadable", code=error.code, **place)
            return RegisterFileError(f"{self.path.name}: {error}", error.line, error.column)


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except FileNotFoundError:
        return _ABSENT
    return found.st_mtime_ns, found.st_ino, found.st_size
