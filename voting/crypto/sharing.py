"""Shamir sharing over the scalars, and its public side (Feldman, FOCS 1987)."""

from collections.abc import Sequence

from voting.crypto.errors import OperandCountError
from voting.crypto.group import Group, PointT
from voting.crypto.transcript import ORDER


def evaluate(coefficients: Sequence[int], at: int) -> int:
    """``sum of coefficients[k] at^k`` mod r."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * at + coefficient) % ORDER
    return value


def evaluate_public(group: Group[PointT], commitments: Sequence[PointT], at: int) -> PointT:
    """``sum of at^k commitments[k]``: the public side of ``evaluate``."""
    powers = [1]
    for _ in commitments[1:]:
        powers.append(powers[-1] * at % ORDER)
    return group.combine(commitments, powers)


def lagrange_at_zero(ids: Sequence[int]) -> list[int]:
    """The weights that combine values at ``ids`` into the value at 0.

    Args:
        ids: distinct, 1-based.

    Raises:
        OperandCountError: for ids that are repeated, not positive, or none (G-05).
    """
    if not ids or len(set(ids)) != len(ids) or min(ids) < 1:
        raise OperandCountError("shares are combined by distinct positive indices")
    return [_weight(j, ids) for j in ids]


def _weight(j: int, ids: Sequence[int]) -> int:
    above, below = 1, 1
    for i in ids:
        if i != j:
            above = above * i % ORDER
            below = below * (i - j) % ORDER
    return above * pow(below, -1, ORDER) % ORDER
