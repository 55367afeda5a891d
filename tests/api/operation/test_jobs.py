"""The worker's jobs: time that is over, deletions a crash cut short, one worker at a time."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.deliver_outbox import LEASE, Courier
from api.operation.chain_restoration import ChainRestoration
from api.operation.destroying import BY_REQUEST, Record, destroy, replay
from api.operation.jobs import Keeping, retain, seal
from api.operation.rounds import Job, Rounds
from api.operation.settings import OperationSettings
from api.ports.destruction import RecordKind
from api.ports.errors import StorageUnavailableError
from api.ports.outbox import Lease
from contracts.evidence.errors import LedgerUnavailableError
from tests.api.operation.world import LOG, World

KEEPING = Keeping.of(OperationSettings())


def test_an_application_is_destroyed_when_its_time_is_over_and_not_before(world: World) -> None:
    (opened,) = world.apply()
    number = opened.application.number
    world.seal()
    world.clock.forward(days=365)
    retain(world.storage, world.destructions, KEEPING, world.now)
    with world.storage.reading() as reading:
        assert reading.applications.find(number) is not None
    world.clock.forward(seconds=1)
    assert retain(world.storage, world.destructions, KEEPING, world.now) >= 1
    with world.storage.reading() as reading:
        assert reading.applications.find(number) is None
        assert reading.logs.size(LOG) == 1  # its leaf stays, and says nothing any more
    assert world.destructions.digest(RecordKind.APPLICATION, number) in world.destructions.digests()


def test_a_destruction_is_entered_in_the_evidence_log(alone: World) -> None:
    (opened,) = alone.apply()
    record = Record(RecordKind.APPLICATION, opened.application.number, BY_REQUEST)
    destroy(alone.storage, alone.destructions, record, alone.now)
    alone.deliver()
    with alone.storage.reading() as reading:
        assert reading.logs.size("destructions") == 1


def test_a_destruction_that_a_crash_cut_short_is_made_good(world: World) -> None:
    gone, stays = (opened.application.number for opened in world.apply(2))
    world.destructions.append(RecordKind.APPLICATION, gone, BY_REQUEST, world.now)
    with world.storage.work() as work:
        assert replay(work, world.destructions) == 1
    with world.storage.reading() as reading:
        assert reading.applications.find(gone) is None
        assert reading.applications.find(stays) is not None


def test_a_record_outlives_a_ledger_that_cannot_be_written(alone: World) -> None:
    (opened,) = alone.apply()
    ledger = replace(alone.destructions, path=alone.folder / "no-folder" / "file")
    (alone.folder / "no-folder").write_text("")
    record = Record(RecordKind.APPLICATION, opened.application.number, BY_REQUEST)
    with pytest.raises(OSError, match=r"exists|directory"):
        destroy(alone.storage, ledger, record, alone.now)
    with alone.storage.reading() as reading:
        assert reading.applications.find(record.subject) is not None


def test_sealing_signs_what_grew_and_leaves_the_agencies_alone(alone: World) -> None:
    alone.apply(2)
    alone.deliver()
    assert seal(alone.watch, frozenset({LOG}), alone.now) == 0
    assert seal(alone.watch, frozenset(), alone.now) == 1
    alone.deliver()
    assert seal(alone.watch, frozenset(), alone.now) == 0


def test_who_has_nothing_to_seal_writes_nothing(
    alone: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.apply(2)
    alone.seal()

    def work() -> None:
        raise AssertionError("somebody wrote")

    monkeypatch.setattr(alone.storage, "work", work)
    assert seal(alone.watch, frozenset(), alone.now) == 0


def test_an_anchor_that_the_chain_lost_is_put_back(alone: World) -> None:
    alone.apply(2)
    alone.seal()
    alone.exchange_chain()
    assert sum(ChainRestoration(alone.watch, alone.clock).look(alone.now)) == 1
    assert alone.ledger.snapshot().logs[0].checkpoints[0].size == 2


def rounds(world: World, jobs: list[Job]) -> Rounds:
    return Rounds(world.storage, world.clock, Courier(world.storage, world.clock, "w", {}), jobs)


def test_a_job_runs_at_start_and_when_it_is_due(alone: World) -> None:
    ran: list[object] = []
    working = rounds(alone, [Job("job", timedelta(minutes=1), lambda at: ran.append(at) or 0)])  # type: ignore[func-returns-value] # append says nothing
    now = [1000.0]
    working.ticks = lambda: now[0]
    for seconds in (0, 59, 1):
        now[0] += seconds
        working.go_round()
    assert len(ran) == 2


def test_a_job_that_fails_keeps_no_other_from_running(alone: World) -> None:
    ran: list[object] = []

    def fail(_at: object) -> int:
        raise LedgerUnavailableError("the chain is down")

    again = Job("other", timedelta(minutes=1), lambda at: ran.append(at) or 0)  # type: ignore[func-returns-value] # as above
    rounds(alone, [Job("fails", timedelta(minutes=1), fail), again]).go_round()
    assert len(ran) == 1


def test_a_job_without_a_database_is_due_at_once_again(alone: World) -> None:
    ran: list[object] = []

    def fail(at: object) -> int:
        ran.append(at)
        raise StorageUnavailableError("down")

    working = rounds(alone, [Job("fails", timedelta(hours=1), fail)])
    for _ in range(2):
        with pytest.raises(StorageUnavailableError):
            working.go_round()
    assert len(ran) == 2


def test_what_a_dead_worker_had_taken_is_free(world: World) -> None:
    world.apply(2)
    at = world.now
    with world.storage.work() as work:
        assert len(work.outbox.lease(LOG_APPEND, Lease("dead", at, at + LEASE), 10)) == 2
    stop = threading.Event()
    handlers = {LOG_APPEND: AppendToLogs(world.storage)}
    courier = Courier(world.storage, world.clock, "w", handlers)
    end = Job("end", timedelta(hours=1), lambda _at: stop.set() or 0)  # type: ignore[func-returns-value] # set says nothing
    Rounds(world.storage, world.clock, courier, [end]).work(stop)
    with world.storage.reading() as reading:
        assert reading.logs.size(LOG) == 2


def test_a_second_worker_waits(world: World) -> None:
    ran: list[object] = []
    stop = threading.Event()
    second = rounds(world, [Job("job", timedelta(hours=1), lambda at: ran.append(at) or 0)])  # type: ignore[func-returns-value] # as above
    with world.storage.sole("worker"):
        thread = threading.Thread(target=second.work, args=(stop,))
        thread.start()
        thread.join(0.5)
        assert ran == []
        stop.set()
        thread.join()
    assert ran == []
