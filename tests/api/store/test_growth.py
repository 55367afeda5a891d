"""Whatever can grow is on the page with a bound and a time; what anybody can fill is counted."""

import re

import pytest

from api.ports.unfinished import POOLS, UnfinishedKind
from api.store.destruction import _UNFINISHED
from api.store.unfinished import entries, parts, shares
from api.store.work import SqlWork
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## What grows")[2].partition("\n## ")[0]
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in SECTION.splitlines()
    if line.startswith("| ") and not line.startswith("| kept in")
]
COUNTS = {parts.name, shares.name, entries.name}


def named(line: list[str]) -> list[str]:
    return re.findall(r"`([a-z_]+)`", line[0])


def test_every_table_is_on_the_page_once() -> None:
    assert SqlWork.__dataclass_fields__  # imports every table
    tables = sorted(entries.metadata.tables)
    assert sorted(name for line in LINES for name in named(line)) == tables


@pytest.mark.parametrize("line", LINES, ids=[line[0][:30] for line in LINES])
def test_every_line_says_by_whom_how_far_and_how_long(line: list[str]) -> None:
    assert len(line) == 4
    assert all(line)


def test_what_everybody_makes_grow_is_what_is_counted() -> None:
    """A table that anybody can fill and that no kind of the unfinished removes fails here."""
    everybody = {name for line in LINES if line[1].startswith("everybody") for name in named(line)}
    counted = {column.table.name for columns in _UNFINISHED.values() for column in columns}
    assert everybody == counted
    assert set(_UNFINISHED) == set(UnfinishedKind)


def test_the_pages_bounds_are_those_of_the_source() -> None:
    told = {int(found) * 1_000_000 for found in re.findall(r"(\d+) MB", " ".join(map(str, LINES)))}
    assert told == set(POOLS.values())
