"""Lines on a descriptor that a full disk, or a reader that left, cannot turn into a failure."""

import os
from typing import Final

MOST_PENDING: Final = 1_000_000
"""Bytes that are kept for when there is room again; lines beyond it are lost."""


class Lines:
    """A stream of whole lines: what could not be written when it was due is tried again.

    Only this process's lines are kept: a fork that opens its own never repeats what it inherited.
    Whoever writes holds a lock.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pending = bytearray()
        self.missed = 0

    def write(self, line: str) -> None:
        """Take one line, if there is room to keep it."""
        if len(self._pending) >= MOST_PENDING:
            self.flush()
        if len(self._pending) < MOST_PENDING:
            self._pending += line.encode()

    def flush(self) -> None:
        """Write what is kept, or count a line that is late or lost."""
        try:
            while self._pending:
                del self._pending[: os.write(self._descriptor, self._pending)]
        except OSError:
            self.missed += 1
        else:
            self.missed = 0
