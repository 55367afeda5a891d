"""What an action works with. It is given everything, so that tests can give something else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from api.ports.storage import Storage
from verifier.eligibility.catalogue import Catalogue

KOREA: Final = timezone(timedelta(hours=9))
"""Korean time has had no summer time since 1988; days of the law are days in Korea."""

Clock = Callable[[], datetime]
Randomness = Callable[[int], bytes]


def korean_day(moment: datetime) -> date:
    """The calendar day in Korea."""
    return moment.astimezone(KOREA).date()


def end_of_korean_day(day: date) -> datetime:
    """The first moment after a day in Korea, in UTC: what is valid until a day ends then.

    Source: a period of days ends with its last day (민법 제159조).
    """
    return datetime.combine(day + timedelta(days=1), time(), KOREA).astimezone(UTC)


def whole_second(moment: datetime) -> datetime:
    """A moment as documents carry it: UTC, no fraction of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Means:
    """Storage, catalogue, clock and randomness.

    Args:
        storage: where everything is kept.
        catalogue: the services.
        clock: aware, any fraction of a second.
        rng: as ``secrets.token_bytes``.
        trial: whether days may be chosen (DOJANG_TRIAL).
    """

    storage: Storage
    catalogue: Catalogue
    clock: Clock
    rng: Randomness = field(repr=False)
    trial: bool = False

    def now(self) -> datetime:
        """The moment, whole seconds, UTC."""
        return whole_second(self.clock())
