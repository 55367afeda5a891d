"""What one blend method makes of a contest: every figure, the ranking and the prizes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from contracts.evidence.encoding import Json
from voting.contest.awards import NEEDS_DECISION, Awards, award
from voting.contest.blend import Blend, BlendRules, Weights, blend
from voting.contest.entries import Entry
from voting.contest.figures import figure
from voting.contest.naming import Edition
from voting.contest.notices import (
    DECISION_NEEDED,
    INFLUENCE_DIFFERS,
    NO_INFLUENCE,
    RANK_SHARED,
    RAW_SHARE_WARNING,
    Notice,
)
from voting.contest.poll_counts import PollCounts
from voting.contest.ranking import SHARED, Contender, Place, rank
from voting.contest.rules import ContestRules
from voting.contest.scaling import METHODS, RAW_SHARE
from voting.contest.scoring import ExpertPart

BLENDED: Final = "blended"
EXPERT_ONLY: Final = "expert_only"
VOTES_ONLY: Final = "votes_only"
NOTHING: Final = "none"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One method's result.

    Args:
        blend: figures of each entry, in the order of ``entries``.
        entries: ids, ascending.
        places: the ranking, best first.
        awards: in the order of ``places``.
        notices: what must be told about this method's result.
    """

    blend: Blend
    entries: tuple[str, ...]
    places: tuple[Place, ...]
    awards: Awards
    notices: tuple[Notice, ...]

    def to_json(self) -> dict[str, Json]:
        """Every figure, in the order of the ranking."""
        return {
            "method": self.blend.method,
            "weights": self.blend.weights.to_json(),
            "expert_basis": self.blend.expert.basis_json(),
            "vote_basis": self.blend.votes.basis_json(),
            "effective_weights": self.blend.effective.to_json(),
            "ranking": [place.to_json() | self._figures(place.entry) for place in self.places],
            "prizes": self.awards.to_json(),
            "notices": [notice.to_json() for notice in self.notices],
        }

    def _figures(self, entry: str) -> dict[str, Json]:
        index = self.entries.index(entry)
        return {
            "expert_points": figure(self.blend.expert.points[index]),
            "vote_points": figure(self.blend.votes.points[index]),
            "expert_part": figure(self.blend.expert_parts[index]),
            "vote_part": figure(self.blend.vote_parts[index]),
            "score": figure(self.blend.scores[index]),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures that a contest is decided by; a part that does not count is None.

    Args:
        entries: checked and in order.
        expert: expert scores in the same order, not void; or None.
        poll: counts for exactly these entries; or None.
    """

    entries: tuple[Entry, ...]
    expert: ExpertPart | None
    poll: PollCounts | None

    @property
    def basis(self) -> str:
        """Which parts count."""
        if self.expert is None:
            return NOTHING if self.poll is None else VOTES_ONLY
        return EXPERT_ONLY if self.poll is None else BLENDED


def outcomes(rules: ContestRules, standing: Standing) -> tuple[Outcome, ...]:
    """The outcome under every method, in the order of ``METHODS``; empty if nothing counts.

    If only one part counts it has the whole weight, and the other is 0 for every entry: it neither
    adds points nor decides ties.
    """
    if standing.basis == NOTHING:
        return ()
    weights = {
        BLENDED: rules.blend.weights,
        EXPERT_ONLY: Weights(Fraction(1), Fraction(0)),
        VOTES_ONLY: Weights(Fraction(0), Fraction(1)),
    }[standing.basis]
    return tuple(_outcome(rules, standing, BlendRules(method, weights)) for method in METHODS)


def _outcome(rules: ContestRules, standing: Standing, method: BlendRules) -> Outcome:
    contenders = _contenders(standing)
    figures = blend(
        method,
        [contender.expert for contender in contenders],
        [contender.votes for contender in contenders],
        rules.judging.max_score,
    )
    scored = [
        replace(contender, score=score)
        for contender, score in zip(contenders, figures.scores, strict=True)
    ]
    places = rank(scored, rules.ties)
    allowed = {entry.id: entry.money_allowed for entry in standing.entries}
    awards = award(rules.tiers, places, allowed)
    ids = tuple(entry.id for entry in standing.entries)
    return Outcome(figures, ids, places, awards, _notices(rules.edition, figures, places, awards))


def _contenders(standing: Standing) -> list[Contender]:
    """The figures of every entry, before a method has given it a score."""
    zero = Fraction(0)
    scores = {} if standing.expert is None else {one.entry: one for one in standing.expert.scores}
    votes = {} if standing.poll is None else standing.poll.votes
    return [
        Contender(
            entry=entry.id,
            score=zero,
            votes=votes.get(entry.id, 0),
            expert=scores[entry.id].mean if scores else zero,
            utility=scores[entry.id].utility if scores else zero,
        )
        for entry in standing.entries
    ]


def _notices(
    edition: Edition, figures: Blend, places: Sequence[Place], awards: Awards
) -> tuple[Notice, ...]:
    shared = tuple(place.entry for place in places if place.reason == SHARED)
    undecided = tuple(one.entry for one in awards.awards if one.outcome == NEEDS_DECISION)
    first, effective = edition is Edition.FIRST, figures.effective
    notices: dict[str, tuple[bool, tuple[str, ...]]] = {
        RAW_SHARE_WARNING: (first and figures.method == RAW_SHARE, ()),
        NO_INFLUENCE: (not first and effective.expert is None, ()),
        INFLUENCE_DIFFERS: (not first and effective.differ_from(figures.weights), ()),
        RANK_SHARED: (bool(shared), shared),
        DECISION_NEEDED: (bool(undecided), undecided),
    }
    return tuple(Notice(code, about) for code, (given, about) in notices.items() if given)
