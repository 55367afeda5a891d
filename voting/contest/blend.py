"""Blending the expert side and the vote side by weights fixed before voting opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json
from voting.contest.figures import (
    covariance,
    fraction_text,
    optional_figure,
    parse_fraction,
    variance,
)
from voting.contest.scaling import METHODS, Z_SCORE, Side, scale
from voting.errors import RulesError

HALF: Final = Fraction(1, 2)
TOLERANCE: Final = Fraction(1, 20)
"""By so much a side's influence may differ from its stated weight without a notice."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The nominal weight of each side; neither negative, together exactly 1."""

    expert: Fraction = HALF
    votes: Fraction = HALF

    def __post_init__(self) -> None:
        if self.expert < 0 or self.votes < 0 or self.expert + self.votes != 1:
            raise RulesError("the weights of both sides are 0 or more and add up to 1")

    def to_json(self) -> dict[str, Json]:
        """Both weights as exact fractions."""
        return {"expert": fraction_text(self.expert), "votes": fraction_text(self.votes)}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members, or no fraction in lowest terms.
            RulesError: weights that do not add up to 1.
        """
        weights = cls(parse_fraction(part.text("expert")), parse_fraction(part.text("votes")))
        part.close()
        return weights


@dataclass(frozen=True, slots=True)
class BlendRules:
    """How both sides become one score: a method out of ``METHODS`` and the weights."""

    method: str = Z_SCORE
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise RulesError(f"the blend method is one of {METHODS}")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"method": self.method, "weights": self.weights.to_json()}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members.
            RulesError: an unknown method, or weights that do not add up to 1.
        """
        rules = cls(part.text("method"), Weights.read(part.document("weights")))
        part.close()
        return rules


@dataclass(frozen=True, slots=True)
class EffectiveWeights:
    """How much each side really decides: its share of the variance of the blended score.

    With S = X + Y, X and Y being the weighted points of either side, a side's share is
    Cov(X, S) / Var(S) = (Var(X) + Cov(X, Y)) / Var(S): the covariance is split evenly, which is
    also the Shapley value of a side in explaining Var(S). Both shares add up to exactly 1. Where
    the sides oppose each other, a share may lie below 0 or above 1; that is reported as it is. Both
    are None where all blended scores are equal, since nothing was decided then.
    """

    expert: Fraction | None
    votes: Fraction | None

    def differ_from(self, stated: Weights) -> bool:
        """Whether a side decides more than ``TOLERANCE`` more or less than was stated.

        False where nothing was decided at all; that is another notice.
        """
        pairs = ((self.expert, stated.expert), (self.votes, stated.votes))
        return any(real is not None and abs(real - said) > TOLERANCE for real, said in pairs)

    def to_json(self) -> dict[str, Json]:
        """Both shares, exact and shown, or null."""
        return {"expert": optional_figure(self.expert), "votes": optional_figure(self.votes)}


@dataclass(frozen=True, slots=True)
class Blend:
    """One method's figures, entry by entry in the order that was given.

    Args:
        method: one of ``METHODS``.
        weights: those that were applied.
        expert: points of the expert side before weighting.
        votes: points of the vote side before weighting.
        expert_parts: points times weight.
        vote_parts: points times weight.
        scores: the sum of both parts.
        effective: each side's real influence.
    """

    method: str
    weights: Weights
    expert: Side
    votes: Side
    expert_parts: tuple[Fraction, ...]
    vote_parts: tuple[Fraction, ...]
    scores: tuple[Fraction, ...]
    effective: EffectiveWeights


def blend(
    rules: BlendRules, expert: Sequence[Fraction], votes: Sequence[int], max_score: int
) -> Blend:
    """Scale and blend at least one entry.

    Args:
        rules: method and weights.
        expert: expert mean of each entry, 0 to ``max_score``.
        votes: votes of each entry in the same order, 0 or more.
        max_score: the highest possible expert score.
    """
    expert_side, vote_side = scale(rules.method, expert, votes, max_score)
    expert_parts = tuple(rules.weights.expert * points for points in expert_side.points)
    vote_parts = tuple(rules.weights.votes * points for points in vote_side.points)
    return Blend(
        rules.method,
        rules.weights,
        expert_side,
        vote_side,
        expert_parts,
        vote_parts,
        tuple(left + right for left, right in zip(expert_parts, vote_parts, strict=True)),
        effective_weights(expert_parts, vote_parts),
    )


def effective_weights(
    expert_parts: Sequence[Fraction], vote_parts: Sequence[Fraction]
) -> EffectiveWeights:
    """Each side's share of the variance of the blended score; see ``EffectiveWeights``."""
    scores = [left + right for left, right in zip(expert_parts, vote_parts, strict=True)]
    spread = variance(scores)
    if not spread:
        return EffectiveWeights(None, None)
    return EffectiveWeights(
        covariance(expert_parts, scores) / spread, covariance(vote_parts, scores) / spread
    )
