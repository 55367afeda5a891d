"""Expert scores: the mean over the judges of each judge's weighted criteria, as exact fractions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from contracts.evidence.encoding import Json
from voting.contest.criteria import JudgingRules
from voting.contest.entries import Entry
from voting.contest.figures import figure, mean
from voting.contest.judging import AdmittedSheet, LeftOut, ScoreSheet, admit_sheets
from voting.contest.panel import Judge

TRIM_FROM_JUDGES: Final = 5
VOID_SHEETS: Final = "expert.too_few_sheets"
VOID_SCORES: Final = "expert.too_few_scores"


@dataclass(frozen=True, slots=True)
class JudgeFigure:
    """What one judge's marks on one case come to, from 0 to the highest score."""

    judge: str
    weighted: Fraction
    tie: Fraction

    def to_json(self) -> dict[str, Json]:
        """All figures, exact and shown."""
        return {
            "judge": self.judge,
            "weighted": figure(self.weighted),
            "tie_criterion": figure(self.tie),
        }


@dataclass(frozen=True, slots=True)
class ExpertScore:
    """The experts' view of one case.

    Args:
        entry: the case's id.
        judges: everybody who scored it, in the order of the panel.
        trimmed: whether the lowest and the highest figure were left out of both means.
        mean: expert score, the mean of the weighted figures.
        utility: the mean of the criterion that decides ties.
    """

    entry: str
    judges: tuple[JudgeFigure, ...]
    trimmed: bool
    mean: Fraction
    utility: Fraction

    def to_json(self) -> dict[str, Json]:
        """All figures, exact and shown."""
        return {
            "entry": self.entry,
            "judges": [judge.to_json() for judge in self.judges],
            "trimmed": self.trimmed,
            "mean": figure(self.mean),
            "tie_criterion_mean": figure(self.utility),
        }


@dataclass(frozen=True, slots=True)
class ExpertPart:
    """All expert scores, or the reason why there are none.

    Args:
        scores: in the order of the entries' ids; empty if the part is void.
        left_out: judges without a countable sheet.
        void: None, ``VOID_SHEETS`` or ``VOID_SCORES``.
    """

    scores: tuple[ExpertScore, ...]
    left_out: tuple[LeftOut, ...]
    void: str | None

    def to_json(self) -> dict[str, Json]:
        """All figures, and who was left out why."""
        return {
            "scores": [score.to_json() for score in self.scores],
            "left_out": [judge.to_json() for judge in self.left_out],
            "void": self.void,
        }


def score_entries(
    rules: JudgingRules,
    entries: Sequence[Entry],
    panel: Sequence[Judge],
    sheets: Sequence[ScoreSheet],
) -> ExpertPart:
    """Turn the opened sheets of a panel into expert scores.

    Args:
        rules: weights, trimming and the least numbers of sheets and scores.
        entries: checked and in order (``check_entries``).
        panel: the fixed list of judges.
        sheets: those that were opened; a panel member without one is left out by rule.

    Raises:
        PanelError: sheets that are not at most one for each judge of the panel.
    """
    admitted, left_out = admit_sheets(rules, entries, panel, sheets)
    if len(admitted) < rules.min_sheets:
        return ExpertPart((), left_out, VOID_SHEETS)
    figures = [(entry.id, _figures(rules, entry, admitted)) for entry in entries]
    if any(len(judges) < rules.min_scores for _, judges in figures):
        return ExpertPart((), left_out, VOID_SCORES)
    scores = tuple(_score(rules, entry, judges) for entry, judges in figures)
    return ExpertPart(scores, left_out, None)


def trimmed_mean(values: Sequence[Fraction], *, trimming: bool) -> Fraction:
    """The mean, without one lowest and one highest value if asked for and there are five or more.

    Each figure is trimmed by its own values (the weighted score and the tie criterion may lose
    different judges), so the result never depends on which of two equal judges is left out.
    """
    if trimming and len(values) >= TRIM_FROM_JUDGES:
        return mean(sorted(values)[1:-1])
    return mean(values)


def _figures(
    rules: JudgingRules, entry: Entry, admitted: Sequence[AdmittedSheet]
) -> tuple[JudgeFigure, ...]:
    total = sum(criterion.weight for criterion in rules.criteria)
    figures: list[JudgeFigure] = []
    for paper in admitted:
        marks = paper.sheet.marks.get(entry.id)
        if marks is not None:
            points = sum(criterion.weight * marks[criterion.id] for criterion in rules.criteria)
            tie = Fraction(marks[rules.tie_criterion])
            figures.append(JudgeFigure(paper.judge.id, Fraction(points, total), tie))
    return tuple(figures)


def _score(rules: JudgingRules, entry: str, judges: tuple[JudgeFigure, ...]) -> ExpertScore:
    return ExpertScore(
        entry,
        judges,
        rules.trimming and len(judges) >= TRIM_FROM_JUDGES,
        trimmed_mean([judge.weighted for judge in judges], trimming=rules.trimming),
        trimmed_mean([judge.tie for judge in judges], trimming=rules.trimming),
    )
