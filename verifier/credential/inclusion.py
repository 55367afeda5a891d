"""Where a credential stands in its issuer's log, found without asking for it.

Whoever checks fetches whole tiles of 256 leaves, so that the log's keeper does not learn which
credential is being checked, or uses the receipt that the holder keeps. Both must lead to the root
of the FIRST anchored checkpoint that covers the leaf: a log whose history was rewritten later
cannot give an older time to a newer credential.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from contracts.evidence.encoding import HASH_BYTES, Json, evidence_hash
from contracts.evidence.errors import CheckpointError, ProofError
from contracts.evidence.merkle import HashReader, check_inclusion, leaf_hash, prove_inclusion, root
from contracts.evidence.receipt import Receipt, check_receipt
from contracts.evidence.snapshot import AnchoredCheckpoint, Log
from verifier.errors import (
    EvidenceClaimError,
    InclusionUnknownError,
    NotInLogError,
)

TILE_LEAVES: Final = 256
MAX_LOG_CHARS: Final = 255
_MAX_INDEX: Final = 1 << 48


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A credential's place: origin of the log, and 0-based index of the leaf."""

    log: str
    index: int

    def claim(self) -> Json:
        """The value of the credential's ``evidence`` claim."""
        return {"log": self.log, "index": self.index}


@dataclass(frozen=True, slots=True)
class TilePath:
    """The audit path of a tile's root among the tile roots of a log of ``size`` leaves."""

    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LeafTile:
    """Leaves ``[256 * index, 256 * (index + 1))`` of a log, as far as they exist; unverified.

    ``log`` is the 32-byte log id; ``leaves`` are 32 bytes each. ``paths`` holds a path for every
    anchored checkpoint that is the first to cover one of the leaves.
    """

    log: bytes
    index: int
    leaves: bytes
    paths: tuple[TilePath, ...]


@dataclass(frozen=True, slots=True)
class SoundTile:
    """A tile whose leaves were found under anchored checkpoints, by size of the checkpoint."""

    leaves: bytes
    checkpoints: Mapping[int, AnchoredCheckpoint]


def credential_leaf(issuer_jwt: str) -> bytes:
    """The leaf hash (32 bytes) of a credential in its issuer's log.

    ``SHA-256(0x00 | tr("credential", SHA-256(issuer JWT)))``. The JWT holds 128-bit salted digests
    and a holder's key, so that nobody can guess it.
    """
    digest = hashlib.sha256(issuer_jwt.encode("ascii")).digest()
    return leaf_hash(evidence_hash("credential", digest))


def parse_evidence_claim(claim: Json) -> LogPlace:
    """Read a credential's ``evidence`` claim (C-38).

    Raises:
        EvidenceClaimError: it is not ``{log: text, index: non-negative integer}``.
    """
    log = claim.get("log") if isinstance(claim, dict) else None
    index = claim.get("index") if isinstance(claim, dict) else None
    if not isinstance(log, str) or not 0 < len(log) <= MAX_LOG_CHARS:
        raise EvidenceClaimError("evidence.log is no origin of a log")
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < _MAX_INDEX:
        raise EvidenceClaimError("evidence.index is no index")
    return LogPlace(log, index)


def open_tile(tile: LeafTile, log: Log) -> SoundTile:
    """Check a tile against the anchored checkpoints of its log.

    Raises:
        ProofError: of another log, empty or too long, no path, a path twice, a path to no anchored
            checkpoint, or one that leads to another root.
    """
    count, rest = divmod(len(tile.leaves), HASH_BYTES)
    if tile.log != log.log or rest or not 0 < count <= TILE_LEAVES or not tile.paths:
        raise ProofError("a tile has 1 to 256 leaves of its log and at least one path")
    anchored = {point.size: point for point in log.checkpoints}
    found: dict[int, AnchoredCheckpoint] = {}
    roots: dict[int, bytes] = {}
    for path in tile.paths:
        if path.size in found or path.size not in anchored:
            raise ProofError("a tile's path leads twice to a size, or to one never anchored")
        found[path.size] = anchored[path.size]
    for path in tile.paths:
        _check_path(tile, path, anchored[path.size].root, roots)
    return SoundTile(tile.leaves, MappingProxyType(found))


def make_tile(reader: HashReader, log: Log, index: int) -> LeafTile:
    """Build a tile from a log's stored hashes, with every path that a verifier may need.

    Args:
        reader: the log's hashes, at least as far as the last anchored checkpoint.
        log: the log with its anchored checkpoints.
        index: number of the tile.

    Raises:
        ProofError: no anchored checkpoint reaches into that tile.
    """
    start, end = index * TILE_LEAVES, (index + 1) * TILE_LEAVES
    sizes = [point.size for point in log.checkpoints if point.size > start]
    if not sizes:
        raise ProofError(f"tile {index} is not covered by an anchored checkpoint")
    needed = [size for size in sizes if size <= end] + [size for size in sizes if size > end][:1]
    leaves = b"".join(reader.read(0, at) for at in range(start, min(end, needed[-1])))
    paths = tuple(TilePath(size, _tile_path(reader, start, size)) for size in needed)
    return LeafTile(log.log, index, leaves, paths)


def check_tile(tile: SoundTile, leaf: bytes, index: int, checkpoint: AnchoredCheckpoint) -> None:
    """Check that ``leaf`` stands at ``index`` under that checkpoint (C-41, C-42).

    Raises:
        InclusionUnknownError: the tile was not shown to stand under that checkpoint.
        NotInLogError: another leaf stands there.
    """
    if checkpoint.size not in tile.checkpoints:
        raise InclusionUnknownError("the tile lacks a path to the first covering checkpoint")
    start = index % TILE_LEAVES * HASH_BYTES
    if tile.leaves[start : start + HASH_BYTES] != leaf:
        raise NotInLogError("another leaf stands at the credential's place in the log")


def check_held_receipt(
    receipt: Receipt, leaf: bytes, place: LogPlace, log: Log, checkpoint: AnchoredCheckpoint
) -> None:
    """Check that a holder's receipt shows ``leaf`` at its place under that checkpoint (C-41).

    Raises:
        InclusionUnknownError: it does not: another leaf, index, log or checkpoint. A receipt may
            come from anybody, so a wrong one says nothing about the credential.
    """
    try:
        shown = check_receipt(receipt, leaf, [log.log_key(place.log)])
    except (CheckpointError, ProofError) as error:
        raise InclusionUnknownError(f"the receipt: {error}") from error
    if (receipt.index, shown.size, shown.root) != (place.index, checkpoint.size, checkpoint.root):
        raise InclusionUnknownError("the receipt is of another place or checkpoint")


def _tile_path(reader: HashReader, start: int, size: int) -> tuple[bytes, ...]:
    """What lies above the tile in the audit path of its first leaf."""
    width = min(TILE_LEAVES, size - start)
    return prove_inclusion(reader, start, size)[(width - 1).bit_length() :]


def _check_path(
    tile: LeafTile, path: TilePath, anchored_root: bytes, roots: dict[int, bytes]
) -> None:
    """The tiles' roots form the RFC 9162 tree over themselves, because 256 is a power of two.

    ``roots`` keeps the tile's root by number of leaves: many paths may share one.
    """
    start = tile.index * TILE_LEAVES
    count = min(path.size - start, TILE_LEAVES)
    if count <= 0 or count * HASH_BYTES > len(tile.leaves):
        raise ProofError("a tile lacks leaves that its path's checkpoint covers")
    if count not in roots:
        roots[count] = root(
            [tile.leaves[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(count)]
        )
    tiles = -(-path.size // TILE_LEAVES)
    check_inclusion(roots[count], tile.index, tiles, path.path, anchored_root)
