"""A small contest that several tests decide: five judges, three cases, two of them of an agency."""

import pytest

from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Title
from voting.contest.panel import Judge


def _entry(name: str, agency: str | None) -> Entry:
    return Entry(name, Title(f"[시험] 사례 {name}", f"[test] case {name}"), agency, synthetic=True)


@pytest.fixture
def entries() -> tuple[Entry, ...]:
    return (_entry("a", "[시험] 가구"), _entry("b", "[시험] 나구"), _entry("c", None))


@pytest.fixture
def panel() -> tuple[Judge, ...]:
    return tuple(Judge(f"judge-{number}") for number in range(1, 6))


@pytest.fixture
def sheets() -> tuple[ScoreSheet, ...]:
    """Means by hand (all four criteria of a judge are equal, so the weighted figure is the mark).

    a: 90 80 100 70 60 -> 400/5 = 80, trimmed (90 + 80 + 70)/3 = 80
    b: 50 50  50 50 95 -> 295/5 = 59, trimmed 150/3 = 50
    c: 70 70  70 70 70 -> 70
    """
    rows = {"a": (90, 80, 100, 70, 60), "b": (50, 50, 50, 50, 95), "c": (70,) * 5}
    names = ("creativity", "effort", "utility", "ripple_effect")
    return tuple(
        ScoreSheet(
            f"judge-{number + 1}",
            {entry: dict.fromkeys(names, row[number]) for entry, row in rows.items()},
        )
        for number in range(5)
    )
