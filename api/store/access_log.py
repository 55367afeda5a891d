"""The tables of who read what, and of alarms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    distinct,
    func,
    insert,
    select,
)

from api.ports.access_log import ExportAlarm, PersonalAccess
from api.store.schema import Moment, Serial, metadata
from api.store.upsert import insert_if_new

accesses: Final = Table(
    "personal_access",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("actor", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "actor", "at"),
    Index(None, "kind", "subject"),
    Index(None, "at"),
)
alarms: Final = Table(
    "export_alarm",
    metadata,
    Column("actor", String(64), nullable=False),
    Column("hour", Moment, nullable=False),
    Column("count", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("actor", "hour"),
)
_c: Final = accesses.c


class SqlAccessLog:
    """``api.ports.access_log.AccessLog`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, access: PersonalAccess) -> None:
        """Keep one look."""
        row = {
            "actor": access.actor,
            "kind": access.kind,
            "subject": access.subject,
            "purpose": access.purpose,
            "at": access.at,
        }
        self._connection.execute(insert(accesses), row)

    def read_since(self, actor: str, since: datetime) -> int:
        """How many different records somebody read since a moment."""
        mine = and_(_c.actor == actor, _c.at > since)
        count = select(func.count(distinct(_c.kind + "/" + _c.subject))).where(mine)
        return int(self._connection.scalar(count) or 0)

    def raise_alarm(self, alarm: ExportAlarm) -> bool:
        """Keep an alarm; False where the actor has one for this hour."""
        row = {"actor": alarm.actor, "hour": alarm.hour, "count": alarm.count, "at": alarm.at}
        return insert_if_new(self._connection, alarms, row)

    def of_subject(self, kind: str, subject: str, limit: int) -> Sequence[PersonalAccess]:
        """Who read a record, newest first."""
        here = and_(_c.kind == kind, _c.subject == subject)
        columns = select(_c.actor, _c.kind, _c.subject, _c.purpose, _c.at)
        rows = self._connection.execute(columns.where(here).order_by(_c.id.desc()).limit(limit))
        return [PersonalAccess(*row) for row in rows]

    def alarms(self, limit: int) -> Sequence[ExportAlarm]:
        """Alarms, newest first."""
        query = select(alarms).order_by(alarms.c.at.desc()).limit(limit)
        return [ExportAlarm(**row) for row in self._connection.execute(query).mappings()]

    def alarm_count(self) -> int:
        """All alarms there are."""
        return int(self._connection.scalar(select(func.count()).select_from(alarms)) or 0)

    def forget(self, before: datetime, limit: int) -> int:
        """Remove looks older than a moment; returns how many."""
        some = select(_c.id).where(_c.at < before).order_by(_c.id).limit(limit)
        return self._connection.execute(delete(accesses).where(_c.id.in_(some))).rowcount
