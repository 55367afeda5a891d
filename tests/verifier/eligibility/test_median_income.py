from datetime import date

import pytest

from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.errors import (
    AttestationError,
    RuleDatesError,
    ServiceFileError,
    ServiceSchemaError,
    SourceError,
)
from verifier.eligibility.median_income import parse_median_income
from verifier.eligibility.sourcing import Mark
from verifier.services import read_service_file

MEDIANS_2026 = [2564238, 4199292, 5359036, 6494738, 7556719, 8555952]


def test_median_of_2026_is_the_published_table(catalogue: Catalogue) -> None:
    table = catalogue.median_income.on(date(2026, 6, 1))
    assert [table.of_household(size) for size in range(1, 7)] == MEDIANS_2026
    assert table.sourcing.mark is Mark.FOUND


def test_median_of_earlier_years_is_marked_as_a_sample(catalogue: Catalogue) -> None:
    table = catalogue.median_income.on(date(2025, 12, 31))
    assert table.sourcing.mark is Mark.ASSUMPTION
    assert "표본" in table.sourcing.text.ko


@pytest.mark.parametrize("size", [0, -1, 7])
def test_household_beyond_the_table_is_refused(size: int, catalogue: Catalogue) -> None:
    with pytest.raises(AttestationError, match="household"):
        catalogue.median_income.on(date(2026, 6, 1)).of_household(size)


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2027, 1, 1)])
def test_day_beyond_the_tables_is_refused(day: date, catalogue: Catalogue) -> None:
    with pytest.raises(AttestationError, match="covers"):
        catalogue.median_income.on(day)


@pytest.mark.parametrize("day", [date(2019, 1, 1), date(2026, 12, 31)])
def test_first_and_last_day_are_covered(day: date, catalogue: Catalogue) -> None:
    table = catalogue.median_income.on(day)
    assert table.applies_from <= day <= table.until


DEFECTS: dict[str, tuple[str, str, type[ServiceFileError]]] = {
    "tables that overlap": ("until: 2025-12-31", "until: 2026-01-01", RuleDatesError),
    "a table that ends before it begins": (
        "until: 2026-12-31",
        "until: 2025-12-31",
        RuleDatesError,
    ),
    "a source that is not listed": ("source: median-2026", "source: hearsay", SourceError),
    "no source": ("      source: median-2026\n", "", ServiceSchemaError),
    "a negative amount": ("[2564238,", "[-1,", ServiceSchemaError),
}


@pytest.mark.parametrize(("old", "new", "error"), DEFECTS.values(), ids=DEFECTS.keys())
def test_tables_are_refused_with(
    old: str, new: str, error: type[ServiceFileError], catalogue: Catalogue
) -> None:
    text = read_service_file("median-income.yaml").decode()
    assert old in text
    with pytest.raises(error):
        parse_median_income(text.replace(old, new, 1).encode(), catalogue.schema)
