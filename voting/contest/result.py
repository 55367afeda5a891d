"""The one function that decides a contest, and the document everybody can recompute.

The document holds every figure as an exact ``n/d`` text beside the two decimals that are shown, in
an order that depends on nothing but the inputs: an auditor calls ``decide`` with the published
inputs and compares bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from contracts.evidence.encoding import Json, canonical, tagged_hash
from voting.contest.awards import Award
from voting.contest.entries import Entry, check_entries
from voting.contest.figures import figure
from voting.contest.inputs import Inputs, inputs_of
from voting.contest.judging import ScoreSheet
from voting.contest.naming import version_of
from voting.contest.notices import (
    BELOW_FLOOR,
    EXPERT_NO_SPREAD,
    NO_POLL,
    NO_RESULT,
    NO_VOTES,
    SHEETS_LEFT_OUT,
    VOTES_NO_SPREAD,
    Notice,
)
from voting.contest.outcome import NOTHING, Outcome, Standing, outcomes
from voting.contest.panel import Judge
from voting.contest.poll_counts import PollCounts
from voting.contest.ranking import Place
from voting.contest.rules import ContestRules
from voting.contest.scoring import ExpertPart, score_entries


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """One line of the table that shows what other methods would have given an entry.

    Args:
        entry: its id.
        places: its place under each method, in the order of ``METHODS``.
        awards: what it would get under each method, in the same order.
    """

    entry: str
    places: tuple[Place, ...]
    awards: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A decided contest.

    Args:
        rules: as frozen before voting.
        inputs: hashes of everything that went in.
        standing: the parts that count; ``standing.basis`` says which.
        expert: the experts' figures, also where they are void.
        poll: the counts, also where they do not count; None for a poll without result.
        outcomes: under every method, in the order of ``METHODS``; empty if there is no ranking.
        notices: what must be told whatever the method.
    """

    rules: ContestRules
    inputs: Inputs
    standing: Standing
    expert: ExpertPart
    poll: PollCounts | None
    outcomes: tuple[Outcome, ...]
    notices: tuple[Notice, ...]

    @property
    def chosen(self) -> Outcome | None:
        """The outcome under the method of the rules: THE result; None if nothing counts."""
        method = self.rules.blend.method
        return next((one for one in self.outcomes if one.blend.method == method), None)

    def sensitivity(self) -> tuple[SensitivityRow, ...]:
        """The ranking under every method side by side, in the order of the result."""
        if self.chosen is None:
            return ()
        return tuple(self._row(place.entry) for place in self.chosen.places)

    def _row(self, entry: str) -> SensitivityRow:
        pairs = [
            (place, award)
            for one in self.outcomes
            for place, award in zip(one.places, one.awards.awards, strict=True)
            if place.entry == entry
        ]
        return SensitivityRow(
            entry, tuple(place for place, _ in pairs), tuple(award for _, award in pairs)
        )

    def to_json(self) -> dict[str, Json]:
        """The document that is published; ``outcomes`` is also the sensitivity table."""
        return {
            "version": version_of("result", self.rules.edition),
            "inputs": self.inputs.to_json(),
            "basis": self.standing.basis,
            "method": self.rules.blend.method,
            "weights": self.rules.blend.weights.to_json(),
            "entries": [entry.to_json() for entry in self.standing.entries],
            "expert": self.expert.to_json(),
            "poll": None if self.poll is None else _poll_figures(self.poll),
            "outcomes": [one.to_json() for one in self.outcomes],
            "notices": [notice.to_json() for notice in self.notices],
        }

    def to_bytes(self) -> bytes:
        """The canonical form that is published, hashed and compared."""
        return canonical(self.to_json())

    def result_hash(self) -> bytes:
        """32 bytes that stand for every figure of the result; anchored on publication."""
        return tagged_hash(version_of("result", self.rules.edition), self.to_bytes())


def decide(
    rules: ContestRules,
    entries: Sequence[Entry],
    panel: Sequence[Judge],
    sheets: Sequence[ScoreSheet],
    poll: PollCounts | None,
) -> Result:
    """Decide a contest.

    Args:
        rules: as frozen before voting opened.
        entries: the finalists, in any order.
        panel: the fixed list of judges.
        sheets: those opened (``open_sheet``), in any order; a judge without one is left out.
        poll: the decrypted counts, or None for a poll that closed without result.

    Returns:
        A ranking where at least one part counts: fewer than ``min_sheets`` countable sheets void
        the experts' part, no result or a missed turnout floor the poll's. Each is told in a notice.

    Raises:
        EncodingError: a sheet without canonical form, which nobody can have committed to.
        EntriesError: no entries, too many, or two with one id.
        PanelError: a malformed panel, or sheets that are not at most one for each of its judges.
        PollCountsError: counts for other entries.

    Not checked: commitments to the sheets, and how the poll was counted.
    """
    finalists = check_entries(entries)
    expert = score_entries(rules.judging, finalists, panel, sheets)
    if poll is not None:
        poll.check_entries(finalists)
    standing = Standing(
        finalists,
        expert if expert.void is None else None,
        poll if poll is not None and _reaches_floor(rules, poll) else None,
    )
    return Result(
        rules,
        inputs_of(rules, finalists, panel, sheets, poll),
        standing,
        expert,
        poll,
        outcomes(rules, standing),
        _notices(standing, expert, poll),
    )


def _reaches_floor(rules: ContestRules, poll: PollCounts) -> bool:
    return rules.turnout_floor is None or poll.voters >= rules.turnout_floor


def _notices(standing: Standing, expert: ExpertPart, poll: PollCounts | None) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if expert.left_out:
        notices.append(Notice(SHEETS_LEFT_OUT, tuple(one.judge for one in expert.left_out)))
    if expert.void is not None:
        notices.append(Notice(expert.void))
    elif len({score.mean for score in expert.scores}) == 1:
        notices.append(Notice(EXPERT_NO_SPREAD))
    notices += _poll_notices(standing, poll)
    if standing.basis == NOTHING:
        notices.append(Notice(NO_RESULT))
    return tuple(notices)


def _poll_notices(standing: Standing, poll: PollCounts | None) -> list[Notice]:
    if poll is None:
        return [Notice(NO_POLL)]
    if standing.poll is None:
        return [Notice(BELOW_FLOOR)]
    if not poll.total:
        return [Notice(NO_VOTES)]
    return [Notice(VOTES_NO_SPREAD)] if len(set(poll.votes.values())) == 1 else []


def _poll_figures(poll: PollCounts) -> Json:
    """Votes and, where there are any, their share in percent."""
    total = poll.total
    shares: dict[str, Json] = {
        entry: figure(Fraction(100 * count, total)) if total else None
        for entry, count in poll.votes.items()
    }
    votes: dict[str, Json] = dict(poll.votes)
    return {"voters": poll.voters, "total": total, "votes": votes, "share_percent": shares}
