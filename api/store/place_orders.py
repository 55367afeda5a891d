"""Prepared orders of places: of a status list, or of a log's block; read piece by piece.

An order is written once and read from its beginning. How far it was read stands with whatever owns
it, in the same transaction as what the places were given to.
"""

import struct
from collections.abc import Sequence
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    insert,
    select,
)

from api.store.schema import metadata

CHUNK: Final = 1024
"""Places in a row, each in four bytes, big-endian."""
_WIDTH: Final = 4

place_orders: Final = Table(
    "place_order",
    metadata,
    Column("name", String(128), nullable=False),
    Column("chunk", Integer, nullable=False),
    Column("places", LargeBinary, nullable=False),
    PrimaryKeyConstraint("name", "chunk"),
)
_c: Final = place_orders.c


def order_rows(name: str, places: Sequence[int]) -> list[dict[str, object]]:
    """The rows that hold an order; a migration writes the same ones."""
    return [
        {
            "name": name,
            "chunk": start // CHUNK,
            "places": struct.pack(
                f">{len(places[start : start + CHUNK])}I", *places[start : start + CHUNK]
            ),
        }
        for start in range(0, len(places), CHUNK)
    ]


class SqlPlaceOrders:
    """Orders of places in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, name: str, places: Sequence[int]) -> None:
        """Keep an order, in the place of the one before."""
        self._connection.execute(delete(place_orders).where(_c.name == name))
        rows = order_rows(name, places)
        if rows:
            self._connection.execute(insert(place_orders), rows)

    def read(self, name: str, start: int, count: int) -> tuple[int, ...]:
        """Places from the 0-based position ``start`` on, fewer where the order ends.

        The cost depends on ``count`` alone, wherever the position is.
        """
        first, last = start // CHUNK, (start + count - 1) // CHUNK
        here = and_(_c.name == name, _c.chunk.between(first, last))
        rows = self._connection.scalars(select(_c.places).where(here).order_by(_c.chunk))
        data = b"".join(rows)[_WIDTH * (start - first * CHUNK) :][: _WIDTH * count]
        return struct.unpack(f">{len(data) // _WIDTH}I", data)

    def drop(self, name: str) -> None:
        """Remove an order."""
        self._connection.execute(delete(place_orders).where(_c.name == name))
