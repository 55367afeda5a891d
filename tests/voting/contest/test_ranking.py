"""Ranks, each tie rule, and shared ranks."""

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from voting.contest.ranking import TIE_RULES, Contender, rank


def one(entry: str, score: int, votes: int = 0, expert: int = 0, utility: int = 0) -> Contender:
    return Contender(entry, Fraction(score), votes, Fraction(expert), Fraction(utility))


def ranks(*contenders: Contender) -> list[tuple[str, int, str]]:
    return [(place.entry, place.rank, place.reason) for place in rank(contenders, TIE_RULES)]


def test_rank_without_ties_is_by_score() -> None:
    assert ranks(one("a", 5, votes=1), one("b", 9), one("c", 7)) == [
        ("b", 1, "score"),
        ("c", 2, "score"),
        ("a", 3, "score"),
    ]


def test_tie_goes_to_more_votes_first() -> None:
    assert ranks(one("a", 5, votes=1, expert=9), one("b", 5, votes=2, expert=1)) == [
        ("b", 1, "votes"),
        ("a", 2, "votes"),
    ]


def test_tie_with_equal_votes_goes_to_the_higher_expert_mean() -> None:
    assert ranks(one("a", 5, 2, 8, 9), one("b", 5, 2, 9, 1)) == [
        ("b", 1, "expert"),
        ("a", 2, "expert"),
    ]


def test_tie_with_equal_expert_mean_goes_to_the_higher_utility_mean() -> None:
    assert ranks(one("a", 5, 2, 9, 3), one("b", 5, 2, 9, 4)) == [
        ("b", 1, "utility"),
        ("a", 2, "utility"),
    ]


def test_tie_in_everything_shares_the_rank_and_skips_the_next() -> None:
    assert ranks(one("b", 5, 2, 9, 3), one("c", 1), one("a", 5, 2, 9, 3)) == [
        ("a", 1, "shared"),
        ("b", 1, "shared"),
        ("c", 3, "score"),
    ]


def test_each_row_of_a_larger_tie_says_what_singled_it_out() -> None:
    places = rank(
        [one("a", 5, 9), one("b", 5, 2, 7), one("c", 5, 2, 6), one("d", 5, 1), one("e", 5, 1)],
        TIE_RULES,
    )
    assert [(place.entry, place.rank, place.reason) for place in places] == [
        ("a", 1, "votes"),
        ("b", 2, "expert"),
        ("c", 3, "expert"),
        ("d", 4, "shared"),
        ("e", 4, "shared"),
    ]
    assert places[0].tied_with == ("b", "c", "d", "e")


def test_tie_rules_apply_in_the_order_given() -> None:
    places = rank([one("a", 5, votes=9, expert=1), one("b", 5, votes=1, expert=9)], ("expert",))
    assert [(place.entry, place.reason) for place in places] == [("b", "expert"), ("a", "expert")]


def test_without_tie_rules_every_tie_is_shared() -> None:
    places = rank([one("a", 5, votes=9), one("b", 5, votes=1)], ())
    assert [place.rank for place in places] == [1, 1]


SMALL = st.integers(0, 2)


@given(st.lists(st.tuples(SMALL, SMALL, SMALL, SMALL), min_size=1, max_size=8), st.randoms())
def test_ranking_agrees_with_counting_who_is_ahead(
    rows: list[tuple[int, int, int, int]], random: Random
) -> None:
    contenders = [one(f"e{i}", *row) for i, row in enumerate(rows)]
    shuffled = list(contenders)
    random.shuffle(shuffled)
    places = rank(shuffled, TIE_RULES)
    assert places == rank(contenders, TIE_RULES)
    for place in places:
        own = rows[int(place.entry[1:])]
        assert place.rank == 1 + sum(row > own for row in rows)
        assert (place.reason == "shared") == (rows.count(own) > 1)
