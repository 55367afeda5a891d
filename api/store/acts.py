"""The tables of two-person acts and of administrative entries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    insert,
    select,
    update,
)

from api.ports.acts import ActKind, ActState, AdministrativeEntry, TwoPersonAct
from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.schema import Moment, metadata

acts: Final = Table(
    "two_person_act",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("object", String(64), nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("proposer", String(32), nullable=False),
    Column("proposed", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decider", String(32)),
    Column("decided", Moment),
    CheckConstraint("state IN ('waiting', 'done', 'withdrawn')", name="state"),
    Index(None, "kind", "object", "state"),
    Index(None, "proposed"),
)
entries: Final = Table(
    "administrative_entry",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("act", String(32), nullable=False),
    Column("account", String(32), nullable=False),
    Column("object", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Index(None, "at"),
)
_c: Final = acts.c


class SqlActs:
    """``api.ports.acts.Acts`` in a transaction."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective

    def find(self, act: str) -> TwoPersonAct | None:
        """The act with this id."""
        return self._one(select(acts).where(_c.id == act))

    def newest(self, limit: int) -> Sequence[TwoPersonAct]:
        """The newest acts, waiting or not."""
        query = select(acts).order_by(_c.proposed.desc(), _c.id).limit(limit)
        return [_act(row) for row in self._connection.execute(query).mappings()]

    def entries(self, limit: int) -> Sequence[AdministrativeEntry]:
        """The newest administrative entries."""
        query = select(entries).order_by(entries.c.at.desc(), entries.c.id).limit(limit)
        return [AdministrativeEntry(**row) for row in self._connection.execute(query).mappings()]

    def has_entry(self, entry: str) -> bool:
        """Whether an administrative entry of that id is kept."""
        found = select(entries.c.id).where(entries.c.id == entry)
        return self._connection.scalar(found) is not None

    def waiting(self, kind: ActKind, object_: str, at: datetime) -> TwoPersonAct | None:
        """The act of this kind on this object that can still be confirmed."""
        same = and_(_c.kind == kind.value, _c.object == object_)
        live = and_(_c.state == ActState.WAITING.value, _c.expires > at)
        return self._one(select(acts).where(same, live))

    def propose(self, act: TwoPersonAct) -> None:
        """Keep a new act."""
        row = {
            "id": act.id,
            "kind": act.kind.value,
            "object": act.object,
            "detail": act.detail,
            "proposer": act.proposer,
            "proposed": act.proposed,
            "expires": act.expires,
            "state": act.state.value,
        }
        self._connection.execute(insert(acts), row)

    def decide(self, act: TwoPersonAct) -> None:
        """Keep how an act ended."""
        values = {"state": act.state.value, "decider": act.decider, "decided": act.decided}
        self._connection.execute(update(acts).where(_c.id == act.id).values(values))
        self._protective.append(ProtectiveAct(ProtectionKind.ACT_ENDED, act.id))

    def record(self, entry: AdministrativeEntry) -> None:
        """Keep an administrative entry."""
        row = {
            "id": entry.id,
            "act": entry.act,
            "account": entry.account,
            "object": entry.object,
            "at": entry.at,
            "detail": entry.detail,
            "entry": entry.entry,
        }
        self._connection.execute(insert(entries), row)

    def _one(self, query: Select[Any]) -> TwoPersonAct | None:
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else _act(row)


def _act(row: RowMapping) -> TwoPersonAct:
    told = {"kind": ActKind(row["kind"]), "state": ActState(row["state"])}
    return TwoPersonAct(**{**row, **told})
