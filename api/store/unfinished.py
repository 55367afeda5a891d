"""The tables that count what was begun and not finished.

Counts are kept in the transaction of the rows that they count. A pool's count is in several parts,
so that not every writer waits for the same row; the sum of their bounds, which a check constraint
holds as well, is the pool's. Locks are taken in one order: entries that are there, parts, shares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    RowMapping,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from api.ports.errors import NoRoomError
from api.ports.unfinished import POOLS, Hold, Pool, UnfinishedKind
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new

PARTS: Final = 8
FEW_OF: Final = 30_000
"""This part of a pool, 16 kB, any network may hold while there is room at all."""
_EIGHTH: Final = 8
_QUARTER: Final = 4
Key = tuple[UnfinishedKind, str]

parts: Final = Table(
    "unfinished_part",
    metadata,
    Column("pool", String(16), nullable=False),
    Column("part", Integer, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("most", BigInteger, nullable=False),
    PrimaryKeyConstraint("pool", "part"),
    CheckConstraint("held >= 0 AND held <= most", name="bound"),
)
shares: Final = Table(
    "unfinished_share",
    metadata,
    Column("pool", String(16), nullable=False),
    Column("network", LargeBinary(16), nullable=False),
    Column("held", BigInteger, nullable=False),
    PrimaryKeyConstraint("pool", "network"),
    CheckConstraint("held >= 0", name="bound"),
)
entries: Final = Table(
    "unfinished",
    metadata,
    Column("kind", String(16), nullable=False),
    Column("id", String(64), nullable=False),
    Column("pool", String(16), nullable=False),
    Column("part", Integer, nullable=False),
    Column("network", LargeBinary(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("ends", Moment, nullable=False),
    PrimaryKeyConstraint("kind", "id"),
    Index(None, "ends"),
)
_E: Final = entries.c


@dataclass(frozen=True, slots=True)
class SqlUnfinished:
    """Counting in a transaction; ``most`` is the bytes of each counted pool."""

    connection: Connection
    most: Mapping[Pool, int]

    @classmethod
    def of(cls, connection: Connection) -> "SqlUnfinished":
        """With the bounds of the service."""
        return cls(connection, POOLS)

    def hold(self, key: Key, held: Hold) -> None:
        """Make room for something new.

        Raises:
            NoRoomError: the pool, or the network's share of it, is full; nothing is kept.
        """
        part = 0
        if held.pool in self.most:
            part = self._take(key, held.pool, held.network, held.size)
        row = {
            "kind": key[0].value,
            "id": key[1],
            "pool": held.pool.value,
            "part": part,
            "network": held.network,
            "size": held.size if held.pool in self.most else 0,
            "ends": held.ends,
        }
        self.connection.execute(insert(entries), row)

    def grow(self, key: Key, size: int) -> None:
        """Make more room for something that is held; what was finished needs none.

        Raises:
            NoRoomError: as with ``hold``.
        """
        query = select(entries).where(_is(key)).with_for_update()
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None or Pool(row["pool"]) not in self.most:
            return
        part = self._take(key, Pool(row["pool"]), row["network"], size, only=row["part"])
        grown = update(entries).where(_is(key)).values(size=_E.size + size, part=part)
        self.connection.execute(grown)

    def end(self, key: Key, at: datetime) -> None:
        """Let something that was finished, and serves nobody any more, be removed."""
        row = {"kind": key[0].value, "id": key[1], "pool": Pool.STAFF.value, "part": 0}
        insert_if_new(self.connection, entries, {**row, "network": b"", "size": 0, "ends": at})

    def release(self, keys: Sequence[Key]) -> set[str]:
        """Count something no longer; returns the ids of those that were counted until now."""
        if not keys:
            return set()
        wanted = tuple_(_E.kind, _E.id).in_([(kind.value, name) for kind, name in keys])
        rows = self.connection.execute(delete(entries).where(wanted).returning(*entries.c))
        gone = rows.mappings().all()
        self._give_back(gone)
        return {row["id"] for row in gone}

    def take_ended(self, at: datetime, limit: int) -> Sequence[RowMapping]:
        """Take out the entries of what has ended, the oldest first."""
        keys = select(_E.kind, _E.id).where(_E.ends <= at).order_by(_E.ends).limit(limit)
        ended = self.connection.execute(keys.with_for_update(skip_locked=True)).all()
        if not ended:
            return []
        wanted = tuple_(_E.kind, _E.id).in_([tuple(row) for row in ended])
        rows = self.connection.execute(delete(entries).where(wanted).returning(*entries.c))
        gone = rows.mappings().all()
        self._give_back(gone)
        return gone

    def _take(
        self, key: Key, pool: Pool, network: bytes, size: int, only: int | None = None
    ) -> int:
        """Count in one part of the pool and in the network's share; returns the part."""
        own = and_(shares.c.pool == pool.value, shares.c.network == network)
        share = self.connection.scalar(select(shares.c.held).where(own)) or 0
        if share + size > self._allowed(pool):
            raise NoRoomError("the network holds as much as it may")
        chosen = self._count(key, pool, size, only)
        row = {"pool": pool.value, "network": network, "held": size}
        if not insert_if_new(self.connection, shares, row):
            grown = update(shares).where(own).values(held=shares.c.held + size)
            self.connection.execute(grown)
        return chosen

    def _allowed(self, pool: Pool) -> int:
        """What one network may hold now.

        A quarter of the pool, and less the less is free: the square of what is free beyond the
        reserve. An eighth is the reserve, for networks that hold next to nothing: those that take
        all they may leave it whole, and who has begun nothing yet is served from it.
        """
        most = self.most[pool]
        free = max(0, most - self._held(pool) - most // _EIGHTH)
        return max(most // FEW_OF, min(most // _QUARTER, free * free // most))

    def _held(self, pool: Pool) -> int:
        total = select(func.coalesce(func.sum(parts.c.held), 0)).where(parts.c.pool == pool.value)
        return int(self.connection.scalar(total) or 0)

    def _count(self, key: Key, pool: Pool, size: int, only: int | None) -> int:
        """Count in the first part that has room, beginning with the one that the key falls to."""
        first = sha256(key[1].encode()).digest()[0]
        order = [(first + step) % PARTS for step in range(PARTS)] if only is None else [only]
        most = self.most[pool] // PARTS
        for part in order:
            row = {"pool": pool.value, "part": part, "held": 0, "most": most}
            here = and_(parts.c.pool == pool.value, parts.c.part == part)
            room = and_(here, parts.c.held + size <= most)
            counted = update(parts).where(room).values(held=parts.c.held + size, most=most)
            if self.connection.execute(counted).rowcount or (
                insert_if_new(self.connection, parts, row)
                and self.connection.execute(counted).rowcount
            ):
                return part
        raise NoRoomError("as much was begun as there may be")

    def _give_back(self, gone: Sequence[RowMapping]) -> None:
        """Take from the counts, in the order in which they are locked."""
        by_part: dict[tuple[str, int], int] = {}
        by_share: dict[tuple[str, bytes], int] = {}
        for row in gone:
            if Pool(row["pool"]) in self.most:
                place, share = (row["pool"], row["part"]), (row["pool"], bytes(row["network"]))
                by_part[place] = by_part.get(place, 0) + row["size"]
                by_share[share] = by_share.get(share, 0) + row["size"]
        for (pool, part), size in sorted(by_part.items()):
            here = and_(parts.c.pool == pool, parts.c.part == part)
            self.connection.execute(update(parts).where(here).values(held=parts.c.held - size))
        for (pool, network), size in sorted(by_share.items()):
            own = and_(shares.c.pool == pool, shares.c.network == network)
            self.connection.execute(update(shares).where(own).values(held=shares.c.held - size))
            self.connection.execute(delete(shares).where(own, shares.c.held <= 0))


def _is(key: Key) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    return and_(_E.kind == key[0].value, _E.id == key[1])
