"""Tiles on disk: read back, whole or not there, going on after a crash."""

from pathlib import Path

import pytest

from api.store.tile_files import TileFiles
from contracts.evidence.merkle import Tree, leaf_hash
from contracts.evidence.tiled_tree import TiledTree

LEAVES = [leaf_hash(index.to_bytes(4, "big")) for index in range(600)]


def test_tree_on_disk_goes_on_where_it_was_flushed(tmp_path: Path) -> None:
    tree = TiledTree(TileFiles(tmp_path))
    for leaf in LEAVES[:300]:
        tree.append(leaf)
    tree.flush()
    for leaf in LEAVES[300:400]:
        tree.append(leaf)  # lost with the process: nothing was flushed, nothing was promised
    again, expected = TiledTree.reopen(TileFiles(tmp_path), 300), Tree()
    for leaf in LEAVES[300:]:
        again.append(leaf)
    expected.extend(LEAVES)
    assert again.root() == expected.root()


def test_layout_is_the_published_one(tmp_path: Path) -> None:
    tree = TiledTree(TileFiles(tmp_path))
    for leaf in LEAVES[:300]:
        tree.append(leaf)
    tree.flush()
    paths = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert paths == ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]


def test_missing_tile_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TileFiles(tmp_path).read("tile/0/000")


def test_refused_write_leaves_no_tile(tmp_path: Path) -> None:
    (tmp_path / "tile").write_text("in the way")
    with pytest.raises(OSError, match="tile"):
        TileFiles(tmp_path).write("tile/0/000", bytes(8192))
    assert (tmp_path / "tile").read_text() == "in the way"
