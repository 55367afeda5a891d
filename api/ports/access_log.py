"""Who on the staff read which personal record, and when; and alarms over reading too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PersonalAccess:
    """One look at one record.

    Args:
        actor: the staff account's id, no name.
        kind: of the record, as ``application``.
        subject: the record's id.
        purpose: a code, as ``case.read``.
        at: when.
    """

    actor: str
    kind: str
    subject: str
    purpose: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExportAlarm:
    """Somebody read more records within an hour than the limit: one row an actor and hour."""

    actor: str
    hour: datetime
    count: int
    at: datetime


class AccessReader(Protocol):
    """Looking at who looked."""

    def of_subject(self, kind: str, subject: str, limit: int) -> Sequence[PersonalAccess]:
        """Who read a record, newest first: the person concerned may ask."""

    def alarms(self, limit: int) -> Sequence[ExportAlarm]:
        """Alarms, newest first, for the auditor."""

    def alarm_count(self) -> int:
        """All alarms there are."""

    def read_since(self, actor: str, since: datetime) -> int:
        """How many different records somebody read since a moment."""


class AccessLog(AccessReader, Protocol):
    """Keeping it."""

    def note(self, access: PersonalAccess) -> None:
        """Keep one look, before the record is shown."""

    def raise_alarm(self, alarm: ExportAlarm) -> bool:
        """Keep an alarm; False where the actor has one for this hour."""

    def forget(self, before: datetime, limit: int) -> int:
        """Remove looks older than a moment; returns how many."""
