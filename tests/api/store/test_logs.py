"""Logs in the database on both engines: the same tree as in memory, whatever the batches."""

import hashlib
from contextlib import closing

import pytest

from api.ports.logs import Anchor
from api.store.database import Database
from contracts.evidence.merkle import Tree
from contracts.evidence.tiles import TileReader, read_tile, tile_places
from tests.api.databases import START, Databases

LOG = "applications"


def leaf(n: int) -> bytes:
    return hashlib.sha256(str(n).encode()).digest()


def append(storage: Database, numbers: range) -> None:
    with storage.work() as work:
        tree = work.logs.open(LOG)
        for n in numbers:
            work.logs.enter(LOG, str(n), tree.append(leaf(n)))
        work.logs.keep(LOG, tree)


def test_a_log_in_batches_is_the_tree_of_its_leaves(storage: Database) -> None:
    expected = Tree()
    start = 0
    for size in (1, 2, 255, 256, 300, 513, 600):
        append(storage, range(start, size))
        expected.extend(leaf(n) for n in range(start, size))
        start = size
        with storage.work() as work:
            assert work.logs.open(LOG).root() == expected.root()
    with storage.reading() as reading:
        assert reading.logs.size(LOG) == 600
        assert reading.logs.place(LOG, "299") == 299
        assert reading.logs.place(LOG, "600") is None
        for level, number, width in tile_places(600):
            path = f"tile/{level}/{number:03d}" + ("" if width == 256 else f".p/{width}")
            assert reading.logs.tile(LOG, path) == read_tile(expected, level, number, width)


def test_a_smaller_checkpoint_finds_its_tiles_in_a_grown_log(lite: Database) -> None:
    append(lite, range(100))
    append(lite, range(100, 300))
    with lite.reading() as reading:

        def fetch(path: str) -> bytes:
            tile = reading.logs.tile(LOG, path)
            assert tile is not None
            return tile

        expected = Tree()
        expected.extend(leaf(n) for n in range(100))
        reader = TileReader(fetch, 100)
        assert [reader.read(0, n) for n in range(100)] == [leaf(n) for n in range(100)]
        assert reading.logs.tile(LOG, "tile/0/002") is None
        assert reading.logs.tile(LOG, "tile/0/001") is None


def test_appending_that_fails_leaves_the_log_as_it_was(storage: Database) -> None:
    append(storage, range(3))
    with pytest.raises(ZeroDivisionError), storage.work() as work:  # noqa: PT012 # the end of the block is what is tested
        tree = work.logs.open(LOG)
        tree.append(leaf(99))
        work.logs.keep(LOG, tree)
        raise ZeroDivisionError
    append(storage, range(3, 5))
    expected = Tree()
    expected.extend(leaf(n) for n in range(5))
    with storage.work() as work:
        assert work.logs.open(LOG).root() == expected.root()


def test_anchors_are_found_by_the_leaf_they_cover(storage: Database) -> None:
    append(storage, range(10))
    first, second = (Anchor(LOG, n, size, leaf(n), "note") for n, size in enumerate((4, 10)))
    with storage.work() as work:
        assert work.logs.last_anchor(LOG) is None
        work.logs.add_anchor(first)
        work.logs.add_anchor(second)
        work.logs.confirm_anchor(Anchor(LOG, 0, 4, first.root, "note", 7, START))
    with storage.reading() as reading:
        assert reading.logs.last_anchor(LOG) == second
        found = reading.logs.anchor_over(LOG, 3)
        assert found is not None
        assert (found.sequence, found.block, found.time) == (0, 7, START)
        assert reading.logs.anchor_over(LOG, 4) is None
        assert [anchor.sequence for anchor in reading.logs.anchors(LOG)] == [0, 1]


def test_two_writers_of_a_log_wait_for_each_other(databases: Databases) -> None:
    import threading

    with closing(Database(databases.migrated("postgresql"))) as storage:
        threads = [
            threading.Thread(target=append, args=(storage, range(n * 10, n * 10 + 10)))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with storage.reading() as reading:
            assert reading.logs.size(LOG) == 40
            places = {reading.logs.place(LOG, str(n)) for n in range(40)}
    assert places == set(range(40))
