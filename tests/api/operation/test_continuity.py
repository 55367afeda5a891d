"""Logs after a restore: nothing is signed that forks from what was published or anchored."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.actions.anchor_logs import seal_log
from api.health import Health
from api.http.problems import add_problem_handlers
from api.operation.backup import take_backup
from api.operation.continuity import (
    BEHIND,
    FORKED,
    NotRecoverableError,
    OtherChainError,
    agree_on_chain,
    compare_logs,
    recover_log,
)
from api.operation.restore import Source, restore_backup
from api.ports.errors import LogHaltedError
from api.store.migration import newest_revision
from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.merkle import check_consistency, prove_consistency
from tests.api.databases import Databases
from tests.api.operation.world import LOG, World
from tests.simulators.ledger import SimulatedLedger


def older(world: World, databases: Databases, engine: str = "sqlite") -> None:
    """Take a backup, let more happen that is published, and go on with the backup."""
    world.apply(3)
    world.seal()
    world.apply(2)  # on their way into the log when the backup is taken
    take_backup(world.storage, world.destructions.head(), world.folder / "b", None, world.now)
    world.seal()
    world.apply(300)
    world.seal()
    url = databases.empty(engine)
    restore_backup(url, Source(world.folder / "b", None), world.destructions, world.now)
    world.exchange(url)


def size(world: World) -> int:
    with world.storage.reading() as reading:
        return reading.logs.size(LOG)


def codes(world: World) -> list[str]:
    return [halt.code for halt in compare_logs(world.watch, [LOG], world.now)]


def test_a_log_that_agrees_goes_on(world: World) -> None:
    world.apply(3)
    world.seal()
    assert codes(world) == []
    world.apply(2)
    world.seal()
    assert codes(world) == []


def test_a_log_behind_what_was_published_signs_nothing(alone: World, databases: Databases) -> None:
    older(alone, databases)
    assert codes(alone) == [BEHIND]
    alone.apply(4)
    alone.deliver()
    assert size(alone) == 3
    with pytest.raises(LogHaltedError):
        seal_log(alone.storage, alone.watch.keys, LOG, alone.now)
    assert codes(alone) == [BEHIND]


def test_a_log_that_stands_still_is_told_at_readyz(alone: World, databases: Databases) -> None:
    def look() -> tuple[object, object]:
        health = Health(
            alone.storage, newest_revision(), alone.watch.ledger, {}, clock=lambda: alone.now
        )
        told = health.state().to_json()
        return told["status"], told["evidence"]

    assert look() == ("ready", "current")
    older(alone, databases)
    codes(alone)
    assert look() == ("degraded", "halted")


def test_a_log_is_behind_by_the_chain_alone(alone: World, databases: Databases) -> None:
    older(alone, databases)
    (alone.folder / "published" / LOG / "checkpoint").unlink()
    assert codes(alone) == [BEHIND]


def test_a_log_is_behind_by_what_was_published_alone(alone: World, databases: Databases) -> None:
    older(alone, databases)
    alone.ledger = SimulatedLedger(lambda: int(alone.now.timestamp()))
    assert codes(alone) == [BEHIND]


def test_a_recovered_log_continues_what_was_published(
    world: World, databases: Databases, engine: str
) -> None:
    older(world, databases, engine)
    key = world.watch.keys.key(LOG)
    before = open_checkpoint(world.watch.published.checkpoint(LOG) or "", [key])
    assert codes(world) == [BEHIND]
    assert recover_log(world.watch, LOG, world.now) == 302
    assert codes(world) == []
    assert size(world) == 305
    world.apply(4)
    world.clock.forward(hours=2)  # errands that had been given back are due
    world.seal()
    after = open_checkpoint(world.watch.published.checkpoint(LOG) or "", [key])
    # The two that were on their way had arrived, and were not entered again.
    assert (before.size, after.size) == (305, 309)
    with world.storage.work() as work:
        tree = work.logs.open(LOG)
        path = prove_consistency(tree, before.size, after.size)
    check_consistency(before.size, after.size, path, before.root, after.root)
    points = world.ledger.snapshot().logs[0].checkpoints
    assert [point.size for point in points] == [3, 5, 305, 309]


def test_a_log_without_its_tiles_stays_halted(alone: World, databases: Databases) -> None:
    older(alone, databases)
    (alone.folder / "published" / LOG / "tile" / "0" / "000").unlink()
    with pytest.raises(NotRecoverableError):
        recover_log(alone.watch, LOG, alone.now)
    assert codes(alone) == [BEHIND]


def test_tiles_that_were_changed_are_not_taken(alone: World, databases: Databases) -> None:
    older(alone, databases)
    tile = alone.folder / "published" / LOG / "tile" / "0" / "000"
    data = bytearray(tile.read_bytes())
    data[40 * 32] ^= 1
    tile.write_bytes(data)
    with pytest.raises(NotRecoverableError):
        recover_log(alone.watch, LOG, alone.now)
    assert size(alone) == 3


def test_a_log_that_went_another_way_is_halted_for_good(alone: World, databases: Databases) -> None:
    older(alone, databases)
    with alone.storage.work() as work:
        work.continuity.resume(LOG)
    alone.apply(400)
    alone.deliver()  # what was lost is not in it
    assert codes(alone) == [FORKED]
    with pytest.raises(NotRecoverableError):
        recover_log(alone.watch, LOG, alone.now)
    assert codes(alone) == [FORKED]


def test_a_state_is_published_before_it_is_anchored(alone: World, tmp_path: Path) -> None:
    alone.apply(3)
    (tmp_path / "published").write_text("no folder")
    alone.seal()
    assert not alone.ledger.snapshot().logs
    (tmp_path / "published").unlink()
    alone.clock.forward(minutes=1)
    alone.deliver()
    assert alone.ledger.snapshot().logs[0].checkpoints[0].size == 3


def test_another_chain_is_not_taken_for_the_one_that_is_known(alone: World) -> None:
    known = alone.ledger.identity()
    agree_on_chain(alone.storage, known)
    agree_on_chain(alone.storage, known)
    other = type(known)(known.chain_id + 1, known.genesis, known.contracts)
    with pytest.raises(OtherChainError):
        agree_on_chain(alone.storage, other)


def test_who_needs_a_halted_log_is_told_to_come_back() -> None:
    app = FastAPI()
    add_problem_handlers(app)

    @app.get("/")
    def fail() -> None:
        raise LogHaltedError("the log is halted")

    answer = TestClient(app).get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage.unavailable")
    assert answer.headers["retry-after"]
