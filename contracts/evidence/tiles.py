"""Tiles of 256 hashes in the C2SP tlog-tiles layout: how a log of any size is kept and served.

``tile/<L>/<N>`` holds the roots of consecutive perfect subtrees of ``256^L`` leaves; ``<N>`` is
written in groups of three digits, all but the last with an ``x`` before them; an incomplete last
tile carries ``.p/<W>``, its width.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import HashReader, node_hash

TILE_BITS: Final = 8
TILE_WIDTH: Final = 1 << TILE_BITS
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
MAX_CACHED_TILES: Final = 64
_GROUP: Final = 1000

TileSource = Callable[[str], bytes]
"""Fetches a tile by its path; raises its own error where there is none."""


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile.

    Args:
        level: tile level, 0 to 63.
        number: 0-based index within the level.
        width: hashes in the tile, 1 to 256.
    """
    suffix = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{_number_path(number)}{suffix}"


def tile_width(level: int, number: int, size: int) -> int:
    """How many hashes a tile has in a tree of ``size`` leaves; 0 if it is not there."""
    hashes = size >> (TILE_BITS * level)
    return max(0, min(TILE_WIDTH, hashes - number * TILE_WIDTH))


def tile_places(size: int, since: int = 0) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of each tile of a tree of ``size`` that one of ``since`` lacks."""
    level = 0
    while size >> (TILE_BITS * level):
        old, new = since >> (TILE_BITS * level), size >> (TILE_BITS * level)
        if new > old:
            for number in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
                yield level, number, tile_width(level, number, size)
        level += 1


def read_tile(reader: HashReader, level: int, number: int, width: int) -> bytes:
    """The bytes of a tile, ``width`` hashes of 32 bytes."""
    start = number * TILE_WIDTH
    hashes = (reader.read(TILE_BITS * level, start + place) for place in range(width))
    return b"".join(hashes)


@dataclass(slots=True)
class TileReader:
    """Hashes of a tree of ``size`` leaves, read from its tiles, at most 64 of them kept.

    What a source hands out is not believed by itself: proofs made from it lead to the root of a
    checkpoint, or they do not hold.
    """

    source: TileSource
    size: int
    _kept: dict[tuple[int, int], bytes] = field(default_factory=dict, repr=False)

    def read(self, level: int, index: int) -> bytes:
        """See ``HashReader.read``.

        Raises:
            ProofError: no such perfect subtree in this tree, or a tile of another length.
        """
        if index < 0 or level < 0 or (index + 1) << level > self.size:
            raise ProofError(f"the tree holds no hash at level {level}, index {index}")
        tile_level, inner = divmod(level, TILE_BITS)
        number, place = divmod(index << inner, TILE_WIDTH)
        tile = self._tile(tile_level, number)
        start, end = place * HASH_BYTES, (place + (1 << inner)) * HASH_BYTES
        return fold_hashes(tile[start:end])

    def _tile(self, level: int, number: int) -> bytes:
        width = tile_width(level, number, self.size)
        kept = self._kept.get((level, number))
        if kept is not None and len(kept) == width * HASH_BYTES:
            return kept
        tile = self.source(tile_path(level, number, width))
        if len(tile) != width * HASH_BYTES:
            raise ProofError(f"a tile of {width} hashes has {len(tile)} bytes")
        self._kept.pop((level, number), None)
        if len(self._kept) >= MAX_CACHED_TILES:
            self._kept.pop(next(iter(self._kept)))
        self._kept[level, number] = tile
        return tile


def fold_hashes(hashes: bytes) -> bytes:
    """The root over a power of two of concatenated hashes."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join(
            node_hash(hashes[at : at + HASH_BYTES], hashes[at + HASH_BYTES : at + 2 * HASH_BYTES])
            for at in pairs
        )
    return hashes


def _number_path(number: int) -> str:
    groups = [f"{number % _GROUP:03d}"]
    while number := number // _GROUP:
        groups.insert(0, f"x{number % _GROUP:03d}")
    return "/".join(groups)
