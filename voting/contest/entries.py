"""The cases that take part in a contest, and the rounds that narrow them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, tagged_hash
from voting.contest.figures import in_range
from voting.contest.naming import Title, is_identifier, is_plain_text, version_of
from voting.errors import EntriesError, RulesError

MAX_ENTRIES: Final = 500
ROUND_KINDS: Final = ("paper", "interview")


@dataclass(frozen=True, slots=True)
class Entry:
    """One case of a contest.

    Args:
        id: unique in the contest, 1 to 64 characters of a-z, 0-9, ``-``, ``_``.
        title: what the case is called.
        agency: who handed it in, spelled as in the list of judges; None where not published.
        synthetic: True for an invented case, so that every page can label it.
        money_allowed: False where law forbids prize money (public corporations in 2022); the tier
            is awarded all the same.
    """

    id: str
    title: Title
    agency: str | None
    synthetic: bool
    money_allowed: bool = True

    def __post_init__(self) -> None:
        if not is_identifier(self.id):
            raise EntriesError("an entry's id has 1 to 64 characters of a-z, 0-9, - and _")
        if self.agency is not None and not is_plain_text(self.agency):
            raise EntriesError(f"the agency of entry {self.id} is no plain text in NFC")

    def to_json(self) -> dict[str, Json]:
        """All members; ``agency`` only where there is one."""
        agency: dict[str, Json] = {} if self.agency is None else {"agency": self.agency}
        return agency | {
            "id": self.id,
            "title": self.title.to_json(),
            "synthetic": self.synthetic,
            "money_allowed": self.money_allowed,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: a missing member, or one of the wrong type.
            EntriesError: a malformed id or agency.
            TextError: a title that cannot be shown.
        """
        return cls(
            part.text("id"),
            Title.read(part.document("title")),
            part.text("agency") if part.has("agency") else None,
            part.boolean("synthetic"),
            part.boolean("money_allowed"),
        )


@dataclass(frozen=True, slots=True)
class Round:
    """One expert round: of all that take part, the best ``advance`` go on."""

    id: str
    kind: str
    advance: int

    def __post_init__(self) -> None:
        if not is_identifier(self.id) or self.kind not in ROUND_KINDS:
            raise RulesError(f"a round has an id and is one of {ROUND_KINDS}")
        if not in_range(self.advance, 1, MAX_ENTRIES):
            raise RulesError(f"1 to {MAX_ENTRIES} entries advance from a round")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"id": self.id, "kind": self.kind, "advance": self.advance}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: a missing member, or one of the wrong type.
            RulesError: an unknown kind, or a number out of range.
        """
        return cls(part.text("id"), part.text("kind"), part.integer("advance"))


def check_entries(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries in order of their ids, so that no figure depends on the order they came in.

    Raises:
        EntriesError: none, more than ``MAX_ENTRIES``, or two with one id.
    """
    if not 0 < len(entries) <= MAX_ENTRIES:
        raise EntriesError(f"{len(entries)} entries, 1 to {MAX_ENTRIES} are allowed")
    if len({entry.id for entry in entries}) != len(entries):
        raise EntriesError("two entries have the same id")
    return tuple(sorted(entries, key=lambda entry: entry.id))


def entries_to_json(entries: Sequence[Entry]) -> dict[str, Json]:
    """The document that lists the entries, in order of their ids.

    Raises:
        EntriesError: as ``check_entries``.
    """
    return {
        "version": version_of("entries"),
        "entries": [entry.to_json() for entry in check_entries(entries)],
    }


def entries_from_json(value: Json) -> tuple[Entry, ...]:
    """The inverse of ``entries_to_json``; any order is read.

    Raises:
        EncodingError: another version, unknown or missing members.
        EntriesError: as ``check_entries``.
        TextError: a title that cannot be shown.
    """
    part = Document.of(value, "entries")
    part.version(version_of("entries"))
    entries = part.items("entries", Entry.read, MAX_ENTRIES)
    part.close()
    return check_entries(entries)


def entries_hash(entries: Sequence[Entry]) -> bytes:
    """32 bytes that stand for the entries, in whatever order they are given."""
    return tagged_hash(version_of("entries"), canonical(entries_to_json(entries)))
