"""Files of trustees, registrars and devices: written whole or not at all, and on disk when done.

Every change is a temporary file beside its target, written, forced to disk and renamed; then the
folder is forced to disk. Beside a key file stand ``<name>.lock``, held while a program uses it, and
``<name>.count``, how often it was written: an older copy that was put back is recognised by it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contracts.evidence.errors import EncodingError
from voting.crypto.ceremony import MAX_PARTIES, Round
from voting.crypto.randomness import Rng
from voting.keeping.deciding import Decision
from voting.keeping.errors import (
    ExposedFileError,
    FileTakenError,
    KeyBusyError,
    KeyFileFormError,
    OldCopyError,
    StorageError,
)
from voting.keeping.sealing import MAX_KEY_FILE_BYTES, Seal, seal, unseal
from voting.keeping.setting import Role
from voting.keeping.state import KeyState

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644
OTHERS: Final = 0o077
MAX_MESSAGE_BYTES: Final = 1 << 20
MAX_PASSPHRASE_BYTES: Final = 1 << 12
_COUNT_BYTES: Final = 32


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """An error of the system as one of ours, with the name of the file and no path."""
    try:
        yield
    except OSError as error:
        raise StorageError(f"{path.name}: {error.strerror or 'cannot be used'}") from error


def read_file(path: Path, limit: int) -> bytes:
    """A plain file of at most ``limit`` bytes.

    Raises:
        StorageError: F-10.
    """
    with _reported(path), path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise StorageError(f"{path.name} has more than {limit} bytes")
    return data


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Put a file in the place of what is there.

    Raises:
        StorageError: F-10; what was there is untouched.
    """
    temporary = path.with_name(f".{path.name}.new")
    with _reported(path):
        try:
            _write(temporary, data, mode)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise
        _force_folder(path.parent)


def hand_over(path: Path, data: bytes, mode: int = PUBLIC) -> None:
    """Write what others are to receive; the same bytes may be there already, others not.

    Raises:
        FileTakenError: the name is taken by something else (F-05).
        StorageError: F-10.
    """
    if path.is_symlink() or path.exists():
        if not path.is_file() or read_file(path, MAX_KEY_FILE_BYTES) != data:
            raise FileTakenError(f"{path.name} is there already and holds something else")
        return
    replace_file(path, data, mode)


def _write(path: Path, data: bytes, mode: int) -> None:
    with suppress(FileNotFoundError):  # left behind by a program that was stopped
        path.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(path, flags, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _force_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_private(path: Path) -> None:
    """Require a plain file that its owner alone can read.

    Raises:
        ExposedFileError: F-03.
        StorageError: it is not there (F-10).
    """
    with _reported(path):
        found = path.lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_mode & OTHERS or found.st_uid != os.getuid():
        raise ExposedFileError(f"{path.name} is no plain file that only you can read (chmod 600)")


def read_passphrase(path: Path) -> str:
    """The first line of a file that only its owner can read.

    Raises:
        ExposedFileError: F-03.
        StorageError: F-10.
        EncodingError: no text.
    """
    check_private(path)
    data = read_file(path, MAX_PASSPHRASE_BYTES)
    try:
        return data.decode("utf-8").split("\n")[0].rstrip("\r")
    except UnicodeDecodeError as error:
        raise EncodingError("a passphrase is UTF-8 text") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        import fcntl  # noqa: PLC0415 - not on every system; the other commands start without it
    except ImportError as error:
        raise StorageError("key files need Linux or macOS") from error
    lock = path.with_name(f"{path.name}.lock")
    with _reported(lock):
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KeyBusyError(f"another program uses {path.name}") from error
        yield
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class KeyFile:
    """An open key file; ``save`` is the only way to change it."""

    path: Path
    state: KeyState = field(repr=False)
    _seal: Seal = field(repr=False)
    _rng: Rng = field(repr=False)
    _generation: int = 0

    def save(self, state: KeyState) -> None:
        """Put a state on disk; it is there when this returns, and what follows may leave.

        Raises:
            StorageError: F-10; the file is as it was.
        """
        generation = self._generation + 1
        data = seal(self._seal, generation, state.to_bytes(), self._rng)
        if len(data) > MAX_KEY_FILE_BYTES:
            raise StorageError("the key file would grow too large")
        replace_file(self.path, data, PRIVATE)
        self.state, self._generation = state, generation
        _write_count(self.path, generation)


@contextmanager
def new_key_file(path: Path, lock: Seal, state: KeyState, rng: Rng) -> Iterator[KeyFile]:
    """Make a key file where there is none.

    Raises:
        FileTakenError: the name is taken (F-05).
        KeyBusyError: F-06.
        StorageError: F-10.
    """
    with _locked(path):
        if path.is_symlink() or path.exists():
            raise FileTakenError(f"{path.name} is there already; nothing was overwritten")
        _write_count(path, 1)
        made = KeyFile(path, state, lock, rng)
        made.save(state)
        yield made


@contextmanager
def open_key_file(
    path: Path, role: Role, passphrase: Callable[[], str], rng: Rng, *, restored: bool = False
) -> Iterator[KeyFile]:
    """Open a key file for the time of a command.

    Args:
        path: of the file.
        role: whose it must be.
        passphrase: asked only after the file was found to be private and free.
        rng: secure source of random bytes.
        restored: the owner says that this is the newest copy, put back where no counter stands.

    Raises:
        ExposedFileError: F-03.
        KeyBusyError: F-06.
        KeyFileFormError, PassphraseError: F-01, F-02.
        OldCopyError: the file was written more often than this copy, or nobody knows (F-04).
    """
    with _reported(path):
        path.lstat()
    with _locked(path):
        check_private(path)
        data = read_file(path, MAX_KEY_FILE_BYTES)
        found, generation, body = unseal(data, passphrase())
        state = KeyState.parse(body)
        if state.role is not role:
            raise KeyFileFormError(f"this is the key file of a {state.role}")
        _check_count(path, generation, restored=restored)
        yield KeyFile(path, state, found, rng, generation)


def _check_count(path: Path, generation: int, *, restored: bool) -> None:
    place = _count_path(path)
    if not place.exists():
        if not restored:
            raise OldCopyError(f"{place.name} is missing: is this the newest copy? (--restored)")
        _write_count(path, generation)
        return
    text = read_file(place, _COUNT_BYTES)
    count = int(text) if text.isdigit() else generation + 1
    if count > generation:
        raise OldCopyError(f"this copy is older: writing {generation} of {count}")
    if count < generation:  # stopped between the two files
        _write_count(path, generation)


def _count_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.count")


def _write_count(path: Path, generation: int) -> None:
    replace_file(_count_path(path), str(generation).encode("ascii"), PRIVATE)


def message_name(kind: Round, party: int) -> str:
    """The name of a message's file, as in ``2-open-01.msg``."""
    return f"{kind.value}-{kind.name.lower()}-{party:02d}.msg"


SETTING_NAME: Final = "ceremony.json"


def read_posted(folder: Path) -> dict[tuple[Round, int], bytes]:
    """All messages in a folder of exchange; other files are left alone.

    Raises:
        StorageError: one that is too large or cannot be read (F-10).
    """
    places = [(kind, j) for kind in Round for j in range(1, MAX_PARTIES + 1)]
    paths = {place: folder / message_name(*place) for place in places}
    return {
        place: read_file(path, MAX_MESSAGE_BYTES)
        for place, path in paths.items()
        if path.is_file() and not path.is_symlink()
    }


@dataclass(slots=True)
class FileDecisions:
    """``voting.keeping.deciding.Decisions`` in one small file."""

    path: Path

    def put(self, code: bytes, decision: Decision) -> Decision:
        """See ``Decisions.put``.

        Raises:
            KeyBusyError: F-06.
            StorageError: F-10; nothing was decided.
        """
        with _locked(self.path):
            noted = self._read()
            if code.hex() not in noted:
                noted[code.hex()] = decision
                lines = "".join(f"{key} {value}\n" for key, value in sorted(noted.items()))
                replace_file(self.path, lines.encode("ascii"), PRIVATE)
            return noted[code.hex()]

    def _read(self) -> dict[str, Decision]:
        if not self.path.exists():
            return {}
        check_private(self.path)
        try:
            lines = read_file(self.path, MAX_KEY_FILE_BYTES).decode("ascii").splitlines()
            pairs = [line.split(" ") for line in lines]
            return {code: Decision(decision) for code, decision in pairs}
        except ValueError as error:
            raise StorageError(f"{self.path.name} holds something else than decisions") from error
