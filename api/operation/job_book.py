"""What became of the worker's jobs: when each was last done, and how often it failed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from api.operation.clock_watch import steady_seconds


@dataclass(frozen=True, slots=True)
class JobState:
    """One job.

    Args:
        done: when it was last done to its end, in steady seconds; None if never in this process.
        failures: how often it failed in this process.
        is_failing: whether the last time was a failure.
    """

    done: float | None = None
    failures: int = 0
    is_failing: bool = False


@dataclass(slots=True)
class JobBook:
    """The state of each job by name. Shared by all threads."""

    ticks: Callable[[], float] = steady_seconds
    _states: dict[str, JobState] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def done(self, name: str) -> None:
        """It was done to its end."""
        with self._lock:
            before = self._states.get(name, JobState())
            self._states[name] = replace(before, done=self.ticks(), is_failing=False)

    def failed(self, name: str) -> None:
        """It failed."""
        with self._lock:
            before = self._states.get(name, JobState())
            self._states[name] = replace(before, failures=before.failures + 1, is_failing=True)

    def states(self) -> Mapping[str, JobState]:
        """All of them, as they stand."""
        with self._lock:
            return dict(self._states)
