"""The table of applications."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    LargeBinary,
    Select,
    String,
    Table,
    and_,
    insert,
    select,
    update,
)

from api.ports.applications import Application, ApplicationState
from api.ports.unfinished import Hold, UnfinishedKind
from api.store.schema import Moment, metadata
from api.store.unfinished import SqlUnfinished, entries

applications: Final = Table(
    "application",
    metadata,
    Column("number", String(19), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("round", String(64), nullable=False),
    Column("service_digest", LargeBinary(32), nullable=False),
    Column("date", Date, nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("received", Moment, nullable=False),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("state", String(16), nullable=False),
    Index(None, "service", "round", "received"),
    Index(None, "received"),
)
_INSERT: Final = insert(applications)
_FIND: Final = select(applications, entries.c.ends).outerjoin(
    entries,
    and_(entries.c.kind == UnfinishedKind.APPLICATION.value, entries.c.id == applications.c.number),
)


class SqlApplications:
    """``api.ports.applications.Applications`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, number: str) -> Application | None:
        """The application with this number."""
        return self._one(_FIND.where(applications.c.number == number))

    def hold(self, number: str) -> Application | None:
        """The application with this number, locked until the end."""
        own = _FIND.where(applications.c.number == number)
        return self._one(own.with_for_update(of=applications))

    def add(self, application: Application, held: Hold | None = None) -> None:
        """Keep a new one, within the room for what is unfinished."""
        if held is not None:
            key = (UnfinishedKind.APPLICATION, application.number)
            SqlUnfinished.of(self._connection).hold(key, held)
        self._connection.execute(
            _INSERT,
            {
                "number": application.number,
                "service": application.service,
                "round": application.round,
                "service_digest": application.service_digest,
                "date": application.date,
                "trial": application.trial,
                "received": application.received,
                "secret_hash": application.secret_hash,
                "salt": application.salt,
                "state": application.state.value,
            },
        )

    def grow(self, number: str, size: int) -> None:
        """Make room for more that belongs to it, in bytes, if it is unfinished."""
        SqlUnfinished.of(self._connection).grow((UnfinishedKind.APPLICATION, number), size)

    def finish(self, number: str, requests: Sequence[str] = ()) -> bool:
        """Keep it, and requests that serve it, for good; False where it was finished before."""
        keys = [(UnfinishedKind.REQUEST, name) for name in requests]
        own = (UnfinishedKind.APPLICATION, number)
        return number in SqlUnfinished.of(self._connection).release([own, *keys])

    def close(self, number: str, state: ApplicationState) -> None:
        """Keep that it was decided or withdrawn."""
        here = applications.c.number == number
        self._connection.execute(update(applications).where(here).values(state=state.value))

    def _one(self, query: Select[Any]) -> Application | None:
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        return Application(**{**row, "state": ApplicationState(row["state"])})
