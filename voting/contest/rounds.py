"""Expert rounds before the poll: 72 entries -> paper -> 18 -> interview -> 9 finalists.

Ranked by expert mean, then by the mean of the tie criterion. Whoever still equals the last entry
that advances, advances as well and is named in ``by_tie``: nobody is dropped by an order of names
or by lot, and a round may therefore send on more entries than planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.evidence.encoding import Json, canonical, tagged_hash
from voting.contest.criteria import JudgingRules
from voting.contest.entries import Entry, Round, check_entries, entries_hash
from voting.contest.judging import ScoreSheet
from voting.contest.naming import version_of
from voting.contest.panel import Judge
from voting.contest.ranking import BY_UTILITY, Contender, Place, rank
from voting.contest.scoring import ExpertPart, score_entries
from voting.errors import RoundError


@dataclass(frozen=True, slots=True)
class Advancement:
    """The outcome of a round.

    Args:
        round: what was to be decided.
        taken: the entries that took part, in order of their ids.
        expert: all scores.
        places: all entries by rank; scores are those of ``expert``.
        advanced: those that go on, in order of their ids.
        by_tie: ids among ``advanced`` that share the rank on the cut-off line, if more entries
            share it than places were left; empty otherwise.
    """

    round: Round
    taken: tuple[Entry, ...]
    expert: ExpertPart
    places: tuple[Place, ...]
    advanced: tuple[Entry, ...]
    by_tie: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """The document that is published for a round."""
        return {
            "version": version_of("advancement"),
            "round": self.round.to_json(),
            "entries_hash": entries_hash(self.taken).hex(),
            "expert": self.expert.to_json(),
            "places": [place.to_json() for place in self.places],
            "advanced": [entry.id for entry in self.advanced],
            "by_tie": list[Json](self.by_tie),
        }

    def advancement_hash(self) -> bytes:
        """32 bytes that stand for the outcome and every figure behind it."""
        return tagged_hash(version_of("advancement"), canonical(self.to_json()))


def advance(
    rules: JudgingRules,
    this: Round,
    entries: Sequence[Entry],
    panel: Sequence[Judge],
    sheets: Sequence[ScoreSheet],
) -> Advancement:
    """Decide a round from its sheets.

    Raises:
        EntriesError: no entries, too many, or two with one id.
        PanelError: a malformed panel, or sheets of others.
        RoundError: too few sheets or scores; the organiser has to collect more.
    """
    taken = check_entries(entries)
    expert = score_entries(rules, taken, panel, sheets)
    if expert.void is not None:
        raise RoundError(f"round {this.id} cannot be decided: {expert.void}")
    places = rank(
        [
            Contender(score.entry, score.mean, 0, score.mean, score.utility)
            for score in expert.scores
        ],
        (BY_UTILITY,),
    )
    chosen = {place.entry for place in places if place.rank <= this.advance}
    advanced = tuple(entry for entry in taken if entry.id in chosen)
    return Advancement(this, taken, expert, places, advanced, _by_tie(this, places))


def _by_tie(this: Round, places: Sequence[Place]) -> tuple[str, ...]:
    inside = [place for place in places if place.rank <= this.advance]
    if len(inside) <= this.advance:
        return ()
    return tuple(place.entry for place in inside if place.rank == inside[-1].rank)
