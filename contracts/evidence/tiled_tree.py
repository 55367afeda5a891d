"""A tree kept in tiles: appending costs O(log n), memory stays bounded whatever the size.

Full tiles are written once and never again. The last, incomplete tile of each level stays in
memory and is written by ``flush``, which whoever publishes a checkpoint calls before signing it.
"""

from dataclasses import dataclass, field
from typing import Protocol, Self

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import tree_root
from contracts.evidence.tiles import (
    TILE_BITS,
    TILE_BYTES,
    TILE_WIDTH,
    TileReader,
    fold_hashes,
    tile_path,
    tile_width,
)


class TileStore(Protocol):
    """Where tiles live. A tile that was written is never written again with other bytes."""

    def read(self, path: str) -> bytes:
        """A tile's bytes; raises the store's own error where there is none."""

    def write(self, path: str, data: bytes) -> None:
        """Keep a tile durably before returning."""


@dataclass(slots=True)
class TiledTree:
    """A growing tree over a store; one writer at a time."""

    store: TileStore = field(repr=False)
    size: int = 0
    _edges: list[bytearray] = field(default_factory=list, repr=False)
    _reader: TileReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._reader = TileReader(self._fetch, self.size)

    @classmethod
    def reopen(cls, store: TileStore, size: int) -> Self:
        """Go on with a tree of ``size`` leaves, as the last published checkpoint says.

        Raises:
            ProofError: a tile that such a tree has is not there in its length.
        """
        tree = cls(store, size)
        level = 0
        while size >> (TILE_BITS * level):
            hashes = size >> (TILE_BITS * level)
            number, width = divmod(hashes, TILE_WIDTH)
            edge = store.read(tile_path(level, number, width)) if width else b""
            if len(edge) != width * HASH_BYTES:
                raise ProofError(f"the last tile of level {level} has not {width} hashes")
            tree._edges.append(bytearray(edge))
            level += 1
        return tree

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash (32 bytes) and return its index.

        Raises:
            ProofError: if the leaf hash has another length.
        """
        if len(leaf) != HASH_BYTES:
            raise ProofError(f"a hash has {HASH_BYTES} bytes, this one {len(leaf)}")
        index = self.size
        self._add(0, leaf)
        self.size += 1
        self._reader.size = self.size
        return index

    def flush(self) -> None:
        """Write the incomplete tile of every level; full ones are there already."""
        for level, edge in enumerate(self._edges):
            if edge:
                number = (self.size >> (TILE_BITS * level)) // TILE_WIDTH
                self.store.write(tile_path(level, number, len(edge) // HASH_BYTES), bytes(edge))

    def read(self, level: int, index: int) -> bytes:
        """See ``HashReader.read``.

        Raises:
            ProofError: no such perfect subtree in this tree.
        """
        return self._reader.read(level, index)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first ``size`` leaves, over all of them by default."""
        return tree_root(self, self.size if size is None else size)

    def _add(self, level: int, digest: bytes) -> None:
        if level == len(self._edges):
            self._edges.append(bytearray())
        edge = self._edges[level]
        edge += digest
        if len(edge) == TILE_BYTES:
            number = (self.size >> (TILE_BITS * level)) // TILE_WIDTH
            tile = bytes(edge)
            self.store.write(tile_path(level, number), tile)
            edge.clear()
            self._add(level + 1, fold_hashes(tile))

    def _fetch(self, path: str) -> bytes:
        """A tile for the reader: from memory while it is incomplete, else from the store."""
        for level, edge in enumerate(self._edges):
            number = (self.size >> (TILE_BITS * level)) // TILE_WIDTH
            width = tile_width(level, number, self.size)
            if width and path == tile_path(level, number, width):
                return bytes(edge)
        return self.store.read(path)
