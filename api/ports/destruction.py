"""Removing what is known of somebody, by the kind of record that it hangs on."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class RecordKind(StrEnum):
    """Records that can be destroyed."""

    APPLICATION = "application"
    """An application, under its number."""
    PRESENTATION = "presentation"
    """A request for a presentation and what came of it, under its id."""
    SCOPE_SECRET = "scope_secret"  # noqa: S105 - a kind of record
    """The secret of a series of polls or of a round, under its name, which stays."""


class DestructionReader(Protocol):
    """Looking for records that are to be destroyed."""

    def subjects(self, kind: RecordKind, after: str, limit: int) -> Sequence[str]:
        """Ids of records of a kind in their order, from one after ``after`` ("" for the first)."""

    def older(self, kind: RecordKind, before: datetime, limit: int) -> Sequence[str]:
        """Ids of records whose time is over."""


class Destruction(DestructionReader, Protocol):
    """Destroying records with all that hangs on them; what the evidence logs hold stays, salted."""

    def destroy(self, kind: RecordKind, subject: str) -> bool:
        """Remove a record; False where there is none."""

    def forget_unfinished(self, at: datetime, limit: int) -> int:
        """Remove what was begun and has ended unfinished, the oldest first; returns how many."""
