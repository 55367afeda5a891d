"""What each side really decides is computed, told, and warned of where it is not as stated."""

import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import parse_json
from voting.__main__ import main
from voting.contest.blend import TOLERANCE, BlendRules, Weights, blend
from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Edition, Title
from voting.contest.notices import INFLUENCE_DIFFERS, NO_INFLUENCE, RAW_SHARE_WARNING, TEXTS
from voting.contest.outcome import Outcome
from voting.contest.panel import Judge
from voting.contest.poll_counts import PollCounts
from voting.contest.presentation import METHOD_NAMES, influence, result_lines
from voting.contest.result import Result, decide
from voting.contest.rules import ContestRules
from voting.contest.scaling import METHODS, Z_SCORE

OLD = Path(__file__).parents[2] / "vectors" / "contest" / "first-edition"
PANEL = [Judge(f"judge-{number}") for number in range(3)]
HALF = Fraction(1, 2)


def decided(marks: list[int], votes: list[int] | None, rules: ContestRules | None = None) -> Result:
    """A contest whose every judge gives the same marks."""
    rules = rules or ContestRules()
    names = [f"case-{number:02d}" for number in range(len(marks))]
    entries = [Entry(name, Title(name), None, synthetic=True) for name in names]
    criteria = [one.id for one in rules.judging.criteria]
    given = {name: dict.fromkeys(criteria, mark) for name, mark in zip(names, marks, strict=True)}
    sheets = [ScoreSheet(judge.id, given) for judge in PANEL]
    counts = None
    if votes is not None:
        counts = PollCounts(max(1, *votes), dict(zip(names, votes, strict=True)))
    return decide(rules, entries, PANEL, sheets, counts)


def by_method(result: Result) -> dict[str, Outcome]:
    return {one.blend.method: one for one in result.outcomes}


def told(outcome: Outcome) -> set[str]:
    return {notice.code for notice in outcome.notices}


MARKS = [94, 92, 90, 89, 86, 85, 84, 83, 82]
VOTES = [2508, 1790, 1846, 1893, 1478, 1423, 1326, 1230, 1134]


def test_new_contests_are_blended_by_standard_scores() -> None:
    rules = ContestRules()
    assert (rules.blend.method, rules.edition) == (Z_SCORE, Edition.SECOND)
    assert rules.to_json()["version"] == "dojang-contest-v2/rules"
    assert ContestRules.from_json(rules.to_json()) == rules


def test_fifty_fifty_of_the_citys_figures_is_fifty_fifty_by_standard_scores_alone() -> None:
    outcomes = by_method(decided(MARKS, VOTES))
    relative = outcomes["max_relative"].blend.effective.votes
    assert relative is not None
    assert relative > Fraction(3, 4)
    for outcome in outcomes.values():
        share = outcome.blend.effective.votes
        assert share is not None
        assert (INFLUENCE_DIFFERS in told(outcome)) == (abs(share - HALF) > TOLERANCE)
    z = outcomes[Z_SCORE]
    assert abs((z.blend.effective.votes or 0) - HALF) < Fraction(1, 10**30)
    assert INFLUENCE_DIFFERS not in told(z)


SIDES = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 5000)), min_size=1, max_size=9)
WEIGHTS = st.sampled_from([Weights(), *(Weights(w, 1 - w) for w in map(Fraction, (0, 1)))])


@given(SIDES, st.integers(0, 20), st.sampled_from(METHODS))
def test_a_notice_stands_exactly_where_influence_is_not_as_stated(
    sides: list[tuple[int, int]], twentieths: int, method: str
) -> None:
    weights = Weights(Fraction(twentieths, 20), 1 - Fraction(twentieths, 20))
    rules = ContestRules(blend=BlendRules(method, weights))
    result = decided([mark for mark, _ in sides], [vote for _, vote in sides], rules)
    for outcome in result.outcomes:
        effective = outcome.blend.effective
        if effective.expert is None or effective.votes is None:
            assert len(set(outcome.blend.scores)) == 1
            assert NO_INFLUENCE in told(outcome)
            assert INFLUENCE_DIFFERS not in told(outcome)
            continue
        assert effective.expert + effective.votes == 1
        differs = abs(effective.expert - weights.expert) > Fraction(1, 20)
        assert (INFLUENCE_DIFFERS in told(outcome)) == differs
        assert NO_INFLUENCE not in told(outcome)
        assert RAW_SHARE_WARNING not in told(outcome)


@given(SIDES)
def test_standard_scores_are_half_and_half_or_warn(sides: list[tuple[int, int]]) -> None:
    result = decided([mark for mark, _ in sides], [vote for _, vote in sides])
    assert result.chosen is not None
    expert = result.chosen.blend.effective.expert
    near = expert is not None and abs(expert - HALF) <= Fraction(1, 20)
    assert near or told(result.chosen) & {INFLUENCE_DIFFERS, NO_INFLUENCE}


@pytest.mark.parametrize(
    ("marks", "votes", "expert", "code"),
    [
        ([80, 80, 80], [5, 3, 1], 0, INFLUENCE_DIFFERS),
        ([90, 80, 70], [3, 3, 3], 1, INFLUENCE_DIFFERS),
        ([90, 80, 70], [0, 0, 0], 1, INFLUENCE_DIFFERS),
        ([80, 80], [4, 4], None, NO_INFLUENCE),
        ([80], [4], None, NO_INFLUENCE),
        ([90, 80], [1, 9], None, NO_INFLUENCE),
        ([90, 80], [9, 1], HALF, None),
    ],
    ids=[
        "experts level",
        "votes level",
        "no votes",
        "all level",
        "one finalist",
        "two finalists opposed",
        "two finalists agreed",
    ],
)
def test_edges_of_standard_scores(
    marks: list[int], votes: list[int], expert: Fraction | int | None, code: str | None
) -> None:
    chosen = decided(marks, votes).chosen
    assert chosen is not None
    assert chosen.blend.effective.expert == expert
    assert told(chosen) & {INFLUENCE_DIFFERS, NO_INFLUENCE} == ({code} if code else set())


def test_a_side_that_does_not_count_has_no_stated_weight_to_miss() -> None:
    chosen = decided([90, 80, 70], None).chosen
    assert chosen is not None
    assert chosen.blend.weights == Weights(Fraction(1), Fraction(0))
    assert INFLUENCE_DIFFERS not in told(chosen)


def test_five_points_are_no_difference_and_more_are() -> None:
    rules = BlendRules("rank_points", Weights())
    figures = blend(rules, [Fraction(1), Fraction(2)], [1, 2], 10).effective
    assert figures.expert == HALF
    for stated, differs in ((Fraction(9, 20), False), (Fraction(11, 20), False)):
        assert figures.differ_from(Weights(stated, 1 - stated)) is differs
    more = Fraction(11, 20) + Fraction(1, 10**20)
    assert figures.differ_from(Weights(more, 1 - more))


def files_of(folder: Path) -> list[str]:
    names = ("rules", "entries", "panel", "sheets", "counts", "result")
    return [word for name in names for word in (f"--{name}", str(folder / f"{name}.json"))]


def test_contest_of_the_first_edition_verifies_as_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = parse_json((OLD / "result.json").read_bytes())
    assert isinstance(document, dict)
    assert document["version"] == "dojang-contest-v1/result"
    assert main(["contest", *files_of(OLD), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("The published result is the same.\n")
    assert "Actual influence" in out


def test_rules_of_one_edition_give_no_result_of_the_other(tmp_path: Path) -> None:
    """Nobody gets rid of a notice by publishing the older form."""
    for name in ("rules", "entries", "panel", "sheets", "counts", "result"):
        data = (OLD / f"{name}.json").read_bytes()
        if name == "rules":
            data = data.replace(b"dojang-contest-v1/rules", b"dojang-contest-v2/rules")
        (tmp_path / f"{name}.json").write_bytes(data)
    assert main(["contest", *files_of(tmp_path)]) == 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_people_are_told_of_every_method(language: str) -> None:
    result = decided(MARKS, VOTES, ContestRules(blend=BlendRules("max_relative")))
    lines = list(result_lines(result, language))
    text = "\n".join(lines)
    assert ("정해진 비율: 전문가 50.00 %" if language == "ko" else "experts 50.00 %") in text
    said = TEXTS[INFLUENCE_DIFFERS]
    assert (said.ko if language == "ko" else said.en) in lines
    for method, outcome in by_method(result).items():
        name = METHOD_NAMES[method]
        row = f"  {name.ko if language == 'ko' else name.en}: {influence(outcome, language)}"
        assert any(line.startswith(row) for line in lines)


def test_trial_figures_are_told_to_be_no_result(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = files_of(OLD)[:-2]
    assert main(["contest", *given, "--what-if", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("Computed from trial figures: this is no result.\n")
    with pytest.raises(SystemExit):
        main(["contest", *files_of(OLD), "--what-if"])


def test_shares_are_exact_however_the_scores_lie() -> None:
    """Against the definition, computed anew: (Var X + Cov XY) / Var(X + Y)."""
    draw = random.Random("influence")  # noqa: S311 # a fixed table of figures
    for _ in range(20):
        marks = [draw.randrange(101) for _ in range(6)]
        votes = [draw.randrange(1000) for _ in range(6)]
        for outcome in decided(marks, votes).outcomes:
            x, y = outcome.blend.expert_parts, outcome.blend.vote_parts
            n = len(x)
            mean_x, mean_y = sum(x, Fraction(0)) / n, sum(y, Fraction(0)) / n
            pairs = [(a - mean_x, b - mean_y) for a, b in zip(x, y, strict=True)]
            spread = sum((a + b) ** 2 for a, b in pairs)
            own = sum(a * a + a * b for a, b in pairs)
            assert outcome.blend.effective.expert == (own / spread if spread else None)
