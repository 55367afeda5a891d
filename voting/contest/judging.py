"""Score sheets: what one holds, and when it is admitted.

A sheet that breaks the rules is left out, with the reason recorded, exactly like one that was never
opened: a single judge can spoil the own sheet but never block the result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical
from voting.contest.criteria import JudgingRules
from voting.contest.entries import MAX_ENTRIES, Entry
from voting.contest.figures import in_range
from voting.contest.naming import version_of
from voting.contest.panel import Judge, check_panel
from voting.errors import (
    ConflictOfInterestError,
    PanelError,
    SheetCoverageError,
    SheetError,
    SheetScoreError,
)

NOT_OPENED: Final = "sheet.not_opened"


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """What one judge hands in, as claimed: nothing is checked before ``admit``.

    Args:
        judge: the judge's id.
        marks: for each case that is scored, the score for each criterion.
        abstained: cases the judge leaves to the others.
    """

    judge: str
    marks: Mapping[str, Mapping[str, int]]
    abstained: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        frozen = {entry: MappingProxyType(dict(marks)) for entry, marks in self.marks.items()}
        object.__setattr__(self, "marks", MappingProxyType(frozen))

    def narrowed(self, entries: Sequence[Entry]) -> "ScoreSheet":
        """The part of a sheet that concerns some entries, as when a round's scores are kept."""
        kept = {entry.id for entry in entries}
        marks = {entry: marks for entry, marks in self.marks.items() if entry in kept}
        return ScoreSheet(self.judge, marks, self.abstained & kept)

    def to_json(self) -> dict[str, Json]:
        """The document that is committed to and later opened."""
        return {
            "version": version_of("sheet"),
            "judge": self.judge,
            "marks": {entry: dict(marks) for entry, marks in self.marks.items()},
            "abstained": list[Json](sorted(self.abstained)),
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``, strictly: one sheet has one canonical form.

        Raises:
            EncodingError: another version, unknown or missing members, wrong types, or text that
                is not in NFC.
            SheetCoverageError: too many entries, or abstentions repeated or not in order.
        """
        canonical(value)
        part = Document.of(value, "sheet")
        part.version(version_of("sheet"))
        judge, marks = part.text("judge"), _read_marks(part.document("marks"))
        abstained = part.values("abstained", MAX_ENTRIES)
        part.close()
        sheet = cls(judge, marks, frozenset(item for item in abstained if isinstance(item, str)))
        if sheet.to_json()["abstained"] != abstained:
            raise SheetCoverageError("abstentions are entry ids in ascending order, each once")
        return sheet


@dataclass(frozen=True, slots=True)
class AdmittedSheet:
    """A sheet that was checked against its judge, the entries and the rules."""

    judge: Judge
    sheet: ScoreSheet


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A judge without a countable sheet; ``reason`` is ``NOT_OPENED`` or a sheet error's code."""

    judge: str
    reason: str

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"judge": self.judge, "reason": self.reason}


def admit(
    rules: JudgingRules, entries: Sequence[Entry], judge: Judge, sheet: ScoreSheet
) -> AdmittedSheet:
    """Check one sheet against its judge, the entries and the rules.

    Raises:
        PanelError: the sheet is another judge's.
        SheetCoverageError: not every entry either scored or abstained on, or an unknown one.
        SheetScoreError: not exactly one integer in range for each criterion.
        ConflictOfInterestError: a case of the judge's own agency is scored.
    """
    if sheet.judge != judge.id:
        raise PanelError("a sheet carries the id of another judge")
    scored = set(sheet.marks)
    if scored & sheet.abstained or scored | sheet.abstained != {entry.id for entry in entries}:
        raise SheetCoverageError("each entry is either scored or abstained on, and no other")
    for marks in sheet.marks.values():
        _check_marks(rules, marks)
    for entry in entries:
        if judge.agency is not None and entry.agency == judge.agency and entry.id in scored:
            raise ConflictOfInterestError(f"{judge.id} must abstain on {entry.id}: own agency")
    return AdmittedSheet(judge, sheet)


def admit_sheets(
    rules: JudgingRules,
    entries: Sequence[Entry],
    panel: Sequence[Judge],
    sheets: Sequence[ScoreSheet],
) -> tuple[tuple[AdmittedSheet, ...], tuple[LeftOut, ...]]:
    """Sort a panel's opened sheets into those that count and those left out by rule.

    Returns:
        Admitted sheets and left-out judges, each in the order of the panel.

    Raises:
        PanelError: two sheets of one judge, or a sheet of somebody not on the panel.
    """
    opened = {sheet.judge: sheet for sheet in sheets}
    if len(opened) != len(sheets) or not opened.keys() <= {judge.id for judge in panel}:
        raise PanelError("sheets are at most one for each judge of the panel")
    admitted: list[AdmittedSheet] = []
    left_out: list[LeftOut] = []
    for judge in check_panel(panel):
        try:
            if judge.id in opened:
                admitted.append(admit(rules, entries, judge, opened[judge.id]))
            else:
                left_out.append(LeftOut(judge.id, NOT_OPENED))
        except SheetError as error:
            left_out.append(LeftOut(judge.id, error.code))
    return tuple(admitted), tuple(left_out)


def _check_marks(rules: JudgingRules, marks: Mapping[str, int]) -> None:
    if set(marks) != {criterion.id for criterion in rules.criteria}:
        raise SheetScoreError("a scored case has exactly one score for each criterion")
    if not all(in_range(score, 0, rules.max_score) for score in marks.values()):
        raise SheetScoreError(f"scores are whole numbers from 0 to {rules.max_score}")


def _read_marks(part: Document) -> dict[str, dict[str, int]]:
    """Types and counts only; ranges are left to ``admit``, so that a bad sheet is left out."""
    if len(part.names()) > MAX_ENTRIES:
        raise SheetCoverageError(f"a sheet scores at most {MAX_ENTRIES} entries")
    marks: dict[str, dict[str, int]] = {}
    for entry in part.names():
        scores = part.document(entry)
        marks[entry] = {name: scores.integer(name) for name in scores.names()}
    return marks
