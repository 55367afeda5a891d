"""The table of errands, and how workers take them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from api.ports.outbox import (
    LOST,
    Errand,
    Lease,
    LeasedErrand,
    OutboxCount,
    OutboxState,
    UndoneErrand,
)
from api.ports.protection import PROTECTIVE_ERRANDS, ProtectionKind, ProtectiveAct
from api.store.schema import Moment, Serial, metadata
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json, b64u_encode

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(128), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", String(8), nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", String(64)),
    Column("leased_until", Moment),
    Column("problem", String(64)),
    Column("done", Moment),
    Column("since", Moment),
    UniqueConstraint("kind", "key"),
    CheckConstraint("state IN ('waiting', 'done', 'dead')", name="state"),
    Index(None, "state", "kind", "due"),
    Index(None, "done"),
)
_c: Final = outbox.c
FURTHEST: Final = timedelta(hours=1)
"""No errand is put off, and no lease lasts, for as long."""


class SqlOutbox:
    """``api.ports.outbox.Outbox`` in a transaction."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective

    def put(self, errand: Errand) -> bool:
        """Keep an errand; False where its kind has one with this key already."""
        row = {
            "kind": errand.kind,
            "key": errand.key,
            "payload": errand.payload,
            "state": OutboxState.WAITING.value,
            "due": errand.due,
            "since": errand.due,
            "attempts": 0,
        }
        is_new = insert_if_new(self._connection, outbox, row)
        if is_new and errand.kind in PROTECTIVE_ERRANDS:
            self._protective.append(_ordered(errand))
        return is_new

    def lease(
        self, kind: str, lease: Lease, limit: int, retry: datetime | None = None
    ) -> Sequence[LeasedErrand]:
        """Take the oldest errands that are due and free; those of other workers are passed over."""
        rows = self._free(kind, lease.at, limit, lost=False)
        values = {"attempts": _c.attempts + 1, "owner": lease.owner, "problem": LOST}
        if lost := not rows:
            rows = self._free(kind, lease.at, 1, lost=True)
            values |= {} if retry is None else {"due": retry}
        if rows:
            taken = update(outbox).where(_c.id == bindparam("errand"))
            statement = taken.values({**values, "leased_until": lease.until})
            self._connection.execute(statement, [{"errand": row.id} for row in rows])
        return [
            LeasedErrand(row.id, row.kind, row.key, row.payload, row.attempts + 1, lost)
            for row in rows
        ]

    def _free(self, kind: str, at: datetime, limit: int, *, lost: bool) -> Sequence[Any]:
        """Errands that may be leased now: of those that were lost, whichever waits longest.

        What was never tried is due at once, whatever the worker's clock says: the moment it carries
        is another process's, whose clock may be ahead.
        """
        before = _c.problem == LOST if lost else or_(_c.problem.is_(None), _c.problem != LOST)
        query = (
            select(_c.id, _c.kind, _c.key, _c.payload, _c.attempts)
            .where(_is_free(kind, at), before)
            .order_by(*((_c.due, _c.id) if lost else (_c.id,)))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._connection.execute(query).all()

    def is_due(self, kind: str, at: datetime) -> bool:
        """Whether an errand of a kind could be leased now."""
        query = select(_c.id).where(_is_free(kind, at)).limit(1)
        return self._connection.scalar(query) is not None

    def waiting(self, kind: str, prefix: str) -> Sequence[tuple[str, bytes]]:
        """Keys and payloads of all errands of a kind that are not done, by the key's beginning."""
        undone = and_(_c.kind == kind, _c.state != OutboxState.DONE.value)
        here = and_(undone, _c.key.startswith(prefix, autoescape=True))
        rows = self._connection.execute(select(_c.key, _c.payload).where(here).order_by(_c.id))
        return [(row.key, row.payload) for row in rows]

    def done(self, ids: Sequence[int], lease: Lease) -> int:
        """Mark errands as done; returns how many were still this lease's."""
        if not ids:
            return 0
        values = {"state": OutboxState.DONE.value, "done": lease.at, "problem": None, **_FREE}
        mine = and_(_c.id.in_(ids), _c.owner == lease.owner)
        statement = update(outbox).where(mine, _c.state == OutboxState.WAITING.value)
        return self._connection.execute(statement.values(values)).rowcount

    def free(self, owner: str) -> int:
        """Free the leases of all others but ``owner``; returns how many."""
        others = and_(_c.state == OutboxState.WAITING.value, _c.owner != owner)
        return self._connection.execute(update(outbox).where(others).values(_FREE)).rowcount

    def again(self, errand: int, lease: Lease, due: datetime, code: str) -> None:
        """Give an errand back until a moment, saying why."""
        self._end(errand, lease, {"due": due, "problem": code, **_FREE})

    def bury(self, errand: int, lease: Lease, code: str) -> None:
        """Set an errand aside for a person to look at, saying why."""
        self._end(errand, lease, {"state": OutboxState.DEAD.value, "problem": code, **_FREE})

    def revive(self, kind: str, key: str, due: datetime) -> bool:
        """Let an errand that ended be tried again from the first attempt."""
        named = and_(_c.kind == kind, _c.key == key, _c.state != OutboxState.WAITING.value)
        return (
            self._connection.execute(update(outbox).where(named).values(_anew(due))).rowcount == 1
        )

    def revive_dead(self, ids: Sequence[int] | None, due: datetime) -> int:
        """Let errands that were set aside be tried again; returns how many."""
        dead = _c.state == OutboxState.DEAD.value
        named = dead if ids is None else and_(dead, _c.id.in_(ids))
        return self._connection.execute(update(outbox).where(named).values(_anew(due))).rowcount

    def forget_done(self, before: datetime, limit: int) -> int:
        """Remove errands that were done before a moment; returns how many."""
        old = and_(_c.state == OutboxState.DONE.value, _c.done < before)
        some = select(_c.id).where(old).order_by(_c.id).limit(limit)
        return self._connection.execute(delete(outbox).where(_c.id.in_(some))).rowcount

    def counts(self) -> Sequence[OutboxCount]:
        """All that is not done, by kind and state."""
        since = func.min(_SINCE, type_=Moment)
        query = (
            select(_c.kind, _c.state, func.count(), since, func.max(_c.attempts))
            .where(_c.state != OutboxState.DONE.value)
            .group_by(_c.kind, _c.state)
            .order_by(_c.kind, _c.state)
        )
        rows = self._connection.execute(query).all()
        return [OutboxCount(kind, OutboxState(state), *rest) for kind, state, *rest in rows]

    def since(self, kind: str, key: str) -> datetime | None:
        """Since when an errand is wanted that is not done."""
        named = and_(_c.kind == kind, _c.key == key, _c.state != OutboxState.DONE.value)
        moment: datetime | None = self._connection.scalar(select(_SINCE).where(named))
        return moment

    def undone(self, limit: int) -> Sequence[UndoneErrand]:
        """What failed at least once and is not done: set aside first, then by age."""
        failed = and_(_c.state == OutboxState.WAITING.value, _c.attempts > 0)
        query = (
            select(_c.id, _c.kind, _c.key, _c.state, _c.attempts, _SINCE, _c.due, _c.problem)
            .where(or_(failed, _c.state == OutboxState.DEAD.value))
            .order_by(_c.state, _c.id)
            .limit(limit)
        )
        return [
            UndoneErrand(number, kind, key, OutboxState(state), *rest)
            for number, kind, key, state, *rest in self._connection.execute(query)
        ]

    def _end(self, errand: int, lease: Lease, values: dict[str, object]) -> None:
        mine = and_(_c.id == errand, _c.owner == lease.owner)
        self._connection.execute(update(outbox).where(mine).values(values))


def _ordered(errand: Errand) -> ProtectiveAct:
    detail: dict[str, Json] = {
        "errand": errand.kind,
        "payload": b64u_encode(errand.payload),
        "at": errand.due.isoformat(),
    }
    return ProtectiveAct(ProtectionKind.KEY_END_ORDERED, errand.key, detail)


_FREE: Final[dict[str, object]] = {"owner": None, "leased_until": None}
_SINCE: Final = func.coalesce(_c.since, _c.due, type_=Moment)
"""Since when an errand is wanted; for one that an older program put, when it is due."""


def _is_free(kind: str, at: datetime) -> ColumnElement[bool]:
    """An errand that may be leased now.

    A moment that lies further ahead than anything is ever put off was written before the clock was
    set back: it is not believed.
    """
    far = at + FURTHEST
    return and_(
        _c.kind == kind,
        _c.state == OutboxState.WAITING.value,
        or_(_c.due <= at, _c.attempts == 0, _c.due > far),
        or_(_c.leased_until.is_(None), _c.leased_until <= at, _c.leased_until > far),
    )


def _anew(due: datetime) -> dict[str, object]:
    """What an errand has that is tried again from the first."""
    waiting = OutboxState.WAITING.value
    return {
        "state": waiting,
        "due": due,
        "since": due,
        "attempts": 0,
        "done": None,
        "problem": None,
    }
