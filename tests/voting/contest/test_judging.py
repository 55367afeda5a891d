"""Score sheets: which are admitted, and what they come to."""

from dataclasses import replace
from fractions import Fraction

import pytest

from contracts.evidence.encoding import Json, canonical, parse_json
from contracts.evidence.errors import EncodingError
from voting.contest.criteria import CITY_CRITERIA, Criterion, JudgingRules
from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet, admit, admit_sheets
from voting.contest.naming import Title
from voting.contest.panel import Judge, check_panel, panel_from_json, panel_to_json
from voting.contest.scoring import score_entries, trimmed_mean
from voting.errors import (
    ConflictOfInterestError,
    PanelError,
    RulesError,
    SheetCoverageError,
    SheetScoreError,
)

RULES = JudgingRules()
MARKS = {"creativity": 80, "effort": 70, "utility": 90, "ripple_effect": 60}


def sheet_for(
    entries: tuple[Entry, ...], abstained: frozenset[str] = frozenset(), **change: int
) -> ScoreSheet:
    scored = [entry.id for entry in entries if entry.id not in abstained]
    return ScoreSheet("judge-1", dict.fromkeys(scored, MARKS | change), abstained)


def test_sheet_that_scores_every_entry_is_admitted(entries: tuple[Entry, ...]) -> None:
    sheet = sheet_for(entries)
    assert admit(RULES, entries, Judge("judge-1"), sheet).sheet == sheet


@pytest.mark.parametrize(
    "change", [{"utility": 101}, {"utility": -1}, {"utility": True}, {"luck": 5}]
)
def test_sheet_with_a_score_out_of_range_is_refused(
    entries: tuple[Entry, ...], change: dict[str, int]
) -> None:
    with pytest.raises(SheetScoreError):
        admit(RULES, entries, Judge("judge-1"), sheet_for(entries, **change))


@pytest.mark.parametrize("score", [0, 100])
def test_scores_at_both_ends_are_admitted(entries: tuple[Entry, ...], score: int) -> None:
    admit(RULES, entries, Judge("judge-1"), sheet_for(entries, utility=score))


def test_sheet_without_one_criterion_is_refused(entries: tuple[Entry, ...]) -> None:
    short = {name: score for name, score in MARKS.items() if name != "effort"}
    sheet = ScoreSheet("judge-1", {entry.id: short for entry in entries})
    with pytest.raises(SheetScoreError):
        admit(RULES, entries, Judge("judge-1"), sheet)


def test_sheet_that_misses_or_doubles_an_entry_is_refused(entries: tuple[Entry, ...]) -> None:
    judge, whole = Judge("judge-1"), sheet_for(entries)
    both = replace(whole, abstained=frozenset({"a"}))
    foreign = replace(whole, abstained=frozenset({"z"}))
    for bad in (sheet_for(entries[1:]), both, foreign):
        with pytest.raises(SheetCoverageError):
            admit(RULES, entries, judge, bad)


def test_sheet_under_another_judges_id_is_refused(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(PanelError):
        admit(RULES, entries, Judge("judge-2"), sheet_for(entries))


def test_judge_must_abstain_on_the_own_agency(entries: tuple[Entry, ...]) -> None:
    judge = Judge("judge-1", "[시험] 가구")
    with pytest.raises(ConflictOfInterestError):
        admit(RULES, entries, judge, sheet_for(entries))
    admit(RULES, entries, judge, sheet_for(entries, frozenset({"a"})))


def test_judge_may_abstain_on_any_case_but_unnamed_agencies_are_no_conflict(
    entries: tuple[Entry, ...],
) -> None:
    admit(RULES, entries, Judge("judge-1"), sheet_for(entries, frozenset({"c"})))
    admit(RULES, entries, Judge("judge-1"), sheet_for(entries))  # case c and the judge: None each


def test_bad_and_missing_sheets_are_left_out_with_the_reason(
    entries: tuple[Entry, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    panel = (Judge("judge-1", "[시험] 나구"), Judge("judge-2"), Judge("judge-3"))
    admitted, left_out = admit_sheets(RULES, entries, panel, sheets[:2])
    assert [one.judge.id for one in admitted] == ["judge-2"]
    assert [(one.judge, one.reason) for one in left_out] == [
        ("judge-1", "sheet.conflict_of_interest"),
        ("judge-3", "sheet.not_opened"),
    ]


def test_two_sheets_of_one_judge_and_sheets_of_strangers_are_refused(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    with pytest.raises(PanelError):
        admit_sheets(RULES, entries, panel, (*sheets, sheets[0]))
    with pytest.raises(PanelError):
        admit_sheets(RULES, entries, panel[1:], sheets)


def test_weights_of_criteria_move_the_expert_score(entries: tuple[Entry, ...]) -> None:
    weights = {"creativity": 1, "effort": 2, "utility": 4, "ripple_effect": 3}
    criteria = tuple(replace(one, weight=weights[one.id]) for one in CITY_CRITERIA)
    rules = JudgingRules(criteria=criteria, min_sheets=1)
    part = score_entries(rules, entries, (Judge("judge-1"),), (sheet_for(entries),))
    # (80 + 2 x 70 + 4 x 90 + 3 x 60) / 10 = 760/10
    assert part.scores[0].mean == 76
    # equal weights: (80 + 70 + 90 + 60) / 4 = 75
    equal = JudgingRules(min_sheets=1)
    part = score_entries(equal, entries, (Judge("judge-1"),), (sheet_for(entries),))
    assert (part.scores[0].mean, part.scores[0].utility) == (75, 90)


def test_expert_scores_of_five_judges_without_and_with_trimming(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    plain = score_entries(RULES, entries, panel, sheets)
    assert [score.mean for score in plain.scores] == [80, 59, 70]
    assert not any(score.trimmed for score in plain.scores)
    trimmed = score_entries(replace(RULES, trimming=True), entries, panel, sheets)
    assert [score.mean for score in trimmed.scores] == [80, 50, 70]
    assert all(score.trimmed for score in trimmed.scores)


def test_four_judges_are_never_trimmed(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    part = score_entries(replace(RULES, trimming=True), entries, panel, sheets[1:])
    # a: 80 100 70 60 -> 310/4; b: 50 50 50 95 -> 245/4
    assert [score.mean for score in part.scores] == [Fraction(155, 2), Fraction(245, 4), 70]
    assert not any(score.trimmed for score in part.scores)


def test_trimming_counts_the_judges_of_the_case_and_not_of_the_panel(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    last = sheets[4]
    kept = {entry: marks for entry, marks in last.marks.items() if entry != "b"}
    away = ScoreSheet(last.judge, kept, frozenset({"b"}))
    rules = replace(RULES, trimming=True)
    part = score_entries(rules, entries, panel, (*sheets[:4], away))
    # judge 5 abstains on b: four marks of 50 are left, so only a and c are trimmed
    assert [(score.trimmed, score.mean) for score in part.scores] == [
        (True, 80),
        (False, 50),
        (True, 70),
    ]


def test_trimmed_mean_drops_one_of_several_equal_extremes() -> None:
    values = [Fraction(value) for value in (10, 10, 40, 70, 70)]
    assert trimmed_mean(values, trimming=True) == 40  # (10 + 40 + 70) / 3
    assert trimmed_mean([Fraction(0), Fraction(8)], trimming=True) == 4


def test_fewer_sheets_than_the_minimum_void_the_part(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> None:
    assert score_entries(RULES, entries, panel, sheets[:3]).void is None
    part = score_entries(RULES, entries, panel, sheets[:2])
    assert (part.void, part.scores) == ("expert.too_few_sheets", ())


def test_case_with_too_few_judges_voids_the_part(entries: tuple[Entry, ...]) -> None:
    panel = (Judge("judge-1", "[시험] 가구"),)
    sheet = sheet_for(entries, frozenset({"a"}))
    part = score_entries(replace(RULES, min_sheets=1), entries, panel, (sheet,))
    assert (part.void, part.scores) == ("expert.too_few_scores", ())


def test_sheet_is_read_back_from_its_document(entries: tuple[Entry, ...]) -> None:
    sheet = sheet_for(entries, frozenset({"b", "c"}))
    assert ScoreSheet.from_json(parse_json(canonical(sheet.to_json()))) == sheet


@pytest.mark.parametrize(
    "change",
    [
        {"version": "dojang-contest-v1/panel"},
        {"note": "x"},
        {"marks": []},
        {"marks": {"a": {"utility": "80"}}},
        {"marks": {"a": {"utility": 80.0}}},
        {"marks": {"a\u0301": {"utility": 80}}},
    ],
)
def test_sheet_document_of_another_form_is_refused(
    entries: tuple[Entry, ...], change: dict[str, Json]
) -> None:
    with pytest.raises(EncodingError):
        ScoreSheet.from_json(sheet_for(entries).to_json() | change)


@pytest.mark.parametrize("abstained", [["c", "b"], ["b", "b"], [1]])
def test_sheet_with_abstentions_out_of_order_is_refused(
    entries: tuple[Entry, ...], abstained: list[Json]
) -> None:
    with pytest.raises(SheetCoverageError):
        ScoreSheet.from_json(sheet_for(entries).to_json() | {"abstained": abstained})


def test_sheet_cannot_be_changed_after_it_was_made(entries: tuple[Entry, ...]) -> None:
    source = {entry.id: dict(MARKS) for entry in entries}
    sheet = ScoreSheet("judge-1", source)
    source["a"]["utility"] = 0
    assert sheet.marks["a"]["utility"] == 90
    with pytest.raises(TypeError):
        sheet.marks["a"]["utility"] = 0  # type: ignore[index] # that it is refused is the point


def test_sheet_narrowed_to_finalists_keeps_only_them(entries: tuple[Entry, ...]) -> None:
    sheet = sheet_for(entries, frozenset({"b", "c"})).narrowed(entries[:2])
    assert (set(sheet.marks), sheet.abstained) == ({"a"}, {"b"})


def test_panel_is_read_back_and_refuses_repetition() -> None:
    panel = (Judge("x", "[시험] 가구"), Judge("y"))
    assert panel_from_json(panel_to_json(panel)) == panel
    with pytest.raises(PanelError):
        check_panel((*panel, Judge("x")))
    with pytest.raises(PanelError):
        check_panel(())


@pytest.mark.parametrize(
    "change",
    [
        {"criteria": ()},
        {"criteria": CITY_CRITERIA * 2},
        {"tie_criterion": "luck"},
        {"max_score": 0},
        {"min_sheets": 0},
        {"min_scores": 4},
    ],
)
def test_judging_rules_out_of_range_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(RulesError):
        replace(RULES, **change)


@pytest.mark.parametrize("weight", [0, 1001, True])
def test_criterion_weight_out_of_range_is_refused(weight: int) -> None:
    with pytest.raises(RulesError):
        Criterion("utility", Title("효용성"), weight)
