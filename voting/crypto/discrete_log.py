"""Counts from points ``c G`` with small c: baby-step giant-step (Shanks)."""

from collections.abc import Sequence
from math import isqrt
from typing import Final

from voting.crypto.errors import CountRangeError
from voting.crypto.group import G1, G1Point

MAX_COUNT: Final = 1 << 32
"""The table then has 2^16 entries for each square root of the number of points."""


def count_votes(points: Sequence[G1Point], maximum: int) -> tuple[int, ...]:
    """The counts ``c`` with ``point = c G``, one per point.

    Args:
        points: any, the neutral element (a count of 0) included.
        maximum: highest count that is possible, at most ``MAX_COUNT``.

    Raises:
        CountRangeError: no count of 0..maximum fits a point, or the maximum is too high (D-05).
    """
    if not 0 <= maximum <= MAX_COUNT:
        raise CountRangeError(f"counts up to {maximum} are not searched")
    # One table serves all points, so that it pays to make it larger than the steps of one search.
    width = isqrt(max(1, len(points)) * (maximum + 1)) + 1
    table = _baby_steps(width)
    stride = -G1.multiply(G1.generator, width)
    return tuple(_count_of(point, maximum, table, stride) for point in points)


def _baby_steps(width: int) -> dict[G1Point, int]:
    table, point = {}, G1.identity()
    for step in range(width):
        table[point] = step
        point = point + G1.generator
    return table


def _count_of(point: G1Point, maximum: int, table: dict[G1Point, int], stride: G1Point) -> int:
    for giant in range(maximum // len(table) + 1):
        count = giant * len(table) + table.get(point, maximum + 1)
        if count <= maximum:
            return count
        point = point + stride
    raise CountRangeError(f"no count of 0..{maximum} fits a result point")
