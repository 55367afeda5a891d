"""Small files that must be whole or absent after a crash, and the lock of a folder."""

import fcntl
import os
from pathlib import Path

from contracts.evidence.errors import LedgerUnavailableError


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that after a crash it is there whole, or is what it was before."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class FolderLock:
    """Held by the one process that owns a folder; the system frees it when the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            LedgerUnavailableError: somebody else holds it.
        """
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise LedgerUnavailableError(
                f"the chain in {folder} is in use: only one process at a time may open it"
            ) from error

    def release(self) -> None:
        """Let others open the folder."""
        os.close(self._descriptor)
