"""What is removed with a record, on every table that names it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, select, update

from api.ports.destruction import RecordKind
from api.ports.log_names import APPLICATIONS_LOG, LOG_APPEND, PAPERS_LOG
from api.ports.unfinished import UnfinishedKind
from api.store.applications import applications
from api.store.idempotency import kept_requests
from api.store.logs import log_places
from api.store.outbox import outbox
from api.store.papers import papers
from api.store.presentations import answers, presentation_requests
from api.store.proposals import proposals, release_copies, round_places
from api.store.scope_secrets import scope_secrets
from api.store.sessions import ceremonies
from api.store.unfinished import SqlUnfinished

_ROOTS: Final[dict[RecordKind, tuple[Column[Any], Column[Any]]]] = {
    RecordKind.APPLICATION: (applications.c.number, applications.c.received),
    RecordKind.PRESENTATION: (presentation_requests.c.id, presentation_requests.c.expires),
    RecordKind.SCOPE_SECRET: (scope_secrets.c.name, scope_secrets.c.made),
}
"""Where the ids of a kind stand, and the moment from which it is kept."""
_UNFINISHED: Final[dict[UnfinishedKind, tuple[Column[Any], ...]]] = {
    UnfinishedKind.APPLICATION: (
        kept_requests.c.resource,
        proposals.c.application,
        applications.c.number,
    ),
    UnfinishedKind.REQUEST: (answers.c.request, presentation_requests.c.id),
    UnfinishedKind.CEREMONY: (ceremonies.c.hash,),
}
"""The rows of what is unfinished. It is in no log and has no paper yet."""
_UNFINISHED_KINDS: Final = {
    RecordKind.APPLICATION: UnfinishedKind.APPLICATION,
    RecordKind.PRESENTATION: UnfinishedKind.REQUEST,
}
_HASHES: Final = (ceremonies.c.hash,)


class SqlDestruction:
    """``api.ports.destruction.Destruction`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def destroy(self, kind: RecordKind, subject: str) -> bool:
        """Remove a record and all that hangs on it; SQLite writes zeros over what was removed."""
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA secure_delete=ON")
        if kind is RecordKind.SCOPE_SECRET:
            return self._erase(subject)
        if kind is RecordKind.APPLICATION:
            self._leave_traces(subject)
        removed, unfinished = 0, SqlUnfinished.of(self._connection)
        unfinished.release([(_UNFINISHED_KINDS[kind], subject)])
        for table, where in _belongings(kind, subject):
            removed = self._connection.execute(delete(table).where(where)).rowcount
        return removed == 1

    def _leave_traces(self, number: str) -> None:
        """Copies stay spent, and the place of one that was decided stays taken; both nameless."""
        release_copies(self._connection, number)
        decided = select(proposals.c.application).where(
            proposals.c.application == number, proposals.c.decision.is_not(None)
        )
        own = (round_places.c.application == number) & decided.exists()
        self._connection.execute(update(round_places).where(own).values(application=None))

    def _erase(self, name: str) -> bool:
        """Erase a scope's secret; its name stays, so that it is never made again.

        With a round's secret go the digests of its places, which nobody can make again.
        """
        scope, _, rest = name.partition("/")
        service, _, chosen = rest.partition("/")
        if scope == "round":
            place = round_places.c
            own = (place.service == service) & (place.round == chosen)
            self._connection.execute(delete(round_places).where(own))
        here = (scope_secrets.c.name == name) & scope_secrets.c.sealed.is_not(None)
        return (
            self._connection.execute(update(scope_secrets).where(here).values(sealed=None)).rowcount
            == 1
        )

    def subjects(self, kind: RecordKind, after: str, limit: int) -> Sequence[str]:
        """Ids of records of a kind in their order, from one after ``after`` ("" for the first)."""
        name = _ROOTS[kind][0]
        query = select(name).where(name > after).order_by(name).limit(limit)
        if kind is RecordKind.SCOPE_SECRET:
            query = query.where(scope_secrets.c.sealed.is_not(None))
        return list(self._connection.scalars(query))

    def forget_unfinished(self, at: datetime, limit: int) -> int:
        """Remove what was begun and has ended unfinished, the oldest first; returns how many."""
        ended = SqlUnfinished.of(self._connection).take_ended(at, limit)
        for kind in UnfinishedKind:
            names = [row["id"] for row in ended if row["kind"] == kind.value]
            for column in _UNFINISHED[kind] if names else ():
                keys = [bytes.fromhex(name) for name in names] if column in _HASHES else names
                self._connection.execute(delete(column.table).where(column.in_(keys)))
        return len(ended)

    def older(self, kind: RecordKind, before: datetime, limit: int) -> Sequence[str]:
        """Ids of records whose time is over."""
        name, moment = _ROOTS[kind]
        query = select(name).where(moment < before).order_by(moment).limit(limit)
        return list(self._connection.scalars(query))


def _belongings(kind: RecordKind, subject: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """The rows of a record, the record itself last."""
    if kind is RecordKind.PRESENTATION:
        return [
            (answers, answers.c.request == subject),
            (presentation_requests, presentation_requests.c.id == subject),
        ]
    errand = and_(outbox.c.kind == LOG_APPEND, outbox.c.key == f"{APPLICATIONS_LOG}/{subject}")
    place = and_(log_places.c.log == APPLICATIONS_LOG, log_places.c.key == subject)
    own = select(papers.c.id).where(papers.c.application == subject)
    keys = select(f"{PAPERS_LOG}/" + papers.c.id).where(papers.c.application == subject)
    return [
        (kept_requests, kept_requests.c.resource == subject),
        (outbox, errand),
        (log_places, place),
        (outbox, and_(outbox.c.kind == LOG_APPEND, outbox.c.key.in_(keys))),
        (log_places, and_(log_places.c.log == PAPERS_LOG, log_places.c.key.in_(own))),
        (papers, papers.c.application == subject),
        (proposals, proposals.c.application == subject),
        (round_places, round_places.c.application == subject),
        (applications, applications.c.number == subject),
    ]
