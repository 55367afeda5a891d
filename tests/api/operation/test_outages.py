"""The chain is away for 14 days, or its disk is full overnight: alarms at once, everything once."""

import re
import secrets
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.actions.append_to_logs import log_errand
from api.health import Health
from api.observation.metrics import Exposition
from api.openid.console_errands import enrol_errand, rotate_errand
from api.store.database import Database
from api.store.migration import newest_revision
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import issuer_id, status_list_id
from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.api.operation.city import City, history
from tests.architecture.sources import ROOT
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.openid_trial import AGENCY, SimulatedWallet

ALARM = re.compile(r"^\| `(dojang_\w+)(?:\{(\w+)=\"(\w+)\"\})? (>|==) (\d+)` \|", re.MULTILINE)
DAYS = 14


@dataclass
class Road:
    """The way to a chain, which can be closed."""

    chain: Ledger
    is_closed: bool = False

    def identity(self) -> object:
        return self.chain.identity()

    def __getattr__(self, name: str) -> Callable[..., object]:
        def act(*arguments: object) -> object:
            if self.is_closed:
                raise LedgerUnavailableError("the road is closed")
            return getattr(self.chain, name)(*arguments)

        return act


@pytest.fixture
def away(storage: Database, clock: StillClock, tmp_path: Path) -> City:
    road = Road(SimulatedLedger(lambda: int(clock().timestamp())))
    return City(storage, clock, tmp_path, road)  # type: ignore[arg-type] # answers as a ledger


def alarms(city: City) -> set[str]:
    """Alarms of docs/operations.md that are raised now, by the name of their measure."""
    page = Exposition(city.storage, city.clock, city.folder / "measures").page().decode()
    samples = [s for f in text_string_to_metric_families(page) for s in f.samples]
    listed = ALARM.findall((ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    assert len(listed) >= 8
    raised = set()
    for name, label, value, how, limit in listed:
        found = [s.value for s in samples if s.name == name and s.labels.get(label, "") == value]
        limits = float(limit)
        if any(v == limits if how == "==" else v > limits for v in found):
            raised.add(name)
    return raised


def health(city: City) -> tuple[object, object]:
    made = Health(city.storage, newest_revision(), city.chain, {}, clock=city.clock)
    look = made.state().to_json()
    return look["status"], look["evidence"]


def apply(city: City) -> None:
    """An entry for a log of the service."""
    city.put(log_errand("applications", secrets.token_hex(8), secrets.token_bytes(8), city.clock()))


def test_fourteen_days_without_a_chain_are_told_at_once_and_lose_nothing(away: City) -> None:
    road = away.chain
    for name in (AGENCY, "school"):
        away.put(enrol_errand(name, secrets.token_bytes, away.clock()))
    away.work(2)
    apply(away)
    SimulatedWallet(away.trial).obtain()
    away.work(3)
    assert (alarms(away), health(away)) == (set(), ("ready", "current"))
    road.is_closed = True  # type: ignore[attr-defined] # a road
    console = away.trial.openid.console
    first = console.office.keys.signer(AGENCY).point
    bad = console.office.keys.signer("school").point
    apply(away)
    SimulatedWallet(away.trial).obtain()
    away.put(rotate_errand(AGENCY, first, away.clock()))
    away.end_key(issuer_id(console.office.agency("school").uri), bad, Ending.COMPROMISED)
    away.work(55, step=5)
    assert alarms(away) == {
        "dojang_chain_silent_seconds",
        "dojang_outbox_oldest_seconds",
        "dojang_log_waiting_seconds",
    }
    assert health(away) == ("degraded", "late")
    for _ in range(DAYS):
        apply(away)
        away.work(24 * 60, step=720)
    road.is_closed = False  # type: ignore[attr-defined] # a road
    away.work(12)
    assert (alarms(away), health(away)) == (set(), ("ready", "current"))
    found = history(away.chain)
    assert len(found) == len(set(found))
    snapshot = away.chain.snapshot()
    ended = {k.point: k.period.ending for i in snapshot.issuers for k in i.keys}
    assert (ended[first], ended[bad]) == (Ending.ORDERLY, Ending.COMPROMISED)
    with away.storage.reading() as reading:
        assert reading.outbox.counts() == []
        for log in reading.continuity.log_names():
            last = reading.logs.last_confirmed(log)
            assert (last.size if last else 0) == reading.logs.size(log)
    away.work(90, step=10)
    assert alarms(away) == set()


def test_nothing_is_issued_that_would_be_anchored_too_late(away: City) -> None:
    road, wallet = away.chain, SimulatedWallet(away.trial)
    assert wallet.obtain().status_code == 200
    away.work(2)
    road.is_closed = True  # type: ignore[attr-defined] # a road
    assert wallet.obtain().status_code == 200
    away.work(12 * 60, step=120)
    held = len(wallet.held)
    deferred = wallet.obtain()
    assert (deferred.status_code, len(wallet.held)) == (202, held)
    assert "transaction_id" in deferred.json()
    road.is_closed = False  # type: ignore[attr-defined] # a road
    away.work(4)
    assert wallet.obtain().status_code == 200


def test_a_chain_that_was_rolled_back_and_refuses_is_told(city: City) -> None:
    older = deepcopy(city.chain)
    city.put(enrol_errand(AGENCY, secrets.token_bytes, city.clock()))
    city.work(3)
    uri = city.trial.openid.console.office.agency(AGENCY).status_uri(1)
    older.publish_status(status_list_id(uri), 1, b"\x01" * 32)
    city.use(older)
    city.work(20)
    assert {"dojang_chain_behind_seconds", "dojang_chain_refused"} <= alarms(city)
    assert health(city) == ("degraded", "behind")


@pytest.fixture
def city(lite: Database, clock: StillClock, tmp_path: Path) -> City:
    return City(lite, clock, tmp_path, SimulatedLedger(lambda: int(clock().timestamp())))
