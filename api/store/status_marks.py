"""Statuses of copies that this database does not know: given out after it was put aside.

A credential that was revoked in the time that a restore lost must stay revoked in its list, though
nobody can tell any more whose it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    select,
    update,
)

from api.ports.protection import ProtectionKind, ProtectiveAct
from api.store.credential_tables import copies
from api.store.schema import metadata
from api.store.upsert import insert_if_new
from contracts.evidence.encoding import Json  # noqa: TC001 - as the other stores import it

PLACES_IN_LINE: Final = 16
"""Copies that one line of the ledger names."""
REVOKED: Final = 1
"""The status that is for good (Token Status List, section 7.1: INVALID)."""

status_marks: Final = Table(
    "status_mark",
    metadata,
    Column("agency", String(48), nullable=False),
    Column("status_list", Integer, nullable=False),
    Column("status_index", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    PrimaryKeyConstraint("agency", "status_list", "status_index"),
)
_m: Final = status_marks.c
_copy: Final = copies.c
Place = tuple[int, int]
"""Of a copy: its index in the agency's log, and in its status list."""


def marked_acts(
    agency: str, lists: Mapping[int, Sequence[Place]], status: int
) -> Iterator[ProtectiveAct]:
    """What the ledger keeps of a new status: places in lists, and nobody's name."""
    for number, places in sorted(lists.items()):
        for start in range(0, len(places), PLACES_IN_LINE):
            some: list[Json] = [[*place] for place in places[start : start + PLACES_IN_LINE]]
            detail: dict[str, Json] = {"list": number, "places": some, "status": status}
            yield ProtectiveAct(ProtectionKind.CREDENTIAL_MARKED, agency, detail)


class SqlStatusMarks:
    """The table, in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_list(self, agency: str, number: int) -> Mapping[int, int]:
        """Statuses by place in a list, those that are valid left out."""
        here = and_(_m.agency == agency, _m.status_list == number, _m.status != 0)
        rows = self._connection.execute(select(_m.status_index, _m.status).where(here))
        return {row.status_index: row.status for row in rows}

    def forget(self, agency: str, number: int) -> None:
        """Forget a list's: every credential that pointed to it has ended."""
        here = and_(_m.agency == agency, _m.status_list == number)
        self._connection.execute(delete(status_marks).where(here))

    def mark_again(self, agency: str, number: int, place: Place, status: int) -> bool:
        """Set a copy's status again, known or not; what was revoked stays. Whether it changed."""
        here = and_(
            _copy.agency == agency,
            _copy.index == place[0],
            _copy.status_list == number,
            _copy.status_index == place[1],
        )
        found = self._connection.scalar(select(_copy.status).where(here))
        if found is None:
            return self._mark_unknown(agency, number, place[1], status)
        if found in {status, REVOKED}:
            return False
        self._connection.execute(update(copies).where(here).values(status=status))
        return True

    def _mark_unknown(self, agency: str, number: int, index: int, status: int) -> bool:
        row = {
            "agency": agency,
            "status_list": number,
            "status_index": index,
            "status": status,
        }
        if insert_if_new(self._connection, status_marks, row):
            return True
        here = and_(_m.agency == agency, _m.status_list == number, _m.status_index == index)
        other = and_(here, _m.status.not_in([status, REVOKED]))
        changed = update(status_marks).where(other).values(status=status)
        return self._connection.execute(changed).rowcount == 1
