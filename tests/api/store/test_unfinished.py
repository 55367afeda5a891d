"""What was begun and not finished: bounded in all, fair among networks, exact in its counts.

Sizes are made up, so that 500 MB are reached in a moment.
"""

import secrets
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from api.ports.errors import NoRoomError, StorageConflictError
from api.ports.unfinished import MOST_BYTES, POOLS, Hold, Pool, UnfinishedKind
from api.store.database import Database
from api.store.unfinished import SqlUnfinished, entries, parts, shares
from tests.api.databases import START

MEGABYTE = 1_000_000
ENDS = START + timedelta(minutes=15)
SMALL = {Pool.APPLICATIONS: 600_000, Pool.SIGN_INS: 60_000}
BIG, FEW = 2_500, 10


def begin(
    storage: Database,
    network: bytes = b"",
    size: int = MEGABYTE,
    most: Mapping[Pool, int] = POOLS,
    pool: Pool = Pool.APPLICATIONS,
) -> str | None:
    """Begin something; its id, or None where it is refused."""
    name = secrets.token_hex(8)
    try:
        with storage.work() as work:
            held = Hold(pool, size, ENDS, network)
            SqlUnfinished(work.connection, most).hold((UnfinishedKind.REQUEST, name), held)
    except NoRoomError:
        return None
    return name


def fill(storage: Database, network: bytes, size: int, most: Mapping[Pool, int]) -> list[str]:
    """Begin until it is refused."""
    begun = []
    while (name := begin(storage, network, size, most)) is not None:
        begun.append(name)
    return begun


def held(storage: Database) -> tuple[int, int, int]:
    """By the parts, by the shares, by the entries."""
    with storage.reading() as reading:
        sums = (parts.c.held, shares.c.held, entries.c.size)
        found = [reading.connection.scalar(select(func.sum(column))) for column in sums]
    return (int(found[0] or 0), int(found[1] or 0), int(found[2] or 0))


def test_the_pools_are_500_megabytes_together() -> None:
    assert sum(POOLS.values()) == MOST_BYTES == 500 * MEGABYTE


def test_any_number_of_networks_together_hold_no_more_than_the_bound(storage: Database) -> None:
    """Some that take all they may, then ever new ones with little, until nothing is left."""
    for number in range(60):
        fill(storage, number.to_bytes(16, "big"), 5 * MEGABYTE, POOLS)
    assert 350 * MEGABYTE < held(storage)[0] <= POOLS[Pool.APPLICATIONS]
    with storage.work() as work:  # as if thousands had been served from what is left
        room = parts.c.most - 8_000
        work.connection.execute(update(parts).values(held=room))
    few = [begin(storage, (1000 + n).to_bytes(16, "big"), 7_000) is not None for n in range(20)]
    total = held(storage)[0]
    assert few.count(True) == 8
    assert total <= POOLS[Pool.APPLICATIONS] <= total + 8 * 7_000


def test_one_network_holds_a_quarter_and_leaves_others_room(storage: Database) -> None:
    flood = fill(storage, b"f" * 16, BIG, SMALL)
    assert len(flood) * BIG == SMALL[Pool.APPLICATIONS] // 4
    assert len(fill(storage, b"p" * 16, BIG, SMALL)) * BIG > SMALL[Pool.APPLICATIONS] // 6


def test_who_has_nothing_yet_finds_room_where_many_hold_all_they_may(storage: Database) -> None:
    """Each takes as much as it may, one after the other; a new network is still served."""
    for number in range(40):
        fill(storage, number.to_bytes(16, "big"), BIG, SMALL)
    reserve = SMALL[Pool.APPLICATIONS] // 8
    assert SMALL[Pool.APPLICATIONS] - held(storage)[0] >= reserve
    for person in range(200):
        assert begin(storage, (1000 + person).to_bytes(16, "big"), FEW, SMALL) is not None


def test_nobodys_is_thrown_out_and_what_is_finished_makes_room(storage: Database) -> None:
    mine = begin(storage, b"p" * 16, BIG, SMALL)
    flood = fill(storage, b"f" * 16, BIG, SMALL)
    with storage.work() as work:
        assert mine is not None
        unfinished = SqlUnfinished(work.connection, SMALL)
        assert unfinished.release([(UnfinishedKind.REQUEST, mine)]) == {mine}
        assert unfinished.release([(UnfinishedKind.REQUEST, mine)]) == set()
        keys = [(UnfinishedKind.REQUEST, name) for name in flood]
        assert len(unfinished.release(keys)) == len(flood)
    assert held(storage) == (0, 0, 0)
    with storage.reading() as reading:
        assert reading.connection.execute(select(shares)).all() == []


def test_a_pool_that_is_full_leaves_the_other_its_room(storage: Database) -> None:
    """Applications can keep nobody from signing in, and the other way round."""
    for number in range(40):
        fill(storage, number.to_bytes(16, "big"), BIG, SMALL)
    assert begin(storage, b"n" * 16, BIG, SMALL) is None
    assert begin(storage, b"n" * 16, 50, SMALL, Pool.SIGN_INS) is not None


def test_what_staff_open_is_not_counted_and_ends_all_the_same(storage: Database) -> None:
    assert begin(storage, b"", 10**9, SMALL, Pool.STAFF) is not None
    assert held(storage) == (0, 0, 0)
    with storage.work() as work:
        taken = SqlUnfinished(work.connection, SMALL).take_ended(ENDS, 10)
    assert len(taken) == 1


def test_what_grows_is_bounded_too(storage: Database) -> None:
    name = begin(storage, b"p" * 16, 50, SMALL)
    assert name is not None
    key = (UnfinishedKind.REQUEST, name)
    with storage.work() as work:
        SqlUnfinished(work.connection, SMALL).grow(key, 100)
    assert held(storage) == (150, 150, 150)
    with pytest.raises(NoRoomError), storage.work() as work:
        SqlUnfinished(work.connection, SMALL).grow(key, 160_000)
    with storage.work() as work:
        SqlUnfinished(work.connection, SMALL).release([key])
        SqlUnfinished(work.connection, SMALL).grow(key, 160_000)  # finished: not counted any more
    assert held(storage) == (0, 0, 0)


def test_it_ends_with_its_time_and_not_before(storage: Database) -> None:
    for number in range(5):
        begin(storage, number.to_bytes(16, "big"), 50, SMALL)
    with storage.work() as work:
        unfinished = SqlUnfinished(work.connection, SMALL)
        assert unfinished.take_ended(ENDS - timedelta(seconds=1), 10) == []
        assert len(unfinished.take_ended(ENDS, 3)) == 3
        assert len(unfinished.take_ended(ENDS, 3)) == 2
    assert held(storage) == (0, 0, 0)


def test_the_database_itself_refuses_more_than_a_part_may_hold(storage: Database) -> None:
    begin(storage, b"p" * 16, 50, SMALL)
    for value in (parts.c.most + 1, -1):
        with pytest.raises(StorageConflictError), storage.work() as work:
            work.connection.execute(update(parts).values(held=value))


def test_many_at_once_count_exactly_and_never_pass_the_bound(url: str) -> None:
    """Each thread is a process of its own to the database."""
    begun: list[str] = []
    failures: list[BaseException] = []

    def press(number: int) -> None:
        try:
            with closing(Database(url, threads=2)) as own:
                mine = fill(own, bytes([number]) * 16, BIG, SMALL)
                begun.extend(mine)
                keys = [(UnfinishedKind.REQUEST, name) for name in mine[::2]]
                with own.work() as work:
                    SqlUnfinished(work.connection, SMALL).release(keys)
        except BaseException as error:  # noqa: BLE001 # whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert begun
    with closing(Database(url, threads=2)) as storage:
        by_parts, by_shares, by_entries = held(storage)
        assert by_parts == by_shares == by_entries <= SMALL[Pool.APPLICATIONS]


def test_refusing_reads_no_table_of_what_is_held(storage: Database) -> None:
    """Whether there is room is told by a few counts, however much is held."""
    with storage.work() as work:
        for number in range(50):
            key = (UnfinishedKind.REQUEST, f"{number}")
            room = Hold(Pool.APPLICATIONS, 1, ENDS, number.to_bytes(16, "big"))
            SqlUnfinished.of(work.connection).hold(key, room)
    with storage.reading() as reading:
        rows = reading.connection.scalar(text("SELECT count(*) FROM unfinished_part"))
    assert rows is not None
    assert rows <= 16
