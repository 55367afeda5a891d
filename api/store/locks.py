"""Locks that the system frees when their holder dies: one writer of SQLite, one sender of acts."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from api.ports.errors import StorageOccupiedError, StorageUnavailableError

_STEP_SECONDS: Final = 0.0005
_LONGEST_STEP: Final = 0.005


class WriteLock:
    """The one right to write a SQLite file, among the processes of this machine.

    SQLite would have each of them sleep and try again, for longer each time; in line they lose
    less. The file's own lock still protects it from whoever does not stand in line. A process's
    threads stand in line before (``api.store.group_commit``).
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._seconds = seconds
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, and hold it.

        Raises:
            StorageUnavailableError: it was not free in time.
        """
        if not lock_in_time(self._descriptor, self._seconds):
            raise StorageUnavailableError("the database was written by others for too long")
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._descriptor)


@contextmanager
def sole_file(path: Path) -> Iterator[None]:
    """Hold a file's lock, or refuse at once.

    Raises:
        StorageOccupiedError: somebody else holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _try_lock(descriptor):
            raise StorageOccupiedError(f"another process holds {path.name}")
        yield
    finally:
        os.close(descriptor)


def lock_in_time(descriptor: int, seconds: float) -> bool:
    """Wait for a file's lock, so long and no longer; whether it is held now."""
    deadline, step = time.monotonic() + seconds, _STEP_SECONDS
    while not _try_lock(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
        step = min(2 * step, _LONGEST_STEP)
    return True


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
