"""A clock that is set by hand, so that a demonstration can tell of years in seconds."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(slots=True)
class SetClock:
    """Simulated time; it never runs backwards."""

    _now: int = 0

    def set(self, moment: datetime) -> None:
        """Move on to a moment; one that has passed already changes nothing."""
        self._now = max(self._now, int(moment.timestamp()))

    def now(self) -> datetime:
        """The simulated time."""
        return datetime.fromtimestamp(self._now, UTC)

    def __call__(self) -> int:
        """Seconds since 1970, as the chain wants them."""
        return self._now
