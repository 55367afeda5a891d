"""Every blend method against a table computed by hand, and its degenerate cases.

The table: three entries, expert means out of 100, votes of 100 people with one vote each.

    entry   expert  votes
    A         90     20
    B         60     50
    C         75     30
"""

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.document import Document
from contracts.evidence.errors import EncodingError
from voting.contest.blend import BlendRules, Weights, blend, effective_weights
from voting.contest.figures import show, variance
from voting.contest.scaling import METHODS, scale
from voting.errors import RulesError

F = Fraction
EXPERT = [F(90), F(60), F(75)]
VOTES = [20, 50, 30]
TABLE = st.lists(
    st.tuples(st.fractions(0, 100, max_denominator=60), st.integers(0, 5000)),
    min_size=1,
    max_size=9,
)


def scores(method: str, expert: list[Fraction], votes: list[int]) -> tuple[Fraction, ...]:
    return blend(BlendRules(method), expert, votes, 100).scores


def test_max_relative_of_the_table() -> None:
    expert, votes = scale("max_relative", EXPERT, VOTES, 100)
    # 90/90, 60/90, 75/90 of 100 and 20/50, 50/50, 30/50 of 100
    assert expert.points == (F(100), F(200, 3), F(250, 3))
    assert votes.points == (F(40), F(100), F(60))
    # A (100 + 40)/2 = 70; B (66.67 + 100)/2 = 83.33; C (83.33 + 60)/2 = 71.67
    assert scores("max_relative", EXPERT, VOTES) == (F(70), F(250, 3), F(215, 3))


def test_min_max_of_the_table() -> None:
    expert, votes = scale("min_max", EXPERT, VOTES, 100)
    # (90-60)/30, 0/30, 15/30 of 100 and 0/30, 30/30, 10/30 of 100
    assert expert.points == (F(100), F(0), F(50))
    assert votes.points == (F(0), F(100), F(100, 3))
    # A 50 + 0; B 0 + 50; C 25 + 16.67 = 41.67
    assert scores("min_max", EXPERT, VOTES) == (F(50), F(50), F(125, 3))


def test_z_score_of_the_table() -> None:
    # Experts: mean 75, differences 15, -15, 0, variance 450/3 = 150, deviation 12.247449.
    # Votes: mean 100/3, differences -40/3, 50/3, -10/3, variance 4200/27 = 155.5556,
    # deviation 12.472191.
    expert, votes = scale("z_score", EXPERT, VOTES, 100)
    assert (expert.basis["variance"], votes.basis["variance"]) == (F(150), F(1400, 9))
    assert show(expert.basis["deviation"], 6) == "12.247449"
    assert show(votes.basis["deviation"], 6) == "12.472191"
    # 15/12.247449 = 1.224745; -13.3333/12.472191 = -1.069045; 16.6667/... = 1.336306
    assert [show(points, 6) for points in expert.points] == ["1.224745", "-1.224745", "0.000000"]
    assert [show(points, 6) for points in votes.points] == ["-1.069045", "1.336306", "-0.267261"]
    # Half of each sum: A 1.224745 - 1.069045, B -1.224745 + 1.336306, C 0 - 0.267261.
    shown = [show(score, 4) for score in scores("z_score", EXPERT, VOTES)]
    assert shown == ["0.0778", "0.0558", "-0.1336"]


def test_rank_points_of_the_table() -> None:
    expert, votes = scale("rank_points", EXPERT, VOTES, 100)
    # Experts: A beats two of two others, C one, B none. Votes: B two, C one, A none.
    assert expert.points == (F(100), F(0), F(50))
    assert votes.points == (F(0), F(100), F(50))
    assert scores("rank_points", EXPERT, VOTES) == (F(50), F(50), F(50))


def test_rank_points_of_level_entries_are_half_a_win_each() -> None:
    expert, _ = scale("rank_points", [F(7), F(7), F(3), F(9)], [0, 0, 0, 0], 10)
    # 7 beats one and draws one: (1 + 1/2)/3 = 1/2; 3 beats none; 9 beats three.
    assert expert.points == (F(50), F(50), F(0), F(100))


def test_raw_share_of_the_table() -> None:
    expert, votes = scale("raw_share", EXPERT, VOTES, 100)
    assert expert.points == (F(90), F(60), F(75))
    assert votes.points == (F(20), F(50), F(30))
    # A 45 + 10; B 30 + 25; C 37.5 + 15
    assert scores("raw_share", EXPERT, VOTES) == (F(55), F(55), F(105, 2))


def test_raw_share_takes_the_experts_in_percent_of_the_highest_possible_score() -> None:
    expert, _ = scale("raw_share", [F(5), F(8)], [1, 1], 20)
    assert expert.points == (F(25), F(40))


def test_raw_share_leaves_the_winner_of_2020_under_nine_points() -> None:
    _, votes = scale("raw_share", [F(90), F(90)], [2508, 14628 - 2508], 100)
    assert show(votes.points[0]) == "17.15"
    assert show(votes.points[0] / 2) == "8.57"


def test_weights_of_2022_move_the_table() -> None:
    rules = BlendRules("max_relative", Weights(F(7, 10), F(3, 10)))
    # A 70 + 12; B 46.67 + 30 = 76.67; C 58.33 + 18 = 76.33
    assert blend(rules, EXPERT, VOTES, 100).scores == (F(82), F(230, 3), F(229, 3))


@pytest.mark.parametrize("method", METHODS)
def test_one_entry_gets_a_score_by_every_method(method: str) -> None:
    # A single entry is the maximum and has all votes, but nobody to be better than.
    expected = {"max_relative": F(100), "raw_share": F(90)}.get(method, F(0))
    assert scores(method, [F(80)], [7]) == (expected,)


@pytest.mark.parametrize("method", METHODS)
def test_no_vote_at_all_leaves_the_experts_order(method: str) -> None:
    result = blend(BlendRules(method), EXPERT, [0, 0, 0], 100)
    a, b, c = result.scores
    assert a > c > b
    if method != "rank_points":
        assert result.votes.points == (0, 0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_equal_votes_leave_the_experts_order(method: str) -> None:
    result = blend(BlendRules(method), EXPERT, [9, 9, 9], 100)
    assert len(set(result.votes.points)) == 1
    assert result.scores[0] > result.scores[2] > result.scores[1]


@pytest.mark.parametrize("method", METHODS)
def test_equal_experts_leave_the_voters_order(method: str) -> None:
    a, b, c = scores(method, [F(0), F(0), F(0)], VOTES)
    assert b > c > a


def test_z_score_tie_through_different_points_is_exact() -> None:
    # Deviations root(200/3) and root(2/3), both irrational, ratio exactly 1/10: every sum is 0.
    assert scores("z_score", [F(10), F(20), F(30)], [3, 2, 1]) == (0, 0, 0)


def test_z_score_near_tie_is_not_a_tie() -> None:
    near = scores("z_score", [F(10), F(20), F(30) + F(1, 10**6)], [3, 2, 1])
    assert len(set(near)) == 3


@given(TABLE)
def test_z_score_order_is_the_exact_algebraic_order(table: list[tuple[Fraction, int]]) -> None:
    expert, votes = [e for e, _ in table], [v for _, v in table]
    blended = scores("z_score", expert, votes)
    spread, counts = variance(expert), variance([F(v) for v in votes])
    for i, j in combinations(range(len(table)), 2):
        # sign of p/sqrt(P) + q/sqrt(Q), found by comparing squares only
        p = (expert[i] - expert[j]) / spread if spread else F(0)
        q = (votes[i] - votes[j]) / counts if counts else F(0)
        left, right = p * abs(p) * spread, q * abs(q) * counts
        exact = (left + right > 0) - (left + right < 0)
        difference = blended[i] - blended[j]
        assert (difference > 0) - (difference < 0) == exact


@given(TABLE, st.integers(1, 1000))
def test_max_relative_ignores_the_scale_of_votes(
    table: list[tuple[Fraction, int]], factor: int
) -> None:
    expert, votes = [e for e, _ in table], [v for _, v in table]
    more = [v * factor for v in votes]
    for method in ("max_relative", "min_max", "rank_points", "raw_share"):
        assert scores(method, expert, votes) == scores(method, expert, more)


@given(TABLE, st.data())
def test_max_relative_never_punishes_more_votes(
    table: list[tuple[Fraction, int]], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(table) - 1))
    expert, votes = [e for e, _ in table], [v for _, v in table]
    more = [v + data.draw(st.integers(1, 500)) * (i == index) for i, v in enumerate(votes)]
    before, after = scores("max_relative", expert, votes), scores("max_relative", expert, more)
    assert after[index] >= before[index]
    if any(votes):
        others = [i for i in range(len(table)) if i != index]
        assert all(after[i] <= before[i] for i in others)


@given(TABLE, st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_order_of_entries_does_not_change_their_scores(
    table: list[tuple[Fraction, int]], random: Random, method: str
) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    before = scores(method, [e for e, _ in table], [v for _, v in table])
    after = scores(method, [table[i][0] for i in order], [table[i][1] for i in order])
    assert after == tuple(before[i] for i in order)


def test_effective_weights_of_sides_that_agree() -> None:
    # X = 0, 1; Y = 0, 3: Var X = 1/4, Var Y = 9/4, Cov = 3/4, Var(X + Y) = 4
    weights = effective_weights([F(0), F(1)], [F(0), F(3)])
    assert (weights.expert, weights.votes) == (F(1, 4), F(3, 4))


def test_effective_weights_of_the_table_show_that_the_poll_decided() -> None:
    # X = 50, 100/3, 125/3: differences 25/3, -25/3, 0, variance 1250/27.
    # Y = 20, 50, 30: differences -40/3, 50/3, -10/3, variance 4200/27. Cov = -2250/27.
    # Var S = (1250 + 4200 - 4500)/27 = 950/27; (1250 - 2250)/950 and (4200 - 2250)/950.
    effective = blend(BlendRules("max_relative"), EXPERT, VOTES, 100).effective
    assert (effective.expert, effective.votes) == (F(-20, 19), F(39, 19))


def test_effective_weights_without_any_spread_do_not_exist() -> None:
    effective = blend(BlendRules(), [F(5), F(5)], [2, 2], 100).effective
    assert (effective.expert, effective.votes) == (None, None)


@given(TABLE, st.sampled_from(METHODS))
def test_effective_weights_add_up_to_one(table: list[tuple[Fraction, int]], method: str) -> None:
    result = blend(BlendRules(method), [e for e, _ in table], [v for _, v in table], 100)
    if result.effective.expert is not None and result.effective.votes is not None:
        assert result.effective.expert + result.effective.votes == 1
    else:
        assert len(set(result.scores)) == 1


@pytest.mark.parametrize(("expert", "votes"), [(F(1, 2), F(49, 100)), (F(3, 2), F(-1, 2))])
def test_weights_that_are_no_division_of_one_are_refused(expert: Fraction, votes: Fraction) -> None:
    with pytest.raises(RulesError):
        Weights(expert, votes)


def test_unknown_method_is_refused() -> None:
    with pytest.raises(RulesError):
        BlendRules("softmax")


def test_weights_with_an_unknown_member_are_refused() -> None:
    with pytest.raises(EncodingError):
        Weights.read(Document.of({"expert": "1/2", "votes": "1/2", "luck": "0/1"}, "weights"))
