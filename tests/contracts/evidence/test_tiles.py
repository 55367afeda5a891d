"""The tile layout against the examples of C2SP tlog-tiles, and trees read back from tiles."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.errors import ProofError
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import (
    Tree,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)
from contracts.evidence.names import log_id
from contracts.evidence.receipt import check_receipt
from contracts.evidence.tiles import (
    MAX_CACHED_TILES,
    TileReader,
    read_tile,
    tile_path,
    tile_places,
)


def stored(tree: Tree) -> dict[str, bytes]:
    return {
        tile_path(level, number, width): read_tile(tree, level, number, width)
        for level, number, width in tile_places(tree.size)
    }


def grown(size: int) -> Tree:
    tree = Tree()
    tree.extend(leaf_hash(index.to_bytes(4, "big")) for index in range(size))
    return tree


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (1, 273, 112, "tile/1/273.p/112"),
    ],
)
def test_tile_path_is_the_published_one(level: int, number: int, width: int, path: str) -> None:
    assert tile_path(level, number, width) == path


def test_a_tree_of_70000_has_the_published_tiles() -> None:
    places = list(tile_places(70_000))
    assert places.count((0, 273, 112)) == 1
    assert sum(level == 0 and width == 256 for level, _, width in places) == 273
    assert [place for place in places if place[0] == 1] == [(1, 0, 256), (1, 1, 17)]
    assert [place for place in places if place[0] == 2] == [(2, 0, 1)]


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above() -> None:
    assert list(tile_places(256)) == [(0, 0, 256), (1, 0, 1)]


def test_only_changed_tiles_are_listed_after_growth() -> None:
    assert list(tile_places(600, since=520)) == [(0, 2, 88)]
    assert list(tile_places(600, since=500)) == [(0, 1, 256), (0, 2, 88), (1, 0, 2)]
    assert list(tile_places(600, since=600)) == []


@given(st.data(), st.integers(1, 1100))
def test_tree_read_from_tiles_gives_the_same_roots_and_proofs(
    data: st.DataObject, size: int
) -> None:
    tree = TREE_OF_1100
    tiles = {
        tile_path(level, number, width): read_tile(tree, level, number, width)
        for level, number, width in tile_places(size)
    }
    reader = TileReader(tiles.__getitem__, size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree_root(reader, size) == tree.root(size)
    assert prove_inclusion(reader, index, size) == prove_inclusion(tree, index, size)
    assert prove_consistency(reader, old, size) == prove_consistency(tree, old, size)


TREE_OF_1100 = grown(1100)


@pytest.mark.parametrize(("level", "index"), [(0, 600), (9, 1), (-1, 0), (0, -1), (40, 0)])
def test_tiles_hold_no_subtree_beyond_the_tree(level: int, index: int) -> None:
    with pytest.raises(ProofError):
        TileReader(stored(grown(600)).__getitem__, 600).read(level, index)


def test_a_tile_of_another_length_is_refused() -> None:
    tiles = stored(grown(300))
    with pytest.raises(ProofError):
        TileReader(lambda path: tiles[path] + bytes(32), 300).read(0, 0)


def test_a_reader_keeps_a_bounded_number_of_tiles() -> None:
    tree = grown((MAX_CACHED_TILES + 2) * 256)
    tiles, fetched = stored(tree), []

    def source(path: str) -> bytes:
        fetched.append(path)
        return tiles[path]

    reader = TileReader(source, tree.size)
    for number in range(MAX_CACHED_TILES + 2):
        assert reader.read(0, number * 256) == tree.read(0, number * 256)
    assert len(reader._kept) == MAX_CACHED_TILES
    reader.read(0, (MAX_CACHED_TILES + 1) * 256)
    assert len(fetched) == MAX_CACHED_TILES + 2


def test_log_writer_signs_its_state_and_hands_out_receipts_that_hold() -> None:
    log = LogWriter("dojang.example/log", Ed25519PrivateKey.generate())
    for entry in (b"a", b"b", b"c"):
        log.append(entry)
    assert log.log_id == log_id("dojang.example/log")
    assert open_checkpoint(log.signed_checkpoint(), [log.public_key]) == log.checkpoint()
    assert check_receipt(log.receipt(1), leaf_hash(b"b"), [log.public_key]).size == 3
    with pytest.raises(ProofError):
        check_receipt(log.receipt(1), leaf_hash(b"c"), [log.public_key])
    with pytest.raises(ProofError):
        log.receipt(3)
