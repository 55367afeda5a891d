"""Deciding whole contests, and recomputing what was published."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.errors import EncodingError
from voting.contest.blend import BlendRules
from voting.contest.comparison import check_result
from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Edition, Title
from voting.contest.notices import TEXTS
from voting.contest.panel import Judge
from voting.contest.poll_counts import PollCounts
from voting.contest.result import Result, decide
from voting.contest.rules import ContestRules
from voting.contest.scaling import METHODS
from voting.errors import EntriesError, PollCountsError, ResultMismatchError

RULES = ContestRules(blend=BlendRules("max_relative"))
"""Figures of this method are easy to follow by hand."""
Contest = tuple[tuple[Entry, ...], tuple[Judge, ...], tuple[ScoreSheet, ...]]


@pytest.fixture
def contest(
    entries: tuple[Entry, ...], panel: tuple[Judge, ...], sheets: tuple[ScoreSheet, ...]
) -> Contest:
    return entries, panel, sheets


def counts(a: int, b: int, c: int, voters: int = 1000) -> PollCounts:
    return PollCounts(voters, {"a": a, "b": b, "c": c})


def ranking(result: Result, method: str = "max_relative") -> list[tuple[str, int, str]]:
    for outcome in result.outcomes:
        if outcome.blend.method == method:
            return [(place.entry, place.rank, place.reason) for place in outcome.places]
    return []


def codes(result: Result) -> list[str]:
    return [notice.code for notice in result.notices]


def test_contest_is_blended_half_and_half(contest: Contest) -> None:
    result = decide(RULES, *contest, counts(200, 500, 300))
    assert result.standing.basis == "blended"
    # experts 80, 59, 70: points 100, 73.75, 87.5; votes: 40, 100, 60
    # a (100 + 40)/2 = 70; b (73.75 + 100)/2 = 86.875; c (87.5 + 60)/2 = 73.75
    assert result.chosen is not None
    assert result.chosen.blend.scores == (70, Fraction(695, 8), Fraction(295, 4))
    assert ranking(result) == [("b", 1, "score"), ("c", 2, "score"), ("a", 3, "score")]
    assert [one.tier for one in result.chosen.awards.awards] == [
        "grand",
        "excellence",
        "excellence",
    ]
    assert result.notices == ()


def test_sensitivity_table_shows_rank_and_tier_under_every_method(contest: Contest) -> None:
    result = decide(RULES, *contest, counts(200, 500, 300))
    table = {row.entry: [place.rank for place in row.places] for row in result.sensitivity()}
    # max_relative: b c a, above.
    # min_max: experts 100, 0, 52.38; votes 0, 100, 33.33: a 50, b 50 (more votes), c 42.86.
    # z_score: experts 1.2048, -1.2437, 0.0389 (mean 209/3, deviation 8.5765);
    #   votes -1.0690, 1.3363, -0.2673: a 0.0679, b 0.0463, c -0.1142.
    # rank_points: experts 100, 0, 50; votes 0, 100, 50: all 50, so by votes b c a.
    # raw_share: experts 80, 59, 70; votes 20, 50, 30: a 50, b 54.5, c 50 (more votes than a).
    assert [list(column) for column in zip(*(table[name] for name in "abc"), strict=True)] == [
        [3, 1, 2],
        [2, 1, 3],
        [1, 2, 3],
        [3, 1, 2],
        [3, 1, 2],
    ]
    winner = result.sensitivity()[0]
    assert winner.entry == "b"
    assert [award.tier for award in winner.awards] == [
        "grand",
        "grand",
        "excellence",
        "grand",
        "grand",
    ]
    reasons = {one.blend.method: one.places[0].reason for one in result.outcomes}
    assert (reasons["max_relative"], reasons["rank_points"]) == ("score", "votes")


def test_raw_share_carries_its_warning_in_the_first_edition(contest: Contest) -> None:
    first = replace(RULES, edition=Edition.FIRST)
    result = decide(first, *contest, counts(200, 500, 300))
    warned = [one.blend.method for one in result.outcomes if "blend.raw_share" in _told(one)]
    assert warned == ["raw_share"]
    assert not any("blend.influence" in code for one in result.outcomes for code in _told(one))


def _told(outcome: object) -> list[str]:
    return [notice.code for notice in getattr(outcome, "notices", ())]


@pytest.mark.parametrize("method", METHODS)
def test_chosen_outcome_is_that_of_the_rules(contest: Contest, method: str) -> None:
    rules = replace(RULES, blend=BlendRules(method))
    result = decide(rules, *contest, counts(200, 500, 300))
    assert result.chosen is not None
    assert result.chosen.blend.method == method


def test_contest_of_2020_keeps_the_published_figures() -> None:
    votes = (2508, 1980, 1820, 1700, 1590, 1480, 1350, 1200, 1000)
    assert sum(votes) == 14628 == 3 * 4876
    entries = [Entry(f"case-{i}", Title(f"[시험] {i}"), None, synthetic=True) for i in range(1, 10)]
    names = ("creativity", "effort", "utility", "ripple_effect")
    marks = {entry.id: dict.fromkeys(names, 95 - i) for i, entry in enumerate(entries)}
    panel = [Judge(f"judge-{i}") for i in range(3)]
    sheets = [ScoreSheet(judge.id, marks) for judge in panel]
    poll = PollCounts(4876, {entry.id: n for entry, n in zip(entries, votes, strict=True)})
    result = decide(RULES, entries, panel, sheets, poll)
    document = parse_json(result.to_bytes())
    assert isinstance(document, dict)
    share = document["poll"]["share_percent"]["case-1"]  # type: ignore[index,call-overload] # JSON
    assert share == {"exact": "20900/1219", "shown": "17.15"}
    assert result.chosen is not None
    prizes = result.chosen.awards
    assert [one.amount for one in prizes.awards] == [2_000_000] + [1_500_000] * 3 + [500_000] * 5
    assert (prizes.paid, prizes.budget) == (9_000_000, 9_000_000)


def test_poll_without_result_leaves_the_experts_alone(contest: Contest) -> None:
    result = decide(RULES, *contest, None)
    assert (result.standing.basis, codes(result)) == ("expert_only", ["poll.without_result"])
    assert result.chosen is not None
    assert result.chosen.blend.scores == (100, Fraction(295, 4), Fraction(175, 2))
    for method in METHODS:
        assert [entry for entry, _, _ in ranking(result, method)] == ["a", "c", "b"]


def test_turnout_floor_is_reached_by_the_last_voter(contest: Contest) -> None:
    rules = replace(RULES, turnout_floor=1000)
    reached = decide(rules, *contest, counts(200, 500, 300, voters=1000))
    missed = decide(rules, *contest, counts(200, 500, 300, voters=999))
    assert reached.standing.basis == "blended"
    assert (missed.standing.basis, codes(missed)) == ("expert_only", ["poll.below_turnout_floor"])
    assert [entry for entry, _, _ in ranking(missed)] == ["a", "c", "b"]


def test_votes_that_do_not_count_do_not_break_ties(contest: Contest) -> None:
    entries, panel, sheets = contest
    same = dict.fromkeys("abc", sheets[0].marks["c"])
    level = tuple(ScoreSheet(sheet.judge, same) for sheet in sheets)
    rules = replace(RULES, turnout_floor=1000)
    poll = counts(200, 500, 300, voters=999)
    result = decide(rules, entries, panel, level, poll)
    assert ranking(result) == [("a", 1, "shared"), ("b", 1, "shared"), ("c", 1, "shared")]
    counted = decide(RULES, entries, panel, level, poll)
    assert [entry for entry, _, _ in ranking(counted)] == ["b", "c", "a"]


def test_void_experts_leave_the_poll_alone(contest: Contest) -> None:
    entries, panel, sheets = contest
    result = decide(RULES, entries, panel, sheets[:2], counts(200, 500, 300))
    assert result.standing.basis == "votes_only"
    assert codes(result) == ["sheets.left_out", "expert.too_few_sheets"]
    assert result.notices[0].about == ("judge-3", "judge-4", "judge-5")
    assert result.chosen is not None
    assert result.chosen.blend.scores == (40, 100, 60)  # the votes alone: 200, 500, 300 of 500
    for method in METHODS:
        assert [entry for entry, _, _ in ranking(result, method)] == ["b", "c", "a"]


def test_without_experts_and_poll_there_is_no_ranking(contest: Contest) -> None:
    entries, panel, _ = contest
    result = decide(RULES, entries, panel, (), None)
    assert (result.standing.basis, result.chosen) == ("none", None)
    assert (result.outcomes, result.sensitivity()) == ((), ())
    assert codes(result)[-1] == "result.none"
    check_result(result.to_bytes(), result)


@pytest.mark.parametrize(
    ("poll", "code"),
    [(counts(0, 0, 0, voters=0), "votes.none_cast"), (counts(5, 5, 5), "votes.no_spread")],
)
def test_poll_that_decides_nothing_is_told(contest: Contest, poll: PollCounts, code: str) -> None:
    result = decide(RULES, *contest, poll)
    assert (result.standing.basis, codes(result)) == ("blended", [code])
    assert [entry for entry, _, _ in ranking(result)] == ["a", "c", "b"]
    check_result(result.to_bytes(), result)


def test_shared_first_place_is_left_to_the_organiser(contest: Contest) -> None:
    entries, panel, sheets = contest
    level = tuple(
        ScoreSheet(sheet.judge, dict(sheet.marks) | {"b": sheet.marks["a"]}) for sheet in sheets
    )
    result = decide(RULES, entries, panel, level, counts(500, 500, 100))
    assert result.chosen is not None
    assert _told(result.chosen) == [
        "blend.influence_differs",
        "ranking.shared",
        "awards.needs_decision",
    ]
    assert result.chosen.notices[1].about == ("a", "b")
    assert result.chosen.awards.reserved == 3_500_000


def test_entry_that_may_not_be_paid_keeps_its_tier(contest: Contest) -> None:
    entries, panel, sheets = contest
    unpaid = (entries[0], replace(entries[1], money_allowed=False), entries[2])
    result = decide(RULES, unpaid, panel, sheets, counts(200, 500, 300))
    assert result.chosen is not None
    winner = result.chosen.awards.awards[0]
    assert (winner.tier, winner.amount, winner.withheld) == ("grand", 0, 2_000_000)


def test_order_of_inputs_does_not_change_a_byte(contest: Contest) -> None:
    entries, panel, sheets = contest
    poll = PollCounts(1000, {"c": 300, "b": 500, "a": 200})
    first = decide(RULES, entries, panel, sheets, counts(200, 500, 300))
    second = decide(RULES, entries[::-1], panel, sheets[::-1], poll)
    assert first.to_bytes() == second.to_bytes()
    assert first.result_hash() == second.result_hash()


def test_result_hash_covers_inputs_that_change_no_figure(contest: Contest) -> None:
    entries, panel, sheets = contest
    poll = counts(200, 500, 300)
    first = decide(RULES, entries, panel, sheets, poll)
    rules = replace(RULES, judging=replace(RULES.judging, min_sheets=4))
    other_agency = (replace(panel[0], agency="[시험] 다구"), *panel[1:])
    assert decide(rules, entries, panel, sheets, poll).result_hash() != first.result_hash()
    assert decide(RULES, entries, other_agency, sheets, poll).result_hash() != first.result_hash()


def test_published_result_is_recomputed_byte_for_byte(contest: Contest) -> None:
    result = decide(RULES, *contest, counts(200, 500, 300))
    published = result.to_bytes()
    assert canonical(parse_json(published)) == published
    check_result(published, result)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (b'"paid":5000000', b'"paid":5000001', "$.outcomes.0.prizes.paid"),
        (b'"voters":1000', b'"voters":1001', "$.poll.voters"),
        (b'"shown":"86.88"', b'"shown":"86.87"', "$.outcomes.0.ranking.0.score.shown"),
        (b'"basis":', b'"basos":', "$"),
        (b'{"basis"', b'{ "basis"', "$"),
    ],
)
def test_altered_result_is_refused_naming_the_place(
    contest: Contest, old: bytes, new: bytes, path: str
) -> None:
    result = decide(RULES, *contest, counts(200, 500, 300))
    published = result.to_bytes()
    assert old in published
    with pytest.raises(ResultMismatchError) as caught:
        check_result(published.replace(old, new, 1), result)
    assert caught.value.path == path


def test_result_that_is_no_json_is_refused(contest: Contest) -> None:
    result = decide(RULES, *contest, None)
    with pytest.raises(EncodingError):
        check_result(result.to_bytes() + b"}", result)


def test_poll_of_other_entries_is_refused(contest: Contest) -> None:
    for votes in ({"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1, "d": 1}):
        with pytest.raises(PollCountsError):
            decide(RULES, *contest, PollCounts(10, votes))


def test_contest_without_entries_is_refused(contest: Contest) -> None:
    with pytest.raises(EntriesError):
        decide(RULES, (), *contest[1:], None)


@pytest.mark.parametrize(("voters", "count"), [(5, 6), (5, -1), (-1, 0), (5, True)])
def test_count_that_the_voters_cannot_have_given_is_refused(voters: int, count: int) -> None:
    with pytest.raises(PollCountsError):
        PollCounts(voters, {"a": count})


def test_poll_counts_are_read_back_from_their_document() -> None:
    poll = counts(1, 2, 3)
    assert PollCounts.from_json(parse_json(canonical(poll.to_json()))) == poll
    for change in ({"version": "x"}, {"more": 1}, {"votes": {"a": "1"}}):
        with pytest.raises(EncodingError):
            PollCounts.from_json(poll.to_json() | change)


def test_every_notice_has_a_text_in_both_languages() -> None:
    assert all(title.ko and title.en for title in TEXTS.values())


VOTES = st.lists(st.integers(0, 40), min_size=2, max_size=6)


def _contest(marks: list[int], votes: list[int], order: list[int] | None = None) -> Result:
    """One judge, ``marks`` on all criteria; the figures stay with their entry in any order."""
    names = ("creativity", "effort", "utility", "ripple_effect")
    entries = [
        Entry(f"e{i}", Title(f"[시험] {i}"), None, synthetic=True) for i in range(len(votes))
    ]
    sheet = ScoreSheet("j", {f"e{i}": dict.fromkeys(names, marks[i]) for i in range(len(votes))})
    rules = replace(RULES, judging=replace(RULES.judging, min_sheets=1))
    poll = PollCounts(10_000, {f"e{i}": count for i, count in enumerate(votes)})
    chosen = [entries[i] for i in order or range(len(entries))]
    return decide(rules, chosen, [Judge("j")], [sheet], poll)


@given(VOTES, st.data())
def test_more_votes_never_worsen_a_rank_under_max_relative(
    votes: list[int], data: st.DataObject
) -> None:
    marks = [data.draw(st.integers(0, 5)) for _ in votes]
    more = [votes[0] + data.draw(st.integers(1, 20)), *votes[1:]]
    before = {place: rank for place, rank, _ in ranking(_contest(marks, votes))}
    after = {place: rank for place, rank, _ in ranking(_contest(marks, more))}
    assert after["e0"] <= before["e0"]


@given(VOTES, st.randoms(use_true_random=False))
def test_permuted_entries_give_the_same_result(votes: list[int], random: Random) -> None:
    marks = [7 * count % 11 for count in votes]
    order = list(range(len(votes)))
    random.shuffle(order)
    assert _contest(marks, votes, order).to_bytes() == _contest(marks, votes).to_bytes()
