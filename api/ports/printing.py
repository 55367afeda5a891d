"""What a paper says, and who prints it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from contracts.evidence.encoding import Json, format_time
from verifier.eligibility.wording import Bilingual


class PrintingError(Exception):
    """A paper cannot be printed; nothing was kept."""

    code: ClassVar[str] = "paper.unavailable"


class UnprintableError(PrintingError):
    """A text holds a character that the typeface has not: it would be missing on the paper."""

    code = "paper.unprintable"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a paper: what it is about, and what is said."""

    label: Bilingual
    value: Bilingual

    def as_json(self) -> Json:
        """Both members."""
        return {"label": dict(self.label.as_json()), "value": dict(self.value.as_json())}


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading."""

    heading: Bilingual
    entries: tuple[Entry, ...]

    def as_json(self) -> Json:
        """Both members."""
        return {
            "heading": dict(self.heading.as_json()),
            "entries": [entry.as_json() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a paper says.

    Args:
        title: as 접수증.
        issuer: who answers for it.
        number: the paper's id.
        issued: whole seconds, UTC; the file carries no other time.
        sections: the body.
        notes: sentences below it.
        synthetic: whether anything in it is invented, which every page then says.
    """

    title: Bilingual
    issuer: Bilingual
    number: str
    issued: datetime
    sections: tuple[Section, ...]
    notes: tuple[Bilingual, ...]
    synthetic: bool

    def as_json(self) -> Json:
        """All members: the paper's digest is over this."""
        return {
            "title": dict(self.title.as_json()),
            "issuer": dict(self.issuer.as_json()),
            "number": self.number,
            "issued": format_time(self.issued),
            "sections": [section.as_json() for section in self.sections],
            "notes": [dict(note.as_json()) for note in self.notes],
            "synthetic": self.synthetic,
        }


class Printer(Protocol):
    """Makes files of sheets."""

    def print_sheet(self, sheet: Sheet, link: str, mark: str) -> bytes:
        """The PDF; the same bytes for the same arguments.

        Args:
            sheet: what it says.
            link: ASCII; the QR on it.
            mark: ASCII; stands in the file as it is, so that an altered file is known again.

        Raises:
            PrintingError: it cannot be printed.
        """
