"""What the worker's jobs read and hold does not grow with everything that ever happened."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import event, text

from api.actions.anchor_logs import seal_log
from api.operation.destroying import replay_pieces
from api.operation.jobs import BATCH, Keeping, retain_pieces
from api.operation.older_states import OlderStates
from api.operation.settings import OperationSettings
from api.ports.destruction import RecordKind
from api.store.database import Database
from contracts.evidence.names import log_id
from tests.api.operation.world import LOG, World

KEEPING = Keeping.of(OperationSettings())


@dataclass
class Counted:
    """Transactions that wrote, and rows that the longest of them touched; tiles that were read."""

    writing: int = 0
    longest: int = 0
    tiles: int = 0
    _rows: int = 0
    views: list[int] = field(default_factory=list)


@contextmanager
def counting(storage: Database) -> Iterator[Counted]:
    """Count what is done to a database."""
    seen = Counted()

    def executed(_c: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("DELETE", "UPDATE", "INSERT")):
            seen._rows += max(0, cursor.rowcount)
        if "log_tile" in statement:
            seen.tiles += 1

    def ended(_connection: Any) -> None:
        seen.writing += seen._rows > 0
        seen.longest, seen._rows = max(seen.longest, seen._rows), 0

    engines = [storage._writer, storage._reader]
    for engine in engines:
        event.listen(engine, "after_cursor_execute", executed)
        event.listen(engine, "commit", ended)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "after_cursor_execute", executed)
            event.remove(engine, "commit", ended)


def states(world: World, count: int) -> None:
    """So many states of a log, signed and on chain; nothing is published."""
    name = world.watch.keys
    for number in range(count):
        with world.storage.work() as work:
            tree = work.logs.open(LOG)
            tree.append(secrets.token_bytes(32))
            work.logs.keep(LOG, tree)
        anchor = seal_log(world.storage, name, LOG, world.now)
        assert anchor is not None
        if number == 0:
            world.ledger.open_log(log_id(name.origin(LOG)), name.key(LOG).public)
        found = world.ledger.anchor(log_id(name.origin(LOG)), number, anchor.size, anchor.root)
        with world.storage.work() as work:
            work.logs.confirm_anchor(replace(anchor, block=found.block, time=found.time))


def test_an_audit_holds_no_writer_and_reads_what_is_new(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.operation.older_states.AGAIN", 8)
    monkeypatch.setattr("api.operation.older_states.PIECE", 4)
    states(alone, 40)
    older = OlderStates(alone.watch)
    with counting(alone.storage) as at_start:
        assert sum(older.pieces(alone.now)) == 0
    costs = []
    for _ in range(3):
        with counting(alone.storage) as again:
            pieces = list(older.pieces(alone.now))
        costs.append(again.tiles)
        assert len(pieces) == 2
        assert again.writing == 0
    assert at_start.writing == 0
    assert max(costs) < at_start.tiles / 2


def test_a_part_of_the_old_is_compared_again_until_all_was(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.operation.older_states.AGAIN", 8)
    states(alone, 20)
    older = OlderStates(alone.watch)
    list(older.pieces(alone.now))
    with alone.storage.work() as work:  # a leaf changes under roots that were compared
        row = work.connection.execute(  # type: ignore[attr-defined] # of SQLAlchemy
            text("SELECT hashes FROM log_tile WHERE log = :log"), {"log": LOG}
        ).scalar_one()
        damaged = bytes([row[0] ^ 1]) + row[1:]
        work.connection.execute(  # type: ignore[attr-defined] # of SQLAlchemy
            text("UPDATE log_tile SET hashes = :hashes WHERE log = :log"),
            {"hashes": damaged, "log": LOG},
        )
    assert sum(older.pieces(alone.now)) >= 1
    with alone.storage.reading() as reading:
        assert [halt.log for halt in reading.continuity.halts()] == [LOG]


def test_every_state_is_compared_again_in_its_time(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.operation.older_states.AGAIN", 8)
    compared: list[int] = []
    monkeypatch.setattr(
        "api.operation.older_states._agree",
        lambda _logs, _name, points: compared.extend(p.sequence for p in points) or True,
    )
    states(alone, 20)
    older = OlderStates(alone.watch)
    list(older.pieces(alone.now))
    assert compared == list(range(20))
    compared.clear()
    for _ in range(3):
        list(older.pieces(alone.now))
    assert compared == list(range(20))


def test_retention_removes_few_rows_in_a_transaction(world: World) -> None:
    made = world.apply(12)
    world.deliver()
    with world.storage.work() as work:
        rows = [
            {"kind": "test", "key": str(n), "payload": b"", "state": "done", "done": world.now}
            for n in range(2 * BATCH + 10)
        ]
        work.connection.execute(  # type: ignore[attr-defined] # of SQLAlchemy
            text(
                "INSERT INTO outbox (kind, key, payload, state, due, attempts, done)"
                " SELECT kind, :key, payload, state, due, attempts, done FROM outbox LIMIT 1"
            ),
            [{"key": f"test/{row['key']}"} for row in rows],
        )
    world.clock.forward(days=400)
    with counting(world.storage) as seen:
        removed = list(retain_pieces(world.storage, world.destructions, KEEPING, world.now))
    assert sum(removed) >= 2 * BATCH + 10 + len(made)
    assert seen.longest <= BATCH
    with world.storage.reading() as reading:
        assert reading.applications.find(made[0].application.number) is None


def test_what_came_back_is_destroyed_piece_by_piece(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.operation.destroying.PAGE", 2)
    numbers = [opened.application.number for opened in alone.apply(5)]
    with alone.storage.reading():
        pass  # a connection that is new would be brought up to the ledger at once
    for number in numbers[:3]:
        alone.destructions.append(RecordKind.APPLICATION, number, "request", alone.now)
    with counting(alone.storage) as seen:
        pieces = list(replay_pieces(alone.storage, alone.destructions))
    assert sum(pieces) == 3
    assert seen.writing == 4  # the last one keeps how far the ledger was followed
    assert len(pieces) > 3  # also between pages without a find
    with alone.storage.reading() as reading:
        left = reading.destruction.subjects(RecordKind.APPLICATION, "", 10)
    assert sorted(left) == sorted(numbers[3:])
