"""A database that was put back: what was published is never overwritten, nothing is forked.

The database is exchanged for an older one behind the service's back, on both engines.
"""

import pytest

from api.actions.anchor_logs import seal_log
from api.actions.append_to_logs import log_errand
from api.operation.continuity import (
    BEHIND,
    KEY_MISSING,
    OTHER_KEY,
    UNREADABLE,
    compare_logs,
    known_logs,
)
from api.operation.publication import PUBLISHED_OTHERWISE, Publication
from api.ports.errors import LogHaltedError
from contracts.evidence.errors import ForkError
from contracts.evidence.names import log_id
from tests.api.databases import Databases
from tests.api.operation.world import LOG, World

LATER = "papers"


def enter(world: World, count: int, log: str = LOG, *, prefix: str = "entry") -> None:
    """Let something happen, without the cost of whole applications."""
    with world.storage.work() as work:
        for number in range(count):
            entry = f"{prefix}-{number}"
            work.outbox.put(log_errand(log, entry, entry.encode(), world.now))


def seal(world: World, log: str = LOG) -> None:
    world.deliver()
    seal_log(world.storage, world.watch.keys, log, world.now)
    world.deliver()


def files(world: World) -> dict[str, bytes]:
    folder = world.folder / "published"
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def codes(world: World) -> dict[str, str]:
    halts = compare_logs(world.watch, known_logs(world.watch), world.now)
    return {halt.log: halt.code for halt in halts}


@pytest.fixture
def begun_after(world: World, databases: Databases, engine: str) -> World:
    """A database in whose view nothing ever happened; both logs were published and anchored."""
    for log in (LOG, LATER):
        enter(world, 5, log)
        seal(world, log)
    world.exchange(databases.migrated(engine))
    return world


def test_a_log_that_the_database_never_heard_of_is_halted(begun_after: World) -> None:
    world = begun_after
    assert codes(world) == {LOG: BEHIND, LATER: BEHIND}
    before = files(world)
    enter(world, 9, LATER, prefix="another")
    world.deliver()
    with pytest.raises(LogHaltedError):
        seal_log(world.storage, world.watch.keys, LATER, world.now)
    assert files(world) == before


@pytest.mark.parametrize("count", [4, 5, 300], ids=["shorter", "as long", "longer"])
def test_a_second_history_overwrites_nothing_that_was_published(
    begun_after: World, count: int
) -> None:
    """Nobody compared: what goes out is held against what is there."""
    world = begun_after
    before, points = files(world), world.ledger.snapshot().logs
    enter(world, count, LATER, prefix="another")
    seal(world, LATER)
    assert files(world) == before
    assert world.ledger.snapshot().logs == points
    with world.storage.reading() as reading:
        [halt] = reading.continuity.halts()
    assert (halt.log, halt.code) == (LATER, PUBLISHED_OTHERWISE)


def test_one_log_that_was_published_otherwise_stops_no_other(begun_after: World) -> None:
    world = begun_after
    enter(world, 3, LATER, prefix="another")
    enter(world, 4, "administration")
    world.deliver()
    for log in (LATER, "administration"):
        seal_log(world.storage, world.watch.keys, log, world.now)
    world.deliver()
    known = world.ledger.snapshot().log(log_id(world.watch.keys.origin("administration")))
    assert known is not None
    assert [point.size for point in known.checkpoints] == [4]


def test_a_tile_is_written_once(alone: World) -> None:
    enter(alone, 3)
    seal(alone)
    with alone.storage.reading() as reading:
        anchor = reading.logs.last_anchor(LOG)
        assert anchor is not None
        published = Publication(alone.folder / "published")
        (published.folder / LOG / "checkpoint").unlink()
        tile = published.folder / LOG / "tile" / "0" / "000.p" / "3"
        tile.write_bytes(bytes(96))
        with pytest.raises(ForkError):
            published.publish(reading.logs, anchor)
    assert tile.read_bytes() == bytes(96)
    assert not (published.folder / LOG / "checkpoint").exists()


def test_published_files_that_were_lost_are_written_again(alone: World) -> None:
    enter(alone, 300)
    seal(alone)
    before = files(alone)
    with alone.storage.reading() as reading:
        anchor = reading.logs.last_anchor(LOG)
        assert anchor is not None
        other = Publication(alone.folder / "other")
        other.publish(reading.logs, anchor)
        other.publish(reading.logs, anchor)
    folder = alone.folder / "other"
    assert before == {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_a_log_on_chain_under_another_key_is_halted_alone(alone: World) -> None:
    for log in (LOG, LATER):
        enter(alone, 2, log)
        seal(alone, log)
    key = alone.folder / "keys" / f"log-{LATER}.key"
    secret = key.read_text()
    key.write_text("11" * 32)
    (alone.folder / "published" / LATER / "checkpoint").unlink()
    assert codes(alone) == {LATER: OTHER_KEY}
    key.write_text(secret)
    assert codes(alone) == {}


def test_a_log_whose_key_is_gone_gets_no_new_one(alone: World) -> None:
    enter(alone, 2)
    seal(alone)
    key = alone.folder / "keys" / f"log-{LOG}.key"
    key.unlink()
    assert codes(alone) == {LOG: KEY_MISSING}
    assert not key.exists()


@pytest.mark.parametrize("damage", [b"nonsense", b"\xff\n\n", b""])
def test_a_checkpoint_that_cannot_be_read_halts_its_log_alone(alone: World, damage: bytes) -> None:
    for log in (LOG, LATER):
        enter(alone, 2, log)
        seal(alone, log)
    checkpoint = alone.folder / "published" / LATER / "checkpoint"
    checkpoint.write_bytes(damage)
    assert codes(alone) == {LATER: UNREADABLE}
    enter(alone, 3, LATER, prefix="more")
    seal(alone)
    assert checkpoint.read_bytes() == damage
