"""How far this database has come in the ledger of acts that protect."""

from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table, select, update

from api.ports.protection import LedgerHead, Position
from api.store.schema import metadata
from api.store.upsert import insert_if_new

protection_heads: Final = Table(
    "protection_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("offset", BigInteger, nullable=False),
)
"""One row: everything up to there is done in this database."""
_ONLY: Final = 1


class SqlProtection:
    """The row, in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def position(self, *, locked: bool = False) -> Position:
        """How far the database has come; the beginning where it never did anything.

        Args:
            locked: keep others from advancing until the transaction ends.
        """
        if locked:
            begin = {"id": _ONLY, **_row(Position())}
            insert_if_new(self._connection, protection_heads, begin)
        query = select(protection_heads).where(protection_heads.c.id == _ONLY)
        row = self._connection.execute(query.with_for_update() if locked else query).one_or_none()
        if row is None:
            return Position()
        return Position(LedgerHead(row.lines, bytes(row.hash)), row.offset)

    def keep(self, position: Position) -> None:
        """Keep how far it has come; the place was locked before."""
        here = update(protection_heads).where(protection_heads.c.id == _ONLY)
        self._connection.execute(here.values(_row(position)))

    def advance(self, begin: Position, end: Position) -> None:
        """Keep that the lines from one place to another are done.

        Nothing is kept where lines before them are not: those are looked at again later, and what
        is done twice is done once.
        """
        here = update(protection_heads).where(
            protection_heads.c.id == _ONLY, protection_heads.c.lines == begin.head.lines
        )
        self._connection.execute(here.values(_row(end)))


def _row(position: Position) -> dict[str, object]:
    return {
        "lines": position.head.lines,
        "hash": position.head.hash,
        "offset": position.offset,
    }
