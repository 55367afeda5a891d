"""Evidence logs: the size of each, its tiles, the places of its entries, and its anchors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    and_,
    insert,
    select,
    update,
)

from api.ports.errors import LogHaltedError, StorageUnavailableError
from api.ports.logs import Anchor
from api.store.database_mark import OutsideMarks, SqlDatabaseMark
from api.store.log_blocks import SqlLogBlocks
from api.store.schema import Moment, metadata
from api.store.upsert import insert_if_new
from contracts.evidence.errors import ProofError
from contracts.evidence.tiled_tree import TiledTree
from contracts.evidence.tiles import TILE_BYTES

logs: Final = Table(
    "log",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
log_tiles: Final = Table(
    "log_tile",
    metadata,
    Column("log", String(64), nullable=False),
    Column("path", String(128), nullable=False),
    Column("hashes", LargeBinary(TILE_BYTES), nullable=False),
    PrimaryKeyConstraint("log", "path"),
    ForeignKeyConstraint(["log"], ["log.name"]),
)
log_places: Final = Table(
    "log_place",
    metadata,
    Column("log", String(64), nullable=False),
    Column("key", String(128), nullable=False),
    Column("index", BigInteger, nullable=False),
    PrimaryKeyConstraint("log", "key"),
    ForeignKeyConstraint(["log"], ["log.name"]),
)
log_anchors: Final = Table(
    "log_anchor",
    metadata,
    Column("log", String(64), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("block", BigInteger),
    Column("time", Moment),
    PrimaryKeyConstraint("log", "sequence"),
    ForeignKeyConstraint(["log"], ["log.name"]),
)
log_halts: Final = Table(
    "log_halt",
    metadata,
    Column("log", String(64), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("since", Moment, nullable=False),
)
_UNFINISHED: Final = ".p/"


@dataclass(frozen=True, slots=True)
class SqlTiles:
    """``TileStore`` of one log in a transaction.

    An unfinished tile is kept under its number without its width and grows in place: a smaller one
    is its beginning, so whoever asks for that gets it cut.
    """

    connection: Connection
    log: str

    def read(self, path: str) -> bytes:
        """A tile's bytes.

        Raises:
            ProofError: there is no such tile.
        """
        number, _, width = path.partition(_UNFINISHED)
        here = and_(log_tiles.c.log == self.log, log_tiles.c.path == number)
        hashes = self.connection.scalar(select(log_tiles.c.hashes).where(here))
        if hashes is None or (not width and len(hashes) < TILE_BYTES):
            raise ProofError(f"the log has no tile {path}")
        return bytes(hashes[: int(width) * 32] if width else hashes)

    def write(self, path: str, data: bytes) -> None:
        """Keep a tile."""
        number = path.partition(_UNFINISHED)[0]
        row = {"log": self.log, "path": number, "hashes": data}
        if not insert_if_new(self.connection, log_tiles, row):
            here = and_(log_tiles.c.log == self.log, log_tiles.c.path == number)
            self.connection.execute(update(log_tiles).where(here).values(hashes=data))


class SqlLogs(SqlLogBlocks):
    """``api.ports.logs.Logs`` in a transaction."""

    def __init__(self, connection: Connection, outside: OutsideMarks | None = None) -> None:
        super().__init__(connection)
        self._outside = outside

    def size(self, log: str) -> int:
        """Leaves now."""
        size = self._connection.scalar(select(logs.c.size).where(logs.c.name == log))
        return 0 if size is None else int(size)

    def sizes(self) -> Mapping[str, int]:
        """Leaves now, by log."""
        return {row.name: int(row.size) for row in self._connection.execute(_SIZES)}

    def place(self, log: str, key: str) -> int | None:
        """The index of the leaf that was entered under a key."""
        here = and_(log_places.c.log == log, log_places.c.key == key)
        index: int | None = self._connection.scalar(select(log_places.c.index).where(here))
        return index

    def tile(self, log: str, path: str) -> bytes | None:
        """A tile as it stands."""
        try:
            return SqlTiles(self._connection, log).read(path)
        except ProofError:
            return None

    def open(self, log: str) -> TiledTree:
        """The log's tree, for appending; its row is locked until the transaction ends.

        Raises:
            LogHaltedError: it does not continue what was published, or the database was put back;
                see ``api.operation``.
            StorageUnavailableError: whether it was put back cannot be seen now.
        """
        size = self.lock(log)
        halted = select(log_halts.c.code).where(log_halts.c.log == log)
        code = self._connection.scalar(halted)
        if code is not None:
            raise LogHaltedError(f"the log {log} is halted: {code}")
        if self._outside is not None and not self._is_the_one_that_published(self._outside):
            raise LogHaltedError("the database was put back, and its logs not compared yet")
        return TiledTree.reopen(SqlTiles(self._connection, log), size)

    def _is_the_one_that_published(self, outside: OutsideMarks) -> bool:
        """Whether nobody put this database back; see ``api.store.database_mark``."""
        mark = SqlDatabaseMark(self._connection)
        try:
            # A mark that is being renewed is waited for, and looked at again.
            return outside.hold(mark.find()) or outside.hold(mark.find(locked=True))
        except OSError as error:
            raise StorageUnavailableError("the database's mark cannot be read") from error

    def lock(self, log: str) -> int:
        """Keep other writers of a log away until the transaction ends, halted or not; its size."""
        insert_if_new(self._connection, logs, {"name": log, "size": 0})
        query = select(logs.c.size).where(logs.c.name == log).with_for_update()
        return int(self._connection.execute(query).scalar_one())

    def enter(self, log: str, key: str, index: int) -> None:
        """Keep under which key a leaf was entered."""
        row = {"log": log, "key": key, "index": index}
        self._connection.execute(insert(log_places), row)

    def keep(self, log: str, tree: TiledTree) -> None:
        """Keep the tree's new size and its unfinished tiles."""
        tree.flush()
        self._connection.execute(update(logs).where(logs.c.name == log).values(size=tree.size))

    def last_anchor(self, log: str) -> Anchor | None:
        """The newest anchor, whether on chain or not."""
        newest = _ANCHORS.where(log_anchors.c.log == log).order_by(log_anchors.c.sequence.desc())
        row = self._connection.execute(newest.limit(1)).mappings().one_or_none()
        return None if row is None else Anchor(**row)

    def anchor_over(self, log: str, index: int) -> Anchor | None:
        """The first anchor on chain that covers a leaf."""
        over = and_(log_anchors.c.size > index, log_anchors.c.block.is_not(None))
        first = _ANCHORS.where(log_anchors.c.log == log, over).order_by(log_anchors.c.sequence)
        row = self._connection.execute(first.limit(1)).mappings().one_or_none()
        return None if row is None else Anchor(**row)

    def anchor(self, log: str, sequence: int) -> Anchor | None:
        """One anchor by its sequence number."""
        here = and_(log_anchors.c.log == log, log_anchors.c.sequence == sequence)
        row = self._connection.execute(_ANCHORS.where(here)).mappings().one_or_none()
        return None if row is None else Anchor(**row)

    def last_confirmed(self, log: str) -> Anchor | None:
        """The newest anchor that is on chain."""
        here = and_(log_anchors.c.log == log, log_anchors.c.block.is_not(None))
        newest = _ANCHORS.where(here).order_by(log_anchors.c.sequence.desc()).limit(1)
        row = self._connection.execute(newest).mappings().one_or_none()
        return None if row is None else Anchor(**row)

    def anchors_from(self, log: str, sequence: int, limit: int) -> Sequence[Anchor]:
        """Anchors from a sequence number on."""
        return self._from(log, sequence, limit)

    def lost_anchors(self, log: str, sequence: int, limit: int) -> Sequence[Anchor]:
        """Anchors that the chain lost, from a sequence number on."""
        return self._from(log, sequence, limit, _LOST)

    def _from(
        self, log: str, sequence: int, limit: int, *where: ColumnElement[bool]
    ) -> Sequence[Anchor]:
        here = and_(log_anchors.c.log == log, log_anchors.c.sequence >= sequence, *where)
        query = _ANCHORS.where(here).order_by(log_anchors.c.sequence).limit(limit)
        return [Anchor(**row) for row in self._connection.execute(query).mappings()]

    def lose_anchors(self, log: str, sequence: int) -> int:
        """Keep that the chain lost every anchor from a sequence number on; their times stay."""
        here = and_(log_anchors.c.log == log, log_anchors.c.sequence >= sequence)
        on_chain = and_(here, log_anchors.c.block.is_not(None))
        return self._connection.execute(
            update(log_anchors).where(on_chain).values(block=None)
        ).rowcount

    def anchors(self, log: str) -> Sequence[Anchor]:
        """All anchors by sequence."""
        query = _ANCHORS.where(log_anchors.c.log == log).order_by(log_anchors.c.sequence)
        return [Anchor(**row) for row in self._connection.execute(query).mappings()]

    def add_anchor(self, anchor: Anchor) -> None:
        """Keep a signed state, before it is sent anywhere."""
        row = {
            "log": anchor.log,
            "sequence": anchor.sequence,
            "size": anchor.size,
            "root": anchor.root,
            "note": anchor.note,
        }
        self._connection.execute(insert(log_anchors), row)

    def confirm_anchor(self, anchor: Anchor) -> None:
        """Keep where and when the chain took it."""
        here = and_(log_anchors.c.log == anchor.log, log_anchors.c.sequence == anchor.sequence)
        values = {"block": anchor.block, "time": anchor.time}
        self._connection.execute(update(log_anchors).where(here).values(values))


_ANCHORS: Final = select(log_anchors)
_LOST: Final = and_(log_anchors.c.block.is_(None), log_anchors.c.time.is_not(None))
_SIZES: Final = select(logs.c.name, logs.c.size)
