"""The evidence log: appending, proving and checking, beside the floor of hashing alone.

The floor is SHA-256 over 65 bytes, as often as a tree of that size needs it. Ratios are what
counts; seconds are this machine's.
"""

import hashlib
import resource
import tempfile
import time
from pathlib import Path

from api.store.tile_files import TileFiles
from contracts.evidence.merkle import Tree, check_inclusion, leaf_hash, prove_inclusion
from contracts.evidence.tiled_tree import TiledTree

SMALL, LARGE, SAMPLE = 100_000, 10_000_000, 2_000


def main() -> None:
    large()  # first, so that its peak memory is its own
    small()


def small() -> None:
    """All proofs of 100,000 leaves, on one core."""
    leaves = [leaf_hash(index.to_bytes(8, "big")) for index in range(SMALL)]
    floor = _floor(SMALL)
    started, tree = time.process_time(), Tree()
    tree.extend(leaves)
    top = tree.root()
    appended = time.process_time()
    paths = [prove_inclusion(tree, index, SMALL) for index in range(SMALL)]
    proved = time.process_time()
    for index, path in enumerate(paths):
        check_inclusion(leaves[index], index, SMALL, path, top)
    checked = time.process_time()
    print(f"evidence log, {SMALL:,} leaves in memory (CPU seconds; floor {floor:.3f})")
    print(
        f"  append and root  {appended - started:7.3f}  {(appended - started) / floor:6.1f} x floor"
    )
    print(
        f"  all proofs       {proved - appended:7.3f}  {(proved - appended) / floor:6.1f} x floor"
    )
    print(f"  check all        {checked - proved:7.3f}  {(checked - proved) / floor:6.1f} x floor")


def large() -> None:
    """10 million leaves in tiles on disk."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tree = TiledTree(TileFiles(Path(folder)))
        started, wall = time.process_time(), time.perf_counter()
        for index in range(LARGE):
            tree.append(leaf_hash(index.to_bytes(8, "big")))
        tree.flush()
        cpu, wall = time.process_time() - started, time.perf_counter() - wall
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        proving = _proving(tree)
    floor = _floor(LARGE)
    print(f"evidence log, {LARGE:,} leaves in tiles on disk (floor {floor:.1f} CPU seconds)")
    print(f"  append           {cpu:7.1f} CPU s, {wall:7.1f} s, {cpu / floor:.1f} x floor")
    print(f"  rate             {LARGE / wall:9,.0f} leaves a second")
    print(f"  proof            {proving * 1e3:7.3f} ms (random leaves)")
    print(
        f"  storage          {size / LARGE:7.2f} bytes a leaf, {size / 32 / LARGE:.3f} x the leaves"
    )
    print(f"  memory grown by  {grown / 1024:7.1f} MiB")


def _proving(tree: TiledTree) -> float:
    started = time.process_time()
    for step in range(SAMPLE):
        prove_inclusion(tree, step * 7_919 * 4_999 % tree.size, tree.size)
    return (time.process_time() - started) / SAMPLE


def _floor(leaves: int) -> float:
    """CPU seconds of the hashes that a tree needs: one a leaf, one an inner node."""
    block, sample = bytes(65), 200_000
    started = time.process_time()
    for _ in range(sample):
        hashlib.sha256(block).digest()
    return (time.process_time() - started) / sample * 2 * leaves


if __name__ == "__main__":
    main()
