"""One contest's files in the folder, and how they are read back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.demo.folder import Folder
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, evidence_hash, format_time, parse_hash
from contracts.evidence.errors import EncodingError
from voting.contest.commitments import SheetOpening
from voting.contest.entries import Entry, entries_from_json
from voting.contest.judging import ScoreSheet
from voting.contest.panel import MAX_JUDGES, Judge, panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.rules import ContestRules
from voting.poll.definition import PollDefinition, parse_definition
from voting.poll.documents import PublishedSum
from voting.poll.record import AGGREGATE, COUNTS, DEFINITION

DEFINITION_VERSION: Final = "dojang-contest-definition-v1"


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

    def poll_id(self) -> bytes:
        """The id of the poll, as anchored before it opened, 32 bytes."""
        text = self._poll("poll")
        if not isinstance(text, str):
            raise EncodingError("poll.json names no poll")
        return parse_hash(text)

    def voters(self) -> int:
        """How many voters the poll was announced for."""
        voters = self._poll("voters")
        if not isinstance(voters, int) or isinstance(voters, bool):
            raise EncodingError("poll.json names no number of voters")
        return voters

    def counts(self) -> PollCounts:
        """The counts of the poll's tally, as published."""
        return PollCounts.from_json(self.json(f"poll/{COUNTS}"))

    def poll_definition(self) -> PollDefinition:
        """The poll's definition, in its record."""
        return parse_definition(self.folder.read(self.path(f"poll/{DEFINITION}")))

    def published_sum(self) -> PublishedSum:
        """What the trustees decrypted, in the poll's record."""
        return PublishedSum.parse(self.folder.read(self.path(f"poll/{AGGREGATE}")))

    def _poll(self, member: str) -> Json:
        value = self.json("poll.json")
        if not isinstance(value, dict) or member not in value:
            raise EncodingError(f"poll.json holds no {member}")
        return value[member]


def _list(value: Json, place: str, limit: int) -> list[Json]:
    if not isinstance(value, list) or len(value) > limit:
        raise EncodingError(f"{place} is no list of at most {limit}")
    return value
