"""Ranks: the highest score first, ties broken by stated rules, and the rest shared."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from contracts.evidence.encoding import Json

BY_SCORE: Final = "score"
BY_VOTES: Final = "votes"
BY_EXPERT: Final = "expert"
BY_UTILITY: Final = "utility"
SHARED: Final = "shared"
TIE_RULES: Final = (BY_VOTES, BY_EXPERT, BY_UTILITY)


@dataclass(frozen=True, slots=True)
class Contender:
    """One entry with the figure it is ranked by and those that decide ties.

    A side that does not count (a void expert part, a poll without result) is 0 for everybody, so
    that it decides nothing.
    """

    entry: str
    score: Fraction
    votes: int
    expert: Fraction
    utility: Fraction


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry came.

    Args:
        entry: its id.
        rank: 1-based; one more than the number of entries ahead, so shared ranks skip the next.
        reason: what decided this rank: ``score``, the tie rule that singled the entry out of all
            with the same score (``votes``, ``expert``, ``utility``), or ``shared``.
        tied_with: ids of the other entries with exactly the same score.
    """

    entry: str
    rank: int
    reason: str
    tied_with: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "entry": self.entry,
            "rank": self.rank,
            "reason": self.reason,
            "tied_with": list[Json](self.tied_with),
        }


def rank(contenders: Sequence[Contender], ties: Sequence[str]) -> tuple[Place, ...]:
    """Rank by score; among equal scores apply the tie rules in their order.

    Args:
        contenders: with distinct ids, in any order.
        ties: rules out of ``TIE_RULES``, the first one first.

    Returns:
        Places by rank, and by id among those that share one.
    """
    places: list[Place] = []
    for tied in _split(contenders, _FIGURES[BY_SCORE]):
        for group, reason in _separate(tied, ties, BY_SCORE):
            ahead = len(places)
            for one in sorted(group, key=lambda contender: contender.entry):
                others = tuple(sorted(other.entry for other in tied if other is not one))
                places.append(Place(one.entry, ahead + 1, reason, others))
    return tuple(places)


_FIGURES: Final[Mapping[str, Callable[[Contender], Fraction]]] = {
    BY_SCORE: lambda contender: contender.score,
    BY_VOTES: lambda contender: Fraction(contender.votes),
    BY_EXPERT: lambda contender: contender.expert,
    BY_UTILITY: lambda contender: contender.utility,
}


def _separate(
    tied: Sequence[Contender], ties: Sequence[str], reason: str
) -> Iterator[tuple[Sequence[Contender], str]]:
    """Yield ever smaller groups in order, each with the rule that singled it out last."""
    if len(tied) == 1:
        yield tied, reason
    elif not ties:
        yield tied, SHARED
    else:
        for part in _split(tied, _FIGURES[ties[0]]):
            yield from _separate(part, ties[1:], ties[0])


def _split(
    contenders: Sequence[Contender], figure: Callable[[Contender], Fraction]
) -> list[list[Contender]]:
    groups: dict[Fraction, list[Contender]] = {}
    for contender in contenders:
        groups.setdefault(figure(contender), []).append(contender)
    return [groups[value] for value in sorted(groups, reverse=True)]
