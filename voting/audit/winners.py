"""Who won, as far as an audited record says so."""

from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.encoding import Json
from voting.contest.naming import Title
from voting.contest.outcome import NOTHING, VOTES_ONLY, Outcome
from voting.contest.poll_counts import PollCounts
from voting.contest.result import Result
from voting.poll.definition import PollDefinition

FIRST_RANK: Final = 1


@dataclass(frozen=True, slots=True)
class Winner:
    """One option; ``votes`` is None where nothing was counted."""

    option: str
    title: Title
    votes: int | None

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"option": self.option, "title": self.title.to_json(), "votes": self.votes}


@dataclass(frozen=True, slots=True)
class Winners:
    """Who came first: several where they are level, nobody where nothing was decided.

    Args:
        experts: whether the poll has experts, who decide with the voters.
        basis: what decided, one of the bases of a contest's result.
        first: in the order of their ids.
        most_voted: who has most votes; differs from ``first`` where experts decide with voters.
        votes: all votes together; None where nothing was counted.
        decided: what experts and votes made of it under the method of the rules; None without
            experts or ranking.
    """

    experts: bool
    basis: str
    first: tuple[Winner, ...]
    most_voted: tuple[Winner, ...]
    votes: int | None
    decided: Outcome | None = None

    def to_json(self) -> dict[str, Json]:
        """All members; of the outcome the influence of both sides."""
        blend = None if self.decided is None else self.decided.blend
        return {
            "influence": None if blend is None else blend.effective.to_json(),
            "weights": None if blend is None else blend.weights.to_json(),
            "experts": self.experts,
            "basis": self.basis,
            "first": [one.to_json() for one in self.first],
            "most_voted": [one.to_json() for one in self.most_voted],
            "votes": self.votes,
        }

    @classmethod
    def of(
        cls, definition: PollDefinition, counts: PollCounts | None, result: Result | None
    ) -> Self:
        """What counts, and a result where there are experts, say of the poll's options."""
        titles = {option.id: option.title for option in definition.options}
        votes = dict(counts.votes) if counts is not None else {}
        most = max(votes.values(), default=0)
        leading = [option for option in titles if most and votes.get(option) == most]
        chosen = None if result is None else result.chosen
        first, basis = leading, NOTHING if counts is None else VOTES_ONLY
        if result is not None:
            basis = result.standing.basis
            places = () if chosen is None else chosen.places
            first = [place.entry for place in places if place.rank == FIRST_RANK]

        def winners(options: list[str]) -> tuple[Winner, ...]:
            return tuple(Winner(one, titles[one], votes.get(one)) for one in sorted(options))

        total = None if counts is None else counts.total
        experts = definition.contest is not None
        return cls(experts, basis, winners(first), winners(leading), total, chosen)
