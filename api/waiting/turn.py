"""Something slow that one thread at a time does for all, while few wait and for a short while."""

import threading
from dataclasses import dataclass, field
from typing import Final

WAIT_SECONDS: Final = 2.0
WAITERS: Final = 16


@dataclass(slots=True)
class Turn:
    """Whose turn it is. Shared by all threads.

    Args:
        seconds: how long somebody waits for the turn.
        waiters: how many may wait at once; others are turned away.
    """

    seconds: float = WAIT_SECONDS
    waiters: int = WAITERS
    _taken: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _places: threading.BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._places = threading.BoundedSemaphore(self.waiters)

    def begin(self, *, wait: bool) -> bool:
        """Take the turn; False where it cannot be had now. Whoever took it ends it."""
        if self._taken.acquire(blocking=False):
            return True
        if not wait or not self._places.acquire(blocking=False):
            return False
        try:
            return self._taken.acquire(timeout=self.seconds)
        finally:
            self._places.release()

    def end(self) -> None:
        """Let the next one."""
        self._taken.release()
