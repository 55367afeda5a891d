"""A tree kept in tiles equals one in memory, survives reopening, and keeps memory bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.errors import ProofError
from contracts.evidence.merkle import (
    Tree,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
)
from contracts.evidence.tiled_tree import TiledTree
from contracts.evidence.tiles import MAX_CACHED_TILES, TILE_BYTES


class MemoryStore:
    """Tiles in a dictionary; a full tile may never change."""

    def __init__(self) -> None:
        self.tiles: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        return self.tiles[path]

    def write(self, path: str, data: bytes) -> None:
        assert self.tiles.get(path, data) == data
        self.tiles[path] = data


LEAVES = [leaf_hash(index.to_bytes(4, "big")) for index in range(70_000)]


def whole(size: int) -> Tree:
    tree = Tree()
    tree.extend(LEAVES[:size])
    return tree


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_tiled_tree_equals_the_tree_in_memory_over_reopening(growth: list[int]) -> None:
    store, size = MemoryStore(), 0
    for step in growth:
        tree = TiledTree.reopen(store, size)
        for leaf in LEAVES[size : size + step]:
            tree.append(leaf)
        size += step
        assert tree.root() == whole(size).root()
        tree.flush()
    reopened, expected = TiledTree.reopen(store, size), whole(size)
    assert reopened.root() == expected.root()
    for index in {0, size // 2, size - 1}:
        path = prove_inclusion(reopened, index, size)
        assert path == prove_inclusion(expected, index, size)


def test_tiled_tree_of_70000_leaves_has_all_levels_and_proofs_that_hold() -> None:
    store, tree, expected = MemoryStore(), None, whole(70_000)
    tree = TiledTree(store)
    for leaf in LEAVES:
        tree.append(leaf)
    assert tree.root() == expected.root()
    for index in (0, 65_535, 65_536, 69_999):
        path = prove_inclusion(tree, index, 70_000)
        check_inclusion(LEAVES[index], index, 70_000, path, expected.root())
    proof = prove_consistency(tree, 65_537, 70_000)
    check_consistency(65_537, 70_000, proof, expected.root(65_537), expected.root())
    assert len(tree._reader._kept) <= MAX_CACHED_TILES
    assert sum(len(edge) for edge in tree._edges) <= 3 * TILE_BYTES


def test_proofs_stay_right_while_the_tree_grows() -> None:
    tree, expected = TiledTree(MemoryStore()), Tree()
    for leaf in LEAVES[:600]:
        tree.append(leaf)
        expected.append(leaf)
        assert prove_inclusion(tree, 0, tree.size) == prove_inclusion(expected, 0, tree.size)


@pytest.mark.parametrize("size", [300, 512, 513])
def test_reopening_refuses_tiles_that_are_missing_or_cut(size: int) -> None:
    store = MemoryStore()
    tree = TiledTree(store)
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    tree.flush()
    last = [path for path in store.tiles if ".p/" in path][-1]
    store.tiles[last] = store.tiles[last][:-1]
    with pytest.raises(ProofError):
        TiledTree.reopen(store, size)
    del store.tiles[last]
    with pytest.raises(KeyError):
        TiledTree.reopen(store, size)


def test_append_refuses_what_is_no_hash() -> None:
    with pytest.raises(ProofError):
        TiledTree(MemoryStore()).append(b"short")


def test_reading_beyond_the_tree_is_refused() -> None:
    tree = TiledTree(MemoryStore())
    tree.append(LEAVES[0])
    with pytest.raises(ProofError):
        tree.read(0, 1)
