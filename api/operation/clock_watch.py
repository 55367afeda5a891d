"""The machine's clock, compared with one that nobody can set.

Periods are measured by a clock that only goes forward. The time of day is needed all the same: it
is written into everything, and decides what has been kept long enough. When it jumps, jobs go on
and an alarm tells; but nothing is destroyed by a clock that jumped ahead, because that could not be
undone.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from api.observation.journal import warn
from api.ports.means import Clock

TOLERANCE: Final = 30.0
"""Seconds; time services set a clock by less all the time."""
SETTLED: Final = 86_400.0
"""Seconds after which a clock that jumped, and stayed, is the time of day."""
LONGEST_ABSENCE: Final = 86_400.0
"""Seconds between the last state on chain and a start, above which the clock may be wrong."""


def steady_seconds() -> float:
    """Seconds on a clock that nobody sets; where it can, it goes on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(slots=True)
class ClockWatch:
    """How far the time of day has jumped since it was last trusted. Shared by all threads.

    Args:
        clock: the time of day.
        ticks: seconds on a clock that only goes forward.
    """

    clock: Clock
    ticks: Callable[[], float] = steady_seconds
    _shift: float = 0.0
    _jumped: float = 0.0
    _seen: tuple[datetime, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, known: datetime | None) -> None:
        """Compare with the newest moment that is known from before this process, if any."""
        with self._lock:
            now = self.clock()
            self._seen = now, self.ticks()
            if known is None:
                return
            ahead = (now - known).total_seconds()
            if ahead < -TOLERANCE or ahead > LONGEST_ABSENCE:
                self._jump(ahead)

    def look(self) -> float:
        """Seconds by which the clock jumped, ahead or back (negative); 0 while it is trusted."""
        with self._lock:
            now, tick = self.clock(), self.ticks()
            if self._seen is not None:
                passed = (now - self._seen[0]).total_seconds()
                step = passed - (tick - self._seen[1])
                if abs(step) > TOLERANCE:
                    self._jump(step)
            self._seen = now, tick
            if self._shift and tick - self._jumped >= SETTLED:
                self._shift = 0.0
            return self._shift

    @property
    def is_ahead(self) -> bool:
        """Whether the clock may be later than the time of day is."""
        return self.look() > TOLERANCE

    def _jump(self, step: float) -> None:
        shift = self._shift + step
        # Set back to where it was, it is right again.
        self._shift = shift if abs(shift) > TOLERANCE else 0.0
        self._jumped = self.ticks()
        warn("clock.jumped", seconds=round(step))
