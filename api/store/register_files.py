"""Registers as CSV files in a folder; a file that was replaced is noticed by every process."""

import os
import threading
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import mkstemp

from api.observation.journal import warn
from api.openid.register import (
    NotInRegisterError,
    Register,
    RegisterFileError,
    RegisterUnavailableError,
    read_csv,
)
from verifier.eligibility.attestation import RegisterEntry

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class RegisterFiles:
    """``api.openid.ports.RegisterShelf`` in a folder that only the service may read."""

    folder: Path

    def place(self, kind: str) -> Path:
        """Where the register of a type is."""
        return self.folder / f"{kind}.csv"

    def keep(self, kind: str, data: bytes) -> None:
        """Let a file take the place of the register of a type, whole and durably."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, partial = mkstemp(prefix=f"{kind}.", suffix=".partial", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(self.place(kind))
        finally:
            Path(partial).unlink(missing_ok=True)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(slots=True)
class FileRegister:
    """A register in a file, read again when it was replaced.

    ``otherwise`` answers where there is no file yet: the invented people of a demonstration.
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
            RegisterUnavailableError: the file cannot be read as one; the journal says why.
        """
        try:
            register = self.read()
        except RegisterFileError as error:
            raise RegisterUnavailableError("the register cannot be read at the moment") from error
        return register.entry(person, on)

    def read(self) -> Register:
        """The register as it stands.

        Raises:
            NotInRegisterError: there is no file, and nothing instead of it.
            RegisterFileError: the file cannot be read as one; file, line and column are named.
        """
        with self._lock:
            try:
                stamp = _stamp(self.path)
                if stamp is None:
                    return self._absent()
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
        except (RegisterFileError, NotInRegisterError):
            return False
        return True

    def _absent(self) -> Register:
        if self.otherwise is None:
            raise NotInRegisterError(f"there is no register of {self.kind}")
        return self.otherwise

    def _load(self) -> Register | RegisterFileError:
        try:
            return read_csv(self.kind, self.path.read_bytes()).take()
        except RegisterFileError as error:
            place = {"kind": self.kind, "line": error.line, "column": error.column}
            warn("register.unreadable", code=error.code, **place)
            return RegisterFileError(f"{self.path.name}: {error}", error.line, error.column)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
