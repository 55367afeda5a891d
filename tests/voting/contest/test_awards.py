"""Tiers and prize money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.contest.awards import CITY_TIERS, Awards, Tier, award, check_tiers
from voting.contest.naming import Title
from voting.contest.ranking import Place
from voting.errors import AwardsError, RulesError


def places(*ranks: int) -> list[Place]:
    return [Place(f"e{i}", rank, "score", ()) for i, rank in enumerate(ranks)]


def give(*ranks: int, unpaid: tuple[str, ...] = ()) -> Awards:
    row = places(*ranks)
    return award(CITY_TIERS, row, {place.entry: place.entry not in unpaid for place in row})


def test_nine_ranks_are_paid_nine_million() -> None:
    given = give(1, 2, 3, 4, 5, 6, 7, 8, 9)
    # 1 x 2,000,000 + 3 x 1,500,000 + 5 x 500,000
    assert [one.amount for one in given.awards] == [2_000_000] + [1_500_000] * 3 + [500_000] * 5
    assert [one.tier for one in given.awards] == ["grand"] + ["excellence"] * 3 + ["merit"] * 5
    assert (given.paid, given.budget, given.reserved) == (9_000_000, 9_000_000, 0)


def test_tenth_entry_gets_no_prize() -> None:
    given = give(*range(1, 11))
    assert (given.awards[9].outcome, given.awards[9].amount) == ("no_prize", 0)
    assert given.paid == 9_000_000


def test_shared_rank_inside_a_tier_is_awarded_to_all() -> None:
    given = give(1, 2, 2, 4, 5, 6, 7, 8, 8)
    assert [one.tier for one in given.awards][1:4] == ["excellence"] * 3
    assert (given.paid, given.reserved) == (9_000_000, 0)


def test_shared_first_rank_needs_a_decision() -> None:
    given = give(1, 1, 3, 4, 5, 6, 7, 8, 9)
    assert [one.outcome for one in given.awards[:2]] == ["needs_decision"] * 2
    assert given.awards[0].between == ("grand", "excellence")
    assert given.awards[0].amount == given.awards[1].amount == 0
    # positions 1 and 2 are reserved: 2,000,000 + 1,500,000
    assert (given.reserved, given.paid) == (3_500_000, 5_500_000)


def test_shared_rank_on_the_last_prize_needs_a_decision() -> None:
    given = give(1, 2, 3, 4, 5, 6, 7, 8, 9, 9)
    assert given.awards[8].between == given.awards[9].between == ("merit", None)
    assert (given.reserved, given.paid) == (500_000, 8_500_000)


def test_rank_shared_by_all_spans_every_tier() -> None:
    given = give(*[1] * 10)
    assert given.awards[0].between == ("grand", "excellence", "merit", None)
    assert (given.reserved, given.paid) == (9_000_000, 0)


def test_tier_without_money_is_awarded_and_the_money_withheld() -> None:
    given = give(1, 2, 3, 4, 5, 6, 7, 8, 9, unpaid=("e3",))
    assert (given.awards[3].tier, given.awards[3].amount) == ("excellence", 0)
    assert given.awards[3].withheld == given.withheld == 1_500_000
    assert given.paid == 7_500_000


def test_fewer_entries_than_places_leave_money_unclaimed() -> None:
    given = give(1, 2)
    assert (given.paid, given.unclaimed) == (3_500_000, 5_500_000)


def test_prizes_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(AwardsError):
        Awards((), budget=9_000_000, paid=9_000_001, withheld=0, reserved=0, unclaimed=0)
    with pytest.raises(AwardsError):
        Awards((), budget=9_000_000, paid=9_000_001, withheld=-1, reserved=0, unclaimed=0)
    with pytest.raises(AwardsError):
        Awards((), budget=9_000_000, paid=8_999_999, withheld=0, reserved=0, unclaimed=0)


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.data())
def test_budget_is_never_exceeded_and_every_won_is_somewhere(
    new_rank: list[bool], data: st.DataObject
) -> None:
    ranks = [1]
    for position, new in enumerate(new_rank, start=2):
        ranks.append(position if new else ranks[-1])
    unpaid = tuple(f"e{i}" for i in range(len(ranks)) if data.draw(st.booleans()))
    given = give(*ranks, unpaid=unpaid)
    assert given.paid + given.withheld + given.reserved + given.unclaimed == 9_000_000
    amounts = {tier.id: tier.amount for tier in CITY_TIERS}
    for one in given.awards:
        worth = amounts[one.tier] if one.tier is not None else 0
        assert one.amount + one.withheld == worth
        assert one.amount == 0 or one.entry not in unpaid
    for place, one in zip(places(*ranks), given.awards, strict=True):
        alone = ranks.count(place.rank) == 1
        assert not (alone and one.outcome == "needs_decision")


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (CITY_TIERS[0], CITY_TIERS[0]),
        (CITY_TIERS[1], CITY_TIERS[0]),
        (Tier("many", Title("많음"), 300, 0), Tier("more", Title("더"), 300, 0)),
    ],
    ids=["none", "repeated", "worst first", "too many places"],
)
def test_tiers_that_contradict_themselves_are_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(RulesError):
        check_tiers(tiers)


@pytest.mark.parametrize(("places_", "amount"), [(0, 1), (1, -1), (501, 1), (1, 10**12 + 1)])
def test_tier_out_of_range_is_refused(places_: int, amount: int) -> None:
    with pytest.raises(RulesError):
        Tier("grand", Title("최우수"), places_, amount)
