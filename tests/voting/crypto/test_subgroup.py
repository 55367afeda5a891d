import secrets

import pytest

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto import subgroup
from voting.crypto.errors import SubgroupError
from voting.crypto.group import G1
from voting.crypto.subgroup import ROUNDS, WORTHWHILE, check_subgroup, points_outside

ORDER_THREE = G1.on_curve(b"\x80" + bytes(47))
GOOD = [G1.multiply(G1.generator, i) for i in range(1, 41)]


def many(count: int) -> list:
    return (GOOD * (count // len(GOOD) + 1))[:count]


def test_points_of_the_subgroup_pass_alone_and_batched() -> None:
    check_subgroup(many(10), secrets.token_bytes)
    check_subgroup(many(WORTHWHILE + 30), secrets.token_bytes)


def test_no_point_passes() -> None:
    check_subgroup([], secrets.token_bytes)


@pytest.mark.parametrize("count", [1, 10, WORTHWHILE, WORTHWHILE + 30])
def test_one_point_outside_is_found(count: int) -> None:
    points = many(count)
    points[count // 2] += ORDER_THREE
    with pytest.raises(SubgroupError):
        check_subgroup(points, secrets.token_bytes)
    assert points_outside(points) == (count // 2,)


def test_order_three_is_found_every_time_where_one_combination_misses_a_third(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two points whose components cancel unless they are weighted differently."""
    monkeypatch.setattr(subgroup, "WORTHWHILE", 2)
    points = [G1.generator + ORDER_THREE, G1.generator - ORDER_THREE]
    assert (points[0] + points[1]).is_in_subgroup()
    missed_by_one = 0
    for run in range(30):
        rng = DeterministicRngForVectors(f"subgroup {run}")
        with pytest.raises(SubgroupError):
            check_subgroup(points, rng)
        one = subgroup._combinations(points, 1, DeterministicRngForVectors(f"single {run}"))
        missed_by_one += one[0].is_in_subgroup()
    assert 3 <= missed_by_one <= 20


def test_rounds_leave_less_than_one_in_2_to_the_128() -> None:
    assert 3**ROUNDS > 2**128


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_combinations_have_the_weights_that_were_drawn(width: int) -> None:
    points = GOOD[:7]
    slots = subgroup._slots(7, 3**width, DeterministicRngForVectors("weights"))
    totals = subgroup._combinations(points, width, DeterministicRngForVectors("weights"))
    for place, total in enumerate(totals):
        digit = 3 ** (width - 1 - place)
        weights = [slot // digit % 3 for slot in slots]
        assert total == G1.combine(points, weights)


def test_slots_are_spread_evenly() -> None:
    slots = subgroup._slots(9000, 9, DeterministicRngForVectors("even"))
    assert set(slots) == set(range(9))
    assert all(800 < slots.count(value) < 1200 for value in range(9))


@pytest.mark.parametrize("count", [WORTHWHILE, 25_000])
def test_every_combination_is_checked_and_there_are_enough(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One combination at a time is outside the subgroup, each in its turn: all are noticed."""
    made = planted = 0

    def combinations(_: object, width: int, __: object) -> list:
        nonlocal made
        numbers = range(made, made + width)
        made += width
        return [G1.generator + ORDER_THREE if n == planted else G1.generator for n in numbers]

    monkeypatch.setattr(subgroup, "_combinations", combinations)
    points = [G1.generator] * count
    planted = -1
    check_subgroup(points, secrets.token_bytes)
    enough = made
    assert enough >= ROUNDS
    for place in range(enough):
        made, planted = 0, place
        with pytest.raises(SubgroupError):
            check_subgroup(points, secrets.token_bytes)
