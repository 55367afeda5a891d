"""Expert rounds: who advances, and what happens on the cut-off line."""

from dataclasses import replace

import pytest

from voting.contest.criteria import JudgingRules
from voting.contest.entries import Entry, Round
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Title
from voting.contest.panel import Judge
from voting.contest.rounds import Advancement, advance
from voting.errors import RoundError

RULES = JudgingRules(min_sheets=1)
PANEL = (Judge("judge-1"),)


def run(scores: list[tuple[int, int]], places: int, rules: JudgingRules = RULES) -> Advancement:
    """One judge: (creativity, utility) of each entry, the other two criteria 50."""
    names = [f"case-{number:02}" for number in range(1, len(scores) + 1)]
    entries = [Entry(name, Title(f"[시험] {name}"), None, synthetic=True) for name in names]
    marks = {
        name: {"creativity": first, "effort": 50, "utility": utility, "ripple_effect": 50}
        for name, (first, utility) in zip(names, scores, strict=True)
    }
    return advance(
        rules, Round("paper", "paper", places), entries, PANEL, (ScoreSheet("judge-1", marks),)
    )


def test_seventy_two_entries_become_eighteen_and_then_nine() -> None:
    first = run([(number, 50) for number in range(72)], 18)
    # the highest creativity wins: entries 55 to 72
    assert [entry.id for entry in first.advanced] == [f"case-{n}" for n in range(55, 73)]
    assert first.by_tie == ()
    second = run([(number, 50) for number in range(18)], 9)
    assert len(second.advanced) == 9


def test_tie_at_the_cut_off_is_decided_by_utility() -> None:
    # 1 and 2 have the same mean (60 + 40 and 40 + 60), 2 the higher utility.
    result = run([(60, 40), (40, 60), (90, 90)], 2)
    assert [entry.id for entry in result.advanced] == ["case-02", "case-03"]
    assert result.by_tie == ()
    assert [(place.entry, place.reason) for place in result.places][1] == ("case-02", "utility")


def test_true_tie_at_the_cut_off_advances_everybody_on_the_line() -> None:
    result = run([(90, 90), (50, 50), (50, 50), (50, 50), (10, 10)], 2)
    assert [entry.id for entry in result.advanced] == ["case-01", "case-02", "case-03", "case-04"]
    assert result.by_tie == ("case-02", "case-03", "case-04")


def test_tie_that_fits_the_places_is_no_tie_at_the_cut_off() -> None:
    result = run([(90, 90), (50, 50), (50, 50), (10, 10)], 3)
    assert len(result.advanced) == 3
    assert result.by_tie == ()


def test_all_equal_scores_drop_nobody() -> None:
    result = run([(50, 50)] * 5, 1)
    assert len(result.advanced) == len(result.by_tie) == 5


def test_fewer_entries_than_places_all_advance() -> None:
    assert len(run([(1, 1), (2, 2)], 9).advanced) == 2


def test_round_with_too_few_sheets_is_refused() -> None:
    with pytest.raises(RoundError):
        run([(1, 1)], 1, replace(RULES, min_sheets=2))


def test_advancement_hash_covers_every_figure() -> None:
    same, other = run([(1, 1), (2, 2)], 1), run([(1, 1), (2, 3)], 1)
    assert same.advancement_hash() == run([(1, 1), (2, 2)], 1).advancement_hash()
    assert same.advancement_hash() != other.advancement_hash()
    assert same.to_json()["advanced"] == other.to_json()["advanced"] == ["case-02"]
