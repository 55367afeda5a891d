"""Calendar arithmetic of Korean law: full years, months, the Korean day of a moment.

Sources: full years (만 나이) by 행정기본법 제7조의2 and 민법 제158조, the day of birth counted;
periods in months and years by the calendar, 민법 제160조.
"""

import calendar
from datetime import MAXYEAR, date, datetime, timedelta, timezone
from typing import Final

from verifier.eligibility.errors import AttestationError

KOREA: Final = timezone(timedelta(hours=9), "KST")
"""Korean Standard Time; Korea has kept it without summer time since 1989."""

_MONTHS_A_YEAR: Final = 12


def full_years(birth_date: date, on: date) -> int:
    """Age in full years on a day; a year is completed on the birthday itself.

    Somebody born on 29 February completes a year on 1 March of a common year: the period ends
    with the last day of February (민법 제160조 제3항), so the next day is the first at the new age.

    Raises:
        AttestationError: the day lies before the birth.
    """
    if on < birth_date:
        raise AttestationError("nobody has an age before being born")
    before_birthday = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - before_birthday


def months_later(day: date, months: int) -> date:
    """The day with the same number ``months`` later, or that month's last day without one.

    Args:
        day: where to count from.
        months: how many, 0 or more.

    Raises:
        AttestationError: the calendar has no such day, after the year 9999.
    """
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    if year > MAXYEAR:
        raise AttestationError("the calendar ends with the year 9999")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def last_day_of_months(first_day: date, months: int) -> date:
    """The last day of a period of months that begins at the start of ``first_day``.

    It is the day before the corresponding day, or the last day of a month that has no
    corresponding day (민법 제160조 제2항, 제3항): 1 January to 31 March are three months.

    Raises:
        AttestationError: as for ``months_later``.
    """
    corresponding = months_later(first_day, months)
    if corresponding.day != first_day.day:
        return corresponding
    return corresponding - timedelta(days=1)


def korean_day(moment: datetime) -> date:
    """The calendar day in Korea at a moment that carries a zone."""
    return moment.astimezone(KOREA).date()
