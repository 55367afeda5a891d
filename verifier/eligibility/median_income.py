"""The standard median income by year and size of household: what issuers attest income from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from verifier.eligibility.errors import AttestationError, RuleDatesError
from verifier.eligibility.schema import MEDIAN_INCOME, ServiceSchema
from verifier.eligibility.sourcing import Sourcing, parse_day, parse_sourcing


@dataclass(frozen=True, slots=True)
class MedianTable:
    """Won a month for households of 1, 2, 3 ... persons, from one day to another, inclusive."""

    applies_from: date
    until: date
    won: tuple[int, ...]
    sourcing: Sourcing

    def of_household(self, size: int) -> int:
        """The median income of a household, in won a month.

        Raises:
            AttestationError: the table has no household of that size.
        """
        if not 1 <= size <= len(self.won):
            raise AttestationError(f"no median income for a household of {size}")
        return self.won[size - 1]


@dataclass(frozen=True, slots=True)
class MedianIncome:
    """All tables, in the order of time and without overlap."""

    tables: tuple[MedianTable, ...]

    def on(self, day: date) -> MedianTable:
        """The table of a day.

        Raises:
            AttestationError: no table covers it.
        """
        for table in self.tables:
            if table.applies_from <= day <= table.until:
                return table
        raise AttestationError(f"no median income table covers {day}")


def parse_median_income(data: bytes, schema: ServiceSchema) -> MedianIncome:
    """Read ``median-income.yaml``.

    Raises:
        ServiceFileError: the file is malformed, or its tables overlap or end before they begin.
    """
    document = schema.read(data, MEDIAN_INCOME)
    tables = tuple(
        MedianTable(
            parse_day(entry["from"]),
            parse_day(entry["until"]),
            tuple(entry["households"]["value"]),
            parse_sourcing(entry["households"], document["sources"]),
        )
        for entry in document["tables"]
    )
    _require_succession(tables)
    return MedianIncome(tables)


def _require_succession(tables: Sequence[MedianTable]) -> None:
    if any(table.until < table.applies_from for table in tables):
        raise RuleDatesError("a median income table ends before it begins")
    if any(later.applies_from <= earlier.until for earlier, later in pairwise(tables)):
        raise RuleDatesError("median income tables overlap or are out of order")
