from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier.eligibility.dates import (
    full_years,
    korean_day,
    last_day_of_months,
    months_later,
)
from verifier.eligibility.errors import AttestationError

AGES = {
    "on the day of birth": ("2000-05-05", "2000-05-05", 0),
    "the day before the 19th birthday": ("2001-03-31", "2020-03-30", 18),
    "on the 19th birthday": ("2001-03-30", "2020-03-30", 19),
    "the day after the 19th birthday": ("2001-03-29", "2020-03-30", 19),
    "the day before the 35th birthday": ("1985-03-31", "2020-03-30", 34),
    "on the 35th birthday": ("1985-03-30", "2020-03-30", 35),
    "born on 29 February, on 28 February of a common year": ("2004-02-29", "2023-02-28", 18),
    "born on 29 February, on 1 March of a common year": ("2004-02-29", "2023-03-01", 19),
    "born on 29 February, on 28 February of a leap year": ("2004-02-29", "2024-02-28", 19),
    "born on 29 February, on 29 February of a leap year": ("2004-02-29", "2024-02-29", 20),
    "born on 28 February, on 28 February": ("2004-02-28", "2023-02-28", 19),
    "born on 1 March, on 29 February": ("2004-03-01", "2024-02-29", 19),
    "born on 31 December, on 31 December": ("2000-12-31", "2020-12-31", 20),
    "born on 31 December, on 1 January": ("2000-12-31", "2020-01-01", 19),
}


@pytest.mark.parametrize(("born", "on", "age"), AGES.values(), ids=AGES.keys())
def test_age_in_full_years(born: str, on: str, age: int) -> None:
    assert full_years(date.fromisoformat(born), date.fromisoformat(on)) == age


def test_age_before_birth_is_refused() -> None:
    with pytest.raises(AttestationError):
        full_years(date(2000, 5, 5), date(2000, 5, 4))


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))


@given(days, days)
def test_age_equals_the_number_of_birthdays_lived_through(born: date, on: date) -> None:
    assume(born <= on)
    assert full_years(born, on) == _birthdays_counted_one_by_one(born, on)


def _birthdays_counted_one_by_one(born: date, on: date) -> int:
    years = 0
    while _birthday(born, born.year + years + 1) <= on:
        years += 1
    return years


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


MONTHS = {
    "no month": ("2020-03-30", 0, "2020-03-30"),
    "to the same day": ("2018-03-30", 24, "2020-03-30"),
    "across the end of the year": ("2019-11-15", 3, "2020-02-15"),
    "to December": ("2019-11-15", 1, "2019-12-15"),
    "from the 31st to a month of 30 days": ("2020-03-31", 1, "2020-04-30"),
    "from the 31st to a leap February": ("2020-01-31", 1, "2020-02-29"),
    "from 29 February to a common year": ("2016-02-29", 12, "2017-02-28"),
}


@pytest.mark.parametrize(("start", "months", "end"), MONTHS.values(), ids=MONTHS.keys())
def test_months_later(start: str, months: int, end: str) -> None:
    assert months_later(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_months_beyond_the_calendar_are_refused() -> None:
    assert months_later(date(9999, 11, 30), 1) == date(9999, 12, 30)
    with pytest.raises(AttestationError):
        months_later(date(9999, 12, 30), 1)
    with pytest.raises(AttestationError):
        last_day_of_months(date.max, 3)


PERIODS = {
    "from the first of a month": ("2023-01-01", 3, "2023-03-31"),
    "from the middle of a month": ("2023-01-15", 3, "2023-04-14"),
    "to a month without the day": ("2022-11-30", 3, "2023-02-28"),
    "to a leap February without the day": ("2023-11-30", 3, "2024-02-29"),
    "to a leap February with the day": ("2023-11-29", 3, "2024-02-28"),
}


@pytest.mark.parametrize(("first", "months", "last"), PERIODS.values(), ids=PERIODS.keys())
def test_last_day_of_a_period_of_months(first: str, months: int, last: str) -> None:
    assert last_day_of_months(date.fromisoformat(first), months) == date.fromisoformat(last)


@given(days, st.integers(min_value=0, max_value=240), st.integers(min_value=0, max_value=240))
def test_more_months_never_lead_to_an_earlier_day(start: date, some: int, more: int) -> None:
    assert months_later(start, some) <= months_later(start, some + more)


def test_korean_day_begins_nine_hours_before_utc() -> None:
    midnight_in_seoul = datetime(2020, 3, 29, 15, tzinfo=UTC)
    assert korean_day(midnight_in_seoul) == date(2020, 3, 30)
    assert korean_day(midnight_in_seoul - timedelta(seconds=1)) == date(2020, 3, 29)
