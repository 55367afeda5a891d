"""Putting expert means and votes onto one scale, by five methods, in exact fractions.

One rule covers every degenerate case: 0/0 counts as 0. A side whose maximum, range, spread or total
is zero gives 0 points to everybody and so decides nothing; the result carries a notice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from contracts.evidence.encoding import Json
from voting.contest.figures import figure, mean, ratio, root, variance

MAX_RELATIVE: Final = "max_relative"
MIN_MAX: Final = "min_max"
Z_SCORE: Final = "z_score"
RANK_POINTS: Final = "rank_points"
RAW_SHARE: Final = "raw_share"
METHODS: Final = (MAX_RELATIVE, MIN_MAX, Z_SCORE, RANK_POINTS, RAW_SHARE)
_FULL: Final = 100


@dataclass(frozen=True, slots=True)
class Side:
    """One side's points, entry by entry, and the figures they were computed with."""

    points: tuple[Fraction, ...]
    basis: Mapping[str, Fraction]

    def basis_json(self) -> dict[str, Json]:
        """The figures behind the points, exact and shown."""
        return {name: figure(value) for name, value in self.basis.items()}


def scale(
    method: str, expert: Sequence[Fraction], votes: Sequence[int], max_score: int
) -> tuple[Side, Side]:
    """Scale both sides.

    Args:
        method: one of ``METHODS``.
        expert: expert mean of each entry, 0 to ``max_score``.
        votes: votes of each entry in the same order, 0 or more.
        max_score: the highest possible expert score.

    Returns:
        The expert side and the vote side; points by method (x an entry's figure on that side):

        - ``max_relative``: 100 x / max.
        - ``min_max``: 100 (x - min) / (max - min).
        - ``z_score``: (x - mean) / deviation; see ``_z_scores`` for the square root.
        - ``rank_points``: 100 (entries beaten + half of those level) / (entries - 1).
        - ``raw_share``: the expert score in percent of ``max_score``, the votes in percent of all
          votes. Which of the two then weighs more depends on how far each spreads.
    """
    counts = [Fraction(count) for count in votes]
    if method == Z_SCORE:
        return _z_scores(expert, counts)
    if method == RAW_SHARE:
        return _share(expert, Fraction(max_score)), _share(counts, sum(counts, Fraction(0)))
    one_sided = _ONE_SIDED[method]
    return one_sided(expert), one_sided(counts)


def _max_relative(values: Sequence[Fraction]) -> Side:
    top = max(values)
    return Side(tuple(_FULL * ratio(value, top) for value in values), {"max": top})


def _min_max(values: Sequence[Fraction]) -> Side:
    low, top = min(values), max(values)
    points = tuple(_FULL * ratio(value - low, top - low) for value in values)
    return Side(points, {"min": low, "max": top})


def _rank_points(values: Sequence[Fraction]) -> Side:
    others = Fraction(len(values) - 1)
    beaten = [sum(other < value for other in values) for value in values]
    level = [sum(other == value for other in values) - 1 for value in values]
    halves = zip(beaten, level, strict=True)
    points = tuple(_FULL * ratio(won + Fraction(drawn, 2), others) for won, drawn in halves)
    return Side(points, {"others": others})


def _share(values: Sequence[Fraction], total: Fraction) -> Side:
    return Side(tuple(_FULL * ratio(value, total) for value in values), {"total": total})


def _z_scores(expert: Sequence[Fraction], votes: Sequence[Fraction]) -> tuple[Side, Side]:
    """Standard scores with population deviations.

    The expert deviation is ``root(variance)``, the vote deviation is the expert one times
    ``root(vote variance / expert variance)`` (``root`` of its own variance if the experts have no
    spread). Two entries can only come out level through different points if the two deviations
    have a rational ratio; then ``root`` gives that ratio exactly. So a true tie is always a tie
    here, although single deviations are cut off after 40 decimals.
    """
    expert_variance, vote_variance = variance(expert), variance(votes)
    expert_deviation = root(expert_variance)
    vote_deviation = (
        expert_deviation * root(vote_variance / expert_variance)
        if expert_variance
        else root(vote_variance)
    )
    return (
        _standard(expert, expert_variance, expert_deviation),
        _standard(votes, vote_variance, vote_deviation),
    )


def _standard(values: Sequence[Fraction], spread: Fraction, deviation: Fraction) -> Side:
    middle = mean(values)
    points = tuple(ratio(value - middle, deviation) for value in values)
    return Side(points, {"mean": middle, "variance": spread, "deviation": deviation})


_ONE_SIDED: Final[Mapping[str, Callable[[Sequence[Fraction]], Side]]] = {
    MAX_RELATIVE: _max_relative,
    MIN_MAX: _min_max,
    RANK_POINTS: _rank_points,
}
