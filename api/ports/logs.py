"""Evidence logs in the database: leaves, tiles, and which states were anchored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from contracts.evidence.tiled_tree import TiledTree


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed state of a log that is on chain, or on its way there.

    Args:
        log: the log's name within the service.
        sequence: 0-based, without gaps.
        size: leaves that it covers.
        root: 32 bytes.
        note: the signed checkpoint.
        block: number of the block that holds it; None while it is on its way.
        time: that block's time. Without a block: it was on chain then, and the chain lost it.
    """

    log: str
    sequence: int
    size: int
    root: bytes
    note: str = field(repr=False)
    block: int | None = None
    time: datetime | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the chain had it and lost it: it is put back in order, by nobody's errand."""
        return self.block is None and self.time is not None


class BlockState(StrEnum):
    """Whether places of a block are given out, and whether its leaves are in the log."""

    OPEN = "open"
    CLOSED = "closed"
    APPENDED = "appended"


@dataclass(frozen=True, slots=True)
class LogBlock:
    """Places of a log beyond its end, given out in a random order.

    Args:
        log: the log's name within the service.
        base: the first place.
        size: how many there are.
        taken: how many were given out.
        position: how far the present order was read; growing begins another one.
        state: where it stands.
    """

    log: str
    base: int
    size: int
    taken: int = 0
    position: int = 0
    state: BlockState = BlockState.OPEN

    @property
    def end(self) -> int:
        """The place after the last."""
        return self.base + self.size


class LogReader(Protocol):
    """Looking at logs."""

    def size(self, log: str) -> int:
        """Leaves now; 0 for a log that nothing was entered in."""

    def sizes(self) -> Mapping[str, int]:
        """Leaves now, by log."""

    def taken_places(self) -> Mapping[str, int]:
        """Places that were given out in blocks that are not appended yet, by log."""

    def place(self, log: str, key: str) -> int | None:
        """The 0-based index of the leaf that was entered under a key."""

    def tile(self, log: str, path: str) -> bytes | None:
        """A tile as it stands."""

    def last_anchor(self, log: str) -> Anchor | None:
        """The newest anchor, whether on chain or not."""

    def anchor_over(self, log: str, index: int) -> Anchor | None:
        """The first anchor on chain that covers a leaf."""

    def anchor(self, log: str, sequence: int) -> Anchor | None:
        """One anchor by its sequence number."""

    def last_confirmed(self, log: str) -> Anchor | None:
        """The newest anchor that is on chain."""

    def anchors(self, log: str) -> Sequence[Anchor]:
        """All anchors by sequence."""

    def anchors_from(self, log: str, sequence: int, limit: int) -> Sequence[Anchor]:
        """Anchors from a sequence number on, a bounded number of them."""

    def lost_anchors(self, log: str, sequence: int, limit: int) -> Sequence[Anchor]:
        """Anchors that the chain lost, from a sequence number on, a bounded number of them."""


class Logs(LogReader, Protocol):
    """Writing logs; a transaction that writes one keeps others from it until it ends."""

    def open(self, log: str) -> TiledTree:
        """The log's tree, for appending; nobody else appends until the transaction ends."""

    def lock(self, log: str) -> int:
        """Keep other writers of a log away until the transaction ends, halted or not; its size."""

    def blocks(self, log: str) -> Sequence[LogBlock]:
        """A log's blocks by base: the newest that was appended, and all that were not."""

    def keep_block(self, block: LogBlock, places: Sequence[int] | None = None) -> None:
        """Keep a block; with ``places``, the order in which they are given out from now on."""

    def ordered_places(self, block: LogBlock, count: int) -> tuple[int, ...]:
        """The next places of a block in their order, fewer where it ends."""

    def drop_block(self, block: LogBlock) -> None:
        """Forget a block."""

    def add_waiting(self, log: str, leaves: Mapping[int, bytes]) -> None:
        """Keep leaves by their places, until these are appended."""

    def waiting(self, log: str, start: int, end: int) -> Mapping[int, bytes]:
        """Leaves that wait at places from ``start`` to before ``end``."""

    def drop_waiting(self, log: str, end: int) -> None:
        """Forget leaves at places before ``end``, which are in the log."""

    def enter(self, log: str, key: str, index: int) -> None:
        """Keep under which key a leaf was entered."""

    def keep(self, log: str, tree: TiledTree) -> None:
        """Keep the tree's new size and its unfinished tiles."""

    def add_anchor(self, anchor: Anchor) -> None:
        """Keep a signed state, before it is sent anywhere."""

    def confirm_anchor(self, anchor: Anchor) -> None:
        """Keep where and when the chain took it."""

    def lose_anchors(self, log: str, sequence: int) -> int:
        """Keep that the chain lost every anchor from a sequence number on; returns how many."""
