"""Blocks of a log: places that were given out before the leaves before them are there.

A leaf waits in ``log_waiting_leaf`` from the transaction that gave its place out until its block is
appended, whole and in order. After a restore the log's own leaves win: what stands below the log's
size is in it already, and a block that begins there gives out no further place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from api.ports.logs import BlockState, LogBlock
from api.store.place_orders import SqlPlaceOrders
from api.store.schema import metadata

blocks: Final = Table(
    "log_block",
    metadata,
    Column("log", String(64), nullable=False),
    Column("base", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),
    PrimaryKeyConstraint("log", "base"),
    ForeignKeyConstraint(["log"], ["log.name"]),
)
waiting_leaves: Final = Table(
    "log_waiting_leaf",
    metadata,
    Column("log", String(64), nullable=False),
    Column("index", BigInteger, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    PrimaryKeyConstraint("log", "index"),
    ForeignKeyConstraint(["log"], ["log.name"]),
)
_b: Final = blocks.c
_w: Final = waiting_leaves.c


class SqlLogBlocks:
    """The part of ``api.ports.logs.Logs`` that is about blocks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders = SqlPlaceOrders(connection)

    def blocks(self, log: str) -> Sequence[LogBlock]:
        """A log's blocks by base: the newest that was appended, and all that were not."""
        rows = self._connection.execute(select(blocks).where(_b.log == log).order_by(_b.base))
        return [_block(row) for row in rows.mappings()]

    def taken_places(self) -> Mapping[str, int]:
        """Places that were given out in blocks that are not appended yet, by log."""
        undone = _b.state != BlockState.APPENDED.value
        query = select(_b.log, func.sum(_b.taken)).where(undone).group_by(_b.log)
        return {name: int(taken) for name, taken in self._connection.execute(query)}

    def keep_block(self, block: LogBlock, places: Sequence[int] | None = None) -> None:
        """Keep a block; with ``places``, the order in which they are given out from now on."""
        here = and_(_b.log == block.log, _b.base == block.base)
        if not self._connection.execute(update(blocks).where(here).values(_row(block))).rowcount:
            self._connection.execute(insert(blocks), _row(block))
        if places is not None:
            self._orders.replace(_name(block), places)

    def ordered_places(self, block: LogBlock, count: int) -> tuple[int, ...]:
        """The next places of a block in their order, fewer where it ends."""
        return self._orders.read(_name(block), block.position, count)

    def drop_block(self, block: LogBlock) -> None:
        """Forget a block."""
        self._connection.execute(delete(blocks).where(_b.log == block.log, _b.base == block.base))
        self._orders.drop(_name(block))

    def add_waiting(self, log: str, leaves: Mapping[int, bytes]) -> None:
        """Keep leaves by their places, until these are appended."""
        rows = [{"log": log, "index": index, "leaf": leaf} for index, leaf in leaves.items()]
        self._connection.execute(insert(waiting_leaves), rows)

    def waiting(self, log: str, start: int, end: int) -> Mapping[int, bytes]:
        """Leaves that wait at places from ``start`` to before ``end``."""
        here = and_(_w.log == log, _w.index >= start, _w.index < end)
        rows = self._connection.execute(select(_w.index, _w.leaf).where(here))
        return {int(index): bytes(leaf) for index, leaf in rows}

    def drop_waiting(self, log: str, end: int) -> None:
        """Forget leaves at places before ``end``, which are in the log."""
        here = and_(_w.log == log, _w.index < end)
        self._connection.execute(delete(waiting_leaves).where(here))


def _name(block: LogBlock) -> str:
    return f"log/{block.log}/{block.base}"


def _block(row: Any) -> LogBlock:  # noqa: ANN401 - a row of SQLAlchemy
    return LogBlock(**{**row, "state": BlockState(row["state"])})


def _row(block: LogBlock) -> dict[str, Any]:
    return {
        "log": block.log,
        "base": block.base,
        "size": block.size,
        "taken": block.taken,
        "position": block.position,
        "state": block.state.value,
    }
