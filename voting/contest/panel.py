"""The fixed list of judges of a contest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, tagged_hash
from voting.contest.naming import is_identifier, is_plain_text, version_of
from voting.errors import PanelError

MAX_JUDGES: Final = 100


@dataclass(frozen=True, slots=True)
class Judge:
    """An expert on the fixed list; ``agency`` (spelled as in the entries) brings the conflicts."""

    id: str
    agency: str | None = None

    def __post_init__(self) -> None:
        if not is_identifier(self.id):
            raise PanelError("a judge's id has 1 to 64 characters of a-z, 0-9, - and _")
        if self.agency is not None and not is_plain_text(self.agency):
            raise PanelError(f"the agency of judge {self.id} is no plain text in NFC")

    def to_json(self) -> dict[str, Json]:
        """``id``, and ``agency`` where there is one."""
        agency: dict[str, Json] = {} if self.agency is None else {"agency": self.agency}
        return agency | {"id": self.id}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: a missing member, or one of the wrong type.
            PanelError: a malformed id or agency.
        """
        return cls(part.text("id"), part.text("agency") if part.has("agency") else None)


def check_panel(panel: Sequence[Judge]) -> tuple[Judge, ...]:
    """The fixed list of judges, whose order gives each expert's index.

    Raises:
        PanelError: none, more than ``MAX_JUDGES``, or two with one id.
    """
    if not 0 < len(panel) <= MAX_JUDGES:
        raise PanelError(f"{len(panel)} judges, 1 to {MAX_JUDGES} are allowed")
    if len({judge.id for judge in panel}) != len(panel):
        raise PanelError("two judges have the same id")
    return tuple(panel)


def panel_to_json(panel: Sequence[Judge]) -> dict[str, Json]:
    """The document that fixes the judges and their order.

    Raises:
        PanelError: as ``check_panel``.
    """
    judges: list[Json] = [judge.to_json() for judge in check_panel(panel)]
    return {"version": version_of("panel"), "judges": judges}


def panel_from_json(value: Json) -> tuple[Judge, ...]:
    """The inverse of ``panel_to_json``.

    Raises:
        EncodingError: another version, unknown or missing members.
        PanelError: as ``check_panel``.
    """
    part = Document.of(value, "panel")
    part.version(version_of("panel"))
    judges = part.items("judges", Judge.read, MAX_JUDGES)
    part.close()
    return check_panel(judges)


def panel_hash(panel: Sequence[Judge]) -> bytes:
    """32 bytes that stand for the list of judges and its order."""
    return tagged_hash(version_of("panel"), canonical(panel_to_json(panel)))
