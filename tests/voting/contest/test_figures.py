"""Exact figures and how they are shown."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.errors import EncodingError
from voting.contest.figures import (
    ROOT_DIGITS,
    covariance,
    fraction_text,
    in_range,
    parse_fraction,
    ratio,
    root,
    show,
    variance,
)

FRACTIONS = st.fractions(max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(100 * 2508, 14628), "17.15"),  # 17.14520..., the published share of 2020
        (Fraction(17145, 1000), "17.15"),  # exactly half a hundredth goes up
        (Fraction(171449999, 10**7), "17.14"),  # just below half goes down
        (Fraction(-1, 200), "-0.01"),  # half goes away from zero
        (Fraction(-1, 201), "0.00"),  # no sign on a zero
        (Fraction(1, 200), "0.01"),
        (Fraction(100), "100.00"),
        (Fraction(999995, 10**5), "10.00"),
    ],
)
def test_show_rounds_half_up_to_two_decimals(value: Fraction, shown: str) -> None:
    assert show(value) == shown


def test_show_takes_the_number_of_decimals() -> None:
    assert show(Fraction(100 * 2508, 14628), digits=4) == "17.1452"


@given(FRACTIONS)
def test_fraction_text_is_read_back(value: Fraction) -> None:
    assert parse_fraction(fraction_text(value)) == value


@pytest.mark.parametrize(
    "text",
    ["2/4", "1", "1/0", "+1/2", "-0/1", "01/2", "1/2 ", "0.5", "", "1/-2", "١/2", "1/" + "3" * 70],
)
def test_fraction_text_of_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        parse_fraction(text)


@pytest.mark.parametrize("value", [Fraction(0), Fraction(4), Fraction(9, 16), Fraction(1, 10**90)])
def test_root_of_a_square_is_exact(value: Fraction) -> None:
    assert root(value) ** 2 == value


@given(st.fractions(min_value=0, max_denominator=10**6))
def test_root_is_the_last_step_not_above_the_true_root(value: Fraction) -> None:
    step = Fraction(1, 10**ROOT_DIGITS)
    assert root(value) ** 2 <= value < (root(value) + step) ** 2


def test_root_of_two_has_forty_decimals() -> None:
    assert root(Fraction(2)) == Fraction("1.4142135623730950488016887242096980785696")


def test_ratio_of_nothing_to_nothing_is_zero() -> None:
    assert ratio(Fraction(0), Fraction(0)) == 0
    assert ratio(Fraction(1), Fraction(4)) == Fraction(1, 4)


def test_variance_and_covariance_divide_by_the_number_of_values() -> None:
    left, right = [Fraction(1), Fraction(3)], [Fraction(10), Fraction(4)]
    # means 2 and 7; ((-1)^2 + 1^2) / 2 = 1; ((-1)(3) + (1)(-3)) / 2 = -3
    assert variance(left) == 1
    assert covariance(left, right) == -3


def test_in_range_takes_integers_only() -> None:
    assert in_range(1, 0, 1)
    assert not in_range(True, 0, 1)  # noqa: FBT003 - a bool in place of a number is the point
    assert not in_range(2, 0, 1)
