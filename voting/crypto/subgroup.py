"""A sound subgroup check for many points of G1 at once (SPEC check G-03, batched).

One random linear combination is not enough: the cofactor of G1 is divisible by 3, so that a point
of order 3 vanishes from it with probability 1/3. Here at least 81 independent combinations are
made, each with fresh weights from {0, 1, 2}. A point outside the subgroup has a component of some
prime order p >= 3; of the three weights at most one makes the component of the whole combination
vanish, so one combination misses it with probability at most 1/3, and all with at most
``3^-81 < 2^-128``.

The combinations are made a few at a time: the k weights of one point, read as a number to the
base 3, choose one of 3^k sums to which the point is added.
"""

from array import array
from collections.abc import Sequence
from typing import Final

from voting.crypto.group import G1, G1Point
from voting.crypto.randomness import Rng, draw_bytes

ROUNDS: Final = 81
WORTHWHILE: Final = 400
"""With fewer points than this, checking each is faster."""

_MAX_WIDTH: Final = 8
_DRAW_RANGE: Final = 1 << 16
_SPARE: Final = 64


def check_subgroup(points: Sequence[G1Point], rng: Rng) -> None:
    """Check that all points lie in the subgroup of order r.

    Args:
        points: on the curve; fixed before this is called, or the weights could be known to whoever
            chose them.
        rng: secure source of random bytes.

    Raises:
        SubgroupError: if one does not (G-03); it is missed with probability below 2^-128.
    """
    if len(points) < WORTHWHILE:
        for point in points:
            G1.in_subgroup(point)
        return
    width = _best_width(len(points))
    for _ in range(-(-ROUNDS // width)):
        for total in _combinations(points, width, rng):
            G1.in_subgroup(total)


def points_outside(points: Sequence[G1Point]) -> tuple[int, ...]:
    """The places of all points outside the subgroup, each checked alone."""
    return tuple(i for i, point in enumerate(points) if not point.is_in_subgroup())


def _best_width(count: int) -> int:
    """How many combinations at a time need the fewest additions in all."""
    return min(range(1, _MAX_WIDTH + 1), key=lambda k: -(-ROUNDS // k) * (count + 2 * 3**k))


def _combinations(points: Sequence[G1Point], width: int, rng: Rng) -> list[G1Point]:
    """``width`` independent combinations with uniform weights from {0, 1, 2}."""
    sums = [G1.identity()] * 3**width
    for point, slot in zip(points, _slots(len(points), 3**width, rng), strict=True):
        sums[slot] += point
    totals = []
    while len(sums) > 1:
        third = len(sums) // 3
        zeros, ones, twos = sums[:third], sums[third : 2 * third], sums[2 * third :]
        once, twice = G1.sum(ones), G1.sum(twos)
        totals.append(once + twice + twice)
        sums = [a + b + c for a, b, c in zip(zeros, ones, twos, strict=True)]
    return totals


def _slots(count: int, size: int, rng: Rng) -> list[int]:
    """Independent uniform numbers below ``size``: 16-bit draws, the uneven rest thrown away."""
    limit = _DRAW_RANGE - _DRAW_RANGE % size
    slots: list[int] = []
    while len(slots) < count:
        draws = array("H", draw_bytes(rng, 2 * (count - len(slots) + _SPARE)))
        slots += [draw % size for draw in draws if draw < limit]
    return slots[:count]
