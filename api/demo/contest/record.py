"""One contest's files in the folder, and how they are read back."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.demo.errors import FolderError
from api.demo.folder import Folder
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, evidence_hash, format_time
from contracts.evidence.errors import EncodingError
from voting.contest.commitments import SheetOpening
from voting.contest.entries import Entry, entries_from_json
from voting.contest.judging import ScoreSheet
from voting.contest.panel import MAX_JUDGES, Judge, panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.rules import ContestRules

DEFINITION_VERSION: Final = "dojang-contest-definition-v1"
BALLOTS_HEADER: Final = "dojang-demo-ballots-v1 synthetic"
MAX_BALLOTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Definition:
    """What is frozen before the poll opens: hashes of the inputs, and the poll's parameters."""

    year: str
    rules: bytes
    entries: bytes
    panel: bytes
    opens: datetime
    closes: datetime
    choices: int

    def to_json(self) -> dict[str, Json]:
        """The document that is anchored."""
        return {
            "version": DEFINITION_VERSION,
            "year": self.year,
            "rules": self.rules.hex(),
            "entries": self.entries.hex(),
            "panel": self.panel.hex(),
            "opens": format_time(self.opens),
            "closes": format_time(self.closes),
            "choices": self.choices,
        }

    @classmethod
    def from_json(cls, value: Json) -> "Definition":
        """The inverse of ``to_json``; raises ``EncodingError`` for anything else."""
        part = Document.of(value, "definition")
        part.version(DEFINITION_VERSION)
        definition = cls(
            part.text("year"),
            part.hash("rules"),
            part.hash("entries"),
            part.hash("panel"),
            part.time("opens"),
            part.time("closes"),
            part.integer("choices", 1, 100),
        )
        part.close()
        return definition

    def draft_id(self) -> bytes:
        """What the experts' commitments are bound to, 32 bytes."""
        return evidence_hash("contest-definition", canonical(self.to_json()))


@dataclass(frozen=True, slots=True)
class ContestRecord:
    """Readers for the files of one year. Each raises the error of what it parses."""

    folder: Folder
    year: str

    def path(self, name: str) -> str:
        """The path of one of this year's files."""
        return f"{self.year}/{name}"

    def json(self, name: str) -> Json:
        """One of this year's JSON files."""
        return self.folder.read_json(self.path(name))

    def definition(self) -> Definition:
        """The frozen definition."""
        return Definition.from_json(self.json("definition.json"))

    def rules(self) -> ContestRules:
        """The frozen rules."""
        return ContestRules.from_json(self.json("rules.json"))

    def entries(self) -> tuple[Entry, ...]:
        """All cases handed in."""
        return entries_from_json(self.json("entries.json"))

    def panel(self) -> tuple[Judge, ...]:
        """The judges."""
        return panel_from_json(self.json("panel.json"))

    def sheets(self, occasion: str) -> list[ScoreSheet]:
        """The sheets of a round, which are open at once."""
        values = _list(self.json(f"rounds/{occasion}/sheets.json"), "sheets", MAX_JUDGES)
        return [ScoreSheet.from_json(value) for value in values]

    def commitments(self) -> list[bytes]:
        """The experts' commitments to the final sheets, in the order of the panel."""
        part = Document.of(self.json("final/commitments.json"), "commitments")
        values = part.items("commitments", lambda item: item.hash("commitment"), MAX_JUDGES)
        part.close()
        return values

    def openings(self) -> list[SheetOpening]:
        """What the experts opened after closing."""
        values = _list(self.json("final/openings.json"), "openings", MAX_JUDGES)
        return [SheetOpening.from_json(value) for value in values]

    def ballots(self) -> list[tuple[str, ...]]:
        """The synthetic ballots: choices by entry id, sorted."""
        return read_ballots(self.folder.read(self.path("ballots.txt")))

    def counts(self) -> PollCounts:
        """The counts as published."""
        return PollCounts.from_json(self.json("counts.json"))


def write_ballots(ballots: list[tuple[str, ...]]) -> bytes:
    """A header and one line of choices a ballot."""
    lines = [BALLOTS_HEADER, *(" ".join(ballot) for ballot in ballots), ""]
    return "\n".join(lines).encode()


def read_ballots(data: bytes) -> list[tuple[str, ...]]:
    """The inverse of ``write_ballots``.

    Raises:
        FolderError: another header, no final newline, or too many ballots.
    """
    lines = data.decode("ascii", "replace").split("\n")
    if lines[0] != BALLOTS_HEADER or lines[-1] or len(lines) > MAX_BALLOTS:
        raise FolderError(f"ballots start with «{BALLOTS_HEADER}» and end with a newline")
    return [tuple(line.split(" ")) for line in lines[1:-1]]


def count(ballots: list[tuple[str, ...]], finalists: tuple[Entry, ...], choices: int) -> PollCounts:
    """Count ballots, each of exactly ``choices`` different finalists.

    Raises:
        FolderError: naming the first ballot that is none.
    """
    known = {entry.id for entry in finalists}
    for number, ballot in enumerate(ballots, 1):
        if len(ballot) != choices or len(set(ballot)) != choices or not known.issuperset(ballot):
            raise FolderError(f"ballot {number} does not choose {choices} different finalists")
    votes = Counter(choice for ballot in ballots for choice in ballot)
    return PollCounts(len(ballots), {entry.id: votes[entry.id] for entry in finalists})


def _list(value: Json, place: str, limit: int) -> list[Json]:
    if not isinstance(value, list) or len(value) > limit:
        raise EncodingError(f"{place} is no list of at most {limit}")
    return value
