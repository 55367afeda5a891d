"""The experts' half of a simulated contest; everything in it is invented and says so."""

from dataclasses import dataclass

from voting.contest.commitments import SheetOpening, commitments_root, seal_sheet
from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Title
from voting.contest.panel import Judge
from voting.contest.rules import ContestRules
from voting.crypto.randomness import Rng
from voting.simulate.plan import Plan

JUDGES = 5


@dataclass(frozen=True, slots=True)
class Experts:
    """Judges with the sheets they will seal; none for a poll without experts of its own."""

    panel: tuple[Judge, ...]
    sheets: tuple[ScoreSheet, ...]

    def seal(self, draft: bytes, rng: Rng) -> tuple[tuple[bytes, ...], tuple[SheetOpening, ...]]:
        """Commitments, and the openings that stay secret until the deadline."""
        sealed = [seal_sheet(draft, e, sheet, rng) for e, sheet in enumerate(self.sheets)]
        return tuple(one for one, _ in sealed), tuple(opening for _, opening in sealed)


def simulated_entries(plan: Plan) -> tuple[Entry, ...]:
    """One invented entry per option, in order of their ids."""
    return tuple(
        Entry(
            f"case-{i:02d}",
            Title(f"[시험] 사례 {i}", f"[test] case {i}"),
            f"[시험] 기관 {i}",
            synthetic=True,
        )
        for i in range(1, plan.options + 1)
    )


def simulated_experts(plan: Plan, rules: ContestRules, entries: tuple[Entry, ...]) -> Experts:
    """Judges of no agency, whose scores follow from the seed."""
    panel = tuple(Judge(f"judge-{e}") for e in range(1, JUDGES + 1))
    return Experts(panel, tuple(_sheet(plan, rules, judge, entries) for judge in panel))


def _sheet(plan: Plan, rules: ContestRules, judge: Judge, entries: tuple[Entry, ...]) -> ScoreSheet:
    judging = rules.judging
    marks = {
        entry.id: {
            criterion.id: plan.draw(
                f"score/{judge.id}/{entry.id}/{criterion.id}", judging.max_score + 1
            )
            for criterion in judging.criteria
        }
        for entry in entries
    }
    return ScoreSheet(judge.id, marks)


NO_EXPERTS = Experts((), ())

PLACEHOLDER_ROOT = commitments_root([bytes(32)])
"""Stands in a draft, whose hash leaves the root out, until the experts have sealed."""
