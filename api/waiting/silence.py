"""A neighbour that does not answer is left alone for a while, and then tried by one at a time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

REST_SECONDS: Final = 5.0


@dataclass(slots=True)
class Silence:
    """Whether a neighbour is silent, as far as this process knows. Shared by all threads.

    Args:
        rest: seconds for which one that did not answer is left alone.
        ticks: seconds on a clock that only goes forward.
    """

    rest: float = REST_SECONDS
    ticks: Callable[[], float] = lambda: time.monotonic()  # noqa: PLW0108 - looked up when it is asked
    _until: float | None = None
    _tried: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def may_ask(self) -> bool:
        """Whether to ask now. Whoever may says afterwards whether there was an answer."""
        with self._lock:
            if self._until is None:
                return True
            if self._tried or self.ticks() < self._until:
                return False
            self._tried = True
            return True

    def heard(self) -> None:
        """There was an answer."""
        with self._lock:
            self._until, self._tried = None, False

    def unheard(self) -> None:
        """There was none in time."""
        with self._lock:
            self._until, self._tried = self.ticks() + self.rest, False

    @property
    def is_known(self) -> bool:
        """Whether the last that was asked had no answer."""
        return self._until is not None
