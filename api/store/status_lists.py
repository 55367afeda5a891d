"""An agency's status lists: how far each is given out, what stands in it, what was published.

After a restore the highest version that is known wins, see ``api.openid.status_lists``: a list of
which the chain has a newer version than ``status_release`` is given out no further.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from api.openid.ports import StatusListState, StatusRelease
from api.ports.protection import ProtectiveAct
from api.store.credential_tables import batches, copies
from api.store.place_orders import SqlPlaceOrders
from api.store.schema import Moment, metadata
from api.store.status_marks import Place, SqlStatusMarks, marked_acts

KEPT_RELEASES: Final = 8
"""Versions of a list that are kept: the newest, and those that may have to be anchored again."""

lists: Final = Table(
    "status_list",
    metadata,
    Column("agency", String(48), nullable=False),
    Column("number", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("opened", Moment),
    Column("ends", Moment),
    Column("changes", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    PrimaryKeyConstraint("agency", "number"),
)
releases: Final = Table(
    "status_release",
    metadata,
    Column("uri", String(512), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("token", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("anchored", Moment),
    PrimaryKeyConstraint("uri", "version"),
)
_l: Final = lists.c
_r: Final = releases.c
_copy: Final = copies.c
_MARKED: Final = _copy.status != literal_column("0")
"""Written out as in the index: with a bound value SQLite would look at every copy of a list."""


def order_name(agency: str, number: int) -> str:
    """Under which name a list's order of places is kept."""
    return f"status/{agency}/{number}"


class SqlStatusLists:
    """The part of ``api.openid.ports.Issuing`` that is about status lists."""

    def __init__(
        self, connection: Connection, protective: list[ProtectiveAct] | None = None
    ) -> None:
        self._connection = connection
        self._protective = [] if protective is None else protective
        self._orders = SqlPlaceOrders(connection)
        self._marks = SqlStatusMarks(connection)

    def status_lists(self, agency: str) -> Sequence[StatusListState]:
        """All lists of an agency, by number."""
        return self._lists(_l.agency == agency)

    def status_list(self, agency: str, number: int) -> StatusListState:
        """One that there is."""
        [found] = self._lists(_here(agency, number))
        return found

    def giving_lists(self, agency: str) -> Sequence[StatusListState]:
        """Those that have places left, open or not, by number; few, however many there are."""
        return self._lists(and_(_l.agency == agency, _l.drawn < _l.entries))

    def due_lists(
        self, agency: str, address: Callable[[int], str], since: datetime, until: datetime
    ) -> Sequence[int]:
        """Numbers of those to publish: changed, not open yet, not on chain, or of another time.

        It is asked at every revocation, so that neither states nor tokens are read for it.
        """
        is_due = or_(_l.changes != _l.published, _l.opened.is_(None))
        states = select(_l.number, is_due).where(_l.agency == agency).order_by(_l.number)
        known = [(number, address(number), due) for number, due in self._connection.execute(states)]
        fresh = self._fresh([uri for _, uri, _ in known], since, until)
        return [number for number, uri, due in known if due or uri not in fresh]

    def add_status_list(self, made: StatusListState, places: Sequence[int]) -> None:
        """Keep a new list with the order in which its places are given out."""
        self._connection.execute(insert(lists), _row(made))
        self._orders.replace(order_name(made.agency, made.number), places)

    def keep_status_list(self, changed: StatusListState) -> None:
        """Keep a list's new state."""
        row = _row(changed)
        here = _here(row.pop("agency"), row.pop("number"))
        self._connection.execute(update(lists).where(here).values(row))

    def draw_places(self, one: StatusListState, count: int, expires: datetime) -> tuple[int, ...]:
        """Give out the next places of a list, fewer where it ends, for credentials until a moment.

        The caller holds the agency's log open, so that nobody draws beside it.
        """
        places = self._orders.read(order_name(one.agency, one.number), one.drawn, count)
        ends = expires if one.ends is None else max(one.ends, expires)
        self.keep_status_list(replace(one, drawn=one.drawn + len(places), ends=ends))
        return places

    def give_back(self, one: StatusListState, places: Sequence[int]) -> None:
        """Let a list begin anew with another order; it opens again when that was published."""
        fresh = replace(one, drawn=0, ends=None, opened=None, changes=one.changes + 1)
        self.keep_status_list(fresh)
        self._marks.forget(one.agency, one.number)
        self._orders.replace(order_name(one.agency, one.number), places)

    def spend_status_lists(self) -> None:
        """Let no list there is give out a place; the worker says until when, and opens another."""
        self._connection.execute(update(lists).values(drawn=_l.entries, ends=None))

    def has_copies(self, agency: str, number: int) -> bool:
        """Whether a copy is kept that points to a list."""
        here = and_(_copy.agency == agency, _copy.status_list == number)
        return bool(self._connection.scalar(select(exists().where(here))))

    def mark(self, agency: str, indexes: Sequence[int], status: int) -> None:
        """Set the status of copies by their places in the log; their lists are to be published."""
        here = and_(_copy.agency == agency, _copy.index.in_(indexes))
        query = select(_copy.status_list, _copy.index, _copy.status_index).where(here)
        touched: dict[int, list[Place]] = defaultdict(list)
        for number, index, place in self._connection.execute(query.order_by(_copy.index)):
            touched[number].append((index, place))
        self._connection.execute(update(copies).where(here).values(status=status))
        self._change(agency, sorted(touched))
        self._protective.extend(marked_acts(agency, touched, status))

    def mark_again(self, agency: str, number: int, places: Sequence[Place], status: int) -> int:
        """Set statuses that a restore took back, of copies that it lost too; how many changed."""
        changed = [
            place for place in places if self._marks.mark_again(agency, number, place, status)
        ]
        if changed:
            self._change(agency, [number])
        return len(changed)

    def _change(self, agency: str, numbers: Sequence[int]) -> None:
        """Lists whose entries changed are to be published."""
        changed = and_(_l.agency == agency, _l.number.in_(numbers))
        self._connection.execute(update(lists).where(changed).values(changes=_l.changes + 1))

    def marked(self, agency: str, number: int) -> Mapping[int, int]:
        """All status indexes of a list whose value is not 0."""
        here = and_(_copy.agency == agency, _copy.status_list == number, _MARKED)
        rows = self._connection.execute(select(_copy.status_index, _copy.status).where(here))
        known = {row.status_index: row.status for row in rows}
        return {**self._marks.of_list(agency, number), **known}

    def release(self, uri: str, version: int | None = None) -> StatusRelease | None:
        """The newest status list at an address, or the one of a version."""
        here = _r.uri == uri if version is None else and_(_r.uri == uri, _r.version == version)
        return self._release(here)

    def anchored_release(self, uri: str) -> StatusRelease | None:
        """The newest status list at an address that is on chain."""
        return self._release(and_(_r.uri == uri, _r.anchored.is_not(None)))

    def add_release(self, uri: str, release: StatusRelease) -> None:
        """Keep a status list that is being published, and forget those of long ago."""
        row = {
            "uri": uri,
            "version": release.version,
            "token": release.token,
            "made": release.made,
            "anchored": release.anchored,
        }
        self._connection.execute(insert(releases), row)
        old = and_(_r.uri == uri, _r.version <= release.version - KEPT_RELEASES)
        self._connection.execute(delete(releases).where(old))

    def confirm_release(self, uri: str, version: int, anchored: datetime) -> None:
        """Keep that the chain has a version."""
        here = and_(_r.uri == uri, _r.version == version)
        self._connection.execute(update(releases).where(here).values(anchored=anchored))

    def forget_copies(self, agency: str, before: datetime, limit: int) -> int:
        """Remove batches of copies that ended before a moment, found by so many copies."""
        ended = select(_copy.batch).where(_copy.agency == agency, _copy.expires < before)
        # In the order of the index on ends: without it SQLite would look through all batches.
        found = sorted(set(self._connection.scalars(ended.order_by(_copy.expires).limit(limit))))
        if found:
            self._connection.execute(delete(copies).where(_copy.batch.in_(found)))
            self._connection.execute(delete(batches).where(batches.c.id.in_(found)))
        return len(found)

    def _lists(self, here: Any) -> Sequence[StatusListState]:  # noqa: ANN401 - a condition of SQLAlchemy
        query = select(lists).where(here).order_by(_l.number)
        return [StatusListState(**row) for row in self._connection.execute(query).mappings()]

    def _fresh(self, uris: Sequence[str], since: datetime, until: datetime) -> AbstractSet[str]:
        """Addresses whose newest version is on chain, not from before, and not from the future."""
        others = releases.alias()
        newest = select(func.max(others.c.version)).where(others.c.uri == _r.uri).scalar_subquery()
        good = and_(_r.anchored.is_not(None), _r.made > since, _r.made <= until)
        here = and_(_r.uri.in_(uris), _r.version == newest, good)
        return set(self._connection.scalars(select(_r.uri).where(here)))

    def _release(self, here: Any) -> StatusRelease | None:  # noqa: ANN401 - a condition of SQLAlchemy
        columns = (_r.version, _r.token, _r.made, _r.anchored)
        query = select(*columns).where(here).order_by(_r.version.desc()).limit(1)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else StatusRelease(**row)


def _here(agency: str, number: int) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    return and_(_l.agency == agency, _l.number == number)


def _row(one: StatusListState) -> dict[str, Any]:
    return {
        "agency": one.agency,
        "number": one.number,
        "entries": one.entries,
        "drawn": one.drawn,
        "opened": one.opened,
        "ends": one.ends,
        "changes": one.changes,
        "published": one.published,
    }
