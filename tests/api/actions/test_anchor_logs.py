"""From an errand to the chain and back, on both engines: once each, found again, mended."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from api.actions.anchor_logs import (
    LOG_ANCHOR,
    AnchorLogs,
    LostAnchor,
    anchor_state,
    audit_anchors,
    seal_log,
    send_anchor,
)
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs, log_errand
from api.actions.application_entry import APPLICATIONS_LOG, application_entry
from api.actions.deliver_outbox import Courier, Delivery
from api.actions.read_application import Evidence, read_application
from api.ports.means import Means
from api.ports.outbox import Errand
from api.store.database import Database
from api.store.log_key_files import LogKeyFiles
from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.merkle import Tree, leaf_hash
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import AnchoredCheckpoint
from tests.api.applying import apply_for_good
from tests.api.databases import START, StillClock
from tests.simulators.ledger import SimulatedLedger

LOG = APPLICATIONS_LOG


class FlakyLedger(SimulatedLedger):
    """Does what it is told, and loses its answer as often as it is told."""

    lost_answers = 0

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        done = super().anchor(log, sequence, size, root)
        if self.lost_answers:
            self.lost_answers -= 1
            raise LedgerUnavailableError("no answer")
        return done


@dataclass
class Site:
    """Everything between an application and the chain."""

    means: Means
    keys: LogKeyFiles
    ledger: FlakyLedger
    clock: StillClock
    courier: Courier

    def seal(self) -> int | None:
        anchor = seal_log(self.means.storage, self.keys, LOG, self.clock())
        return anchor and anchor.size

    def open(self) -> Callable[[], Evidence]:
        opened = apply_for_good(self.means)
        number = opened.application.number
        return lambda: read_application(self.means, number, opened.secret).evidence


@pytest.fixture
def site(means: Means, clock: StillClock, tmp_path: Path) -> Site:
    keys = LogKeyFiles(tmp_path / "keys", "localhost/dojang")
    ledger = FlakyLedger(lambda: int(clock().timestamp()))
    handlers = {
        LOG_APPEND: AppendToLogs(means.storage),
        LOG_ANCHOR: AnchorLogs(means.storage, keys, ledger),
    }
    return Site(means, keys, ledger, clock, Courier(means.storage, clock, "a", handlers))


def test_an_application_comes_onto_the_chain(site: Site) -> None:
    evidence = site.open()
    assert evidence() is Evidence.WAITING
    site.courier.deliver_outbox()
    assert evidence() is Evidence.LOGGED
    assert site.seal() == 1
    assert evidence() is Evidence.LOGGED
    site.courier.deliver_outbox()
    assert evidence() is Evidence.ANCHORED


def test_what_is_on_chain_covers_the_entries_and_is_signed(site: Site) -> None:
    opened = [apply_for_good(site.means) for _ in range(3)]
    site.courier.deliver_outbox()
    site.seal()
    site.courier.deliver_outbox()
    view = read_application(site.means, opened[2].application.number, opened[2].secret)
    assert view.anchor is not None
    assert view.index == 2
    state = open_checkpoint(view.anchor.note, [site.keys.key(LOG)])
    expected = Tree()
    expected.extend(leaf_hash(application_entry(one.application)) for one in opened)
    known = site.ledger.snapshot().log(log_id("localhost/dojang/applications"))
    assert known is not None
    assert (state.size, state.root) == (3, expected.root())
    assert [(p.size, p.root) for p in known.checkpoints] == [(3, expected.root())]


def test_nothing_new_is_not_sealed_and_one_state_is_on_its_way_at_a_time(site: Site) -> None:
    assert site.seal() is None
    site.open()
    site.courier.deliver_outbox()
    assert site.seal() == 1
    assert site.seal() is None
    site.open()
    with site.means.storage.work() as work:
        tree = work.logs.open(LOG)
        work.logs.enter(LOG, "another", tree.append(b"l" * 32))
        work.logs.keep(LOG, tree)
    assert site.seal() is None
    site.courier.deliver_outbox()
    assert site.seal() == 3


def test_an_entry_delivered_twice_is_in_the_log_once(site: Site) -> None:
    site.open()
    site.courier.deliver_outbox()
    with site.means.storage.work() as work:
        keys = work.connection.exec_driver_sql("SELECT key FROM outbox").scalars().all()  # type: ignore[attr-defined] # looked at from outside
        for key in keys:
            assert work.outbox.revive(LOG_APPEND, key, START)
    assert site.courier.deliver_outbox() == Delivery(done=1)
    with site.means.storage.reading() as reading:
        assert reading.logs.size(LOG) == 1


def test_an_anchor_whose_answer_was_lost_is_anchored_once(site: Site) -> None:
    evidence = site.open()
    site.courier.deliver_outbox()
    site.seal()
    site.ledger.lost_answers = 2
    for _ in range(2):
        assert site.courier.deliver_outbox().again == 1
        assert evidence() is Evidence.LOGGED
        site.clock.forward(minutes=1)
    assert site.courier.deliver_outbox() == Delivery(done=1)
    assert evidence() is Evidence.ANCHORED
    known = site.ledger.snapshot().log(log_id(site.keys.origin(LOG)))
    assert known is not None
    assert len(known.checkpoints) == 1


def test_a_malformed_errand_is_buried_and_stops_nobody(site: Site) -> None:
    evidence = site.open()
    with site.means.storage.work() as work:
        for kind in (LOG_APPEND, LOG_ANCHOR):
            work.outbox.put(Errand(kind, "bad", b'{"log":1}', START))
    assert site.courier.deliver_outbox() == Delivery(done=1, dead=2)
    assert evidence() is Evidence.LOGGED


def test_a_state_whose_errand_is_gone_is_sent_all_the_same(site: Site) -> None:
    evidence = site.open()
    site.courier.deliver_outbox()
    site.seal()
    with site.means.storage.work() as work:
        work.connection.exec_driver_sql("DELETE FROM outbox")  # type: ignore[attr-defined] # as a loss does
    assert site.seal() is None
    assert site.courier.deliver_outbox() == Delivery(done=1)
    assert evidence() is Evidence.ANCHORED


def test_an_audit_of_what_stands_finds_nothing(site: Site) -> None:
    site.open()
    site.courier.deliver_outbox()
    site.seal()
    assert audit(site) == []
    site.courier.deliver_outbox()
    assert audit(site) == []


def test_an_anchor_that_the_chain_lost_is_marked_and_waits_to_be_put_back(site: Site) -> None:
    evidence = site.open()
    site.courier.deliver_outbox()
    site.seal()
    site.courier.deliver_outbox()
    fresh = FlakyLedger(lambda: int(site.clock().timestamp()))
    handlers = dict(site.courier.handlers)
    handlers[LOG_ANCHOR] = AnchorLogs(site.means.storage, site.keys, fresh)
    site.ledger, site.courier = fresh, replace(site.courier, handlers=handlers)
    assert audit(site) == [LostAnchor(LOG, 0, forked=False)]
    assert evidence() is Evidence.LOGGED
    assert site.seal() is None
    assert site.courier.deliver_outbox() == Delivery()
    with site.means.storage.work() as work:
        (lost,) = work.logs.lost_anchors(LOG, 0, 10)
        send_anchor(work, lost, site.clock())
    assert site.courier.deliver_outbox() == Delivery(again=1)  # not before what came before it
    anchor_state(site.means.storage, site.keys, fresh, lost)
    assert evidence() is Evidence.ANCHORED
    assert audit(site) == []


def test_another_state_in_an_anchors_place_is_told_and_not_mended(site: Site) -> None:
    evidence = site.open()
    site.courier.deliver_outbox()
    site.seal()
    site.courier.deliver_outbox()
    forked = FlakyLedger(lambda: int(site.clock().timestamp()))
    name = log_id(site.keys.origin(LOG))
    forked.open_log(name, site.keys.key(LOG).public)
    forked.anchor(name, 0, 1, b"x" * 32)
    site.ledger = forked
    assert audit(site) == [LostAnchor(LOG, 0, forked=True)]
    assert evidence() is Evidence.ANCHORED


def test_entries_of_two_logs_stay_apart(storage: Database, clock: StillClock) -> None:
    with storage.work() as work:
        work.outbox.put(log_errand("one", "key", b"entry", START))
        work.outbox.put(log_errand("two", "key", b"entry", START))
    courier = Courier(storage, clock, "a", {LOG_APPEND: AppendToLogs(storage)})
    assert courier.deliver_outbox() == Delivery(done=2)
    with storage.reading() as reading:
        assert [reading.logs.size(log) for log in ("one", "two", "three")] == [1, 1, 0]


def audit(site: Site) -> list[LostAnchor]:
    return audit_anchors(site.means.storage, site.keys, site.ledger.snapshot(), LOG)
