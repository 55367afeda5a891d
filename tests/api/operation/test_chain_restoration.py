"""What the chain acknowledged and lost is put back in order: registry, lists and logs."""

import secrets
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.actions.acknowledged_ledger import AcknowledgedLedger
from api.actions.chain_acts import levels_of
from api.openid.console_errands import enrol_errand, publish_errand, rotate_errand
from api.store.database import Database
from contracts.evidence.errors import OwnerActPendingError
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import issuer_id
from contracts.evidence.snapshot import Ending, TrustSnapshot
from tests.api.databases import StillClock
from tests.api.operation.city import City, fields_of, history
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.openid_trial import AGENCY, SimulatedWallet
from verifier.credential.keys import SigningKey

STRANGER = b"\x09" * 32


@pytest.fixture
def city(lite: Database, clock: StillClock, tmp_path: Path) -> City:
    return City(lite, clock, tmp_path, SimulatedLedger(lambda: int(clock().timestamp())))


@pytest.fixture
def either(storage: Database, clock: StillClock, tmp_path: Path) -> City:
    """On SQLite and on PostgreSQL."""
    return City(storage, clock, tmp_path, SimulatedLedger(lambda: int(clock().timestamp())))


def lived(city: City, days: int) -> bytes:
    """Some life: agencies enrol, people get credentials, keys end both ways; returns a bad key."""
    for name in ("district", "school"):
        city.put(enrol_errand(name, secrets.token_bytes, city.clock()))
    city.work()
    wallet = SimulatedWallet(city.trial)
    console = city.trial.openid.console
    first = console.office.keys.signer(AGENCY).point
    for day in range(days):
        assert wallet.obtain().status_code == 200
        city.work()
        if day == days // 2:
            city.put(rotate_errand(AGENCY, first, city.clock()))
            city.put(publish_errand("school", secrets.token_bytes, city.clock()))
        city.work()
        city.clock.forward(hours=24)
    bad = console.office.keys.signer("school").point
    school = issuer_id(console.office.agency("school").uri)
    city.end_key(school, bad, Ending.COMPROMISED)
    city.work(2)
    assert wallet.obtain().status_code == 200  # not anchored when the chain goes
    return bad


def key_periods(snapshot: TrustSnapshot, point: bytes) -> list[Ending | None]:
    return [k.period.ending for i in snapshot.issuers for k in i.keys if k.point == point]


def test_a_chain_that_was_rolled_back_gets_everything_back(either: City) -> None:
    check_rollback(either, days=1)


def test_a_rollback_over_more_days_than_messages_are_kept_is_mended(city: City) -> None:
    check_rollback(city, days=9)


def check_rollback(city: City, days: int) -> None:
    start = deepcopy(city.chain)
    bad = lived(city, days)
    with city.storage.work() as work:
        work.outbox.forget_done(city.clock() - timedelta(days=7), 10_000)
    before = history(city.chain)
    city.use(start)
    # At once, before anything is put back: what was found compromised is not believed.
    assert key_periods(city.trial.openid.trust.ledger.snapshot(), bad) in ([], [Ending.COMPROMISED])
    city.work(12)
    assert set(before) <= set(history(city.chain))
    assert len(history(city.chain)) == len(set(history(city.chain)))
    assert not city.behind()
    assert key_periods(city.chain.snapshot(), bad) == [Ending.COMPROMISED]


def test_credentials_of_the_last_day_are_still_believed(city: City) -> None:
    start = deepcopy(city.chain)
    city.put(enrol_errand(AGENCY, secrets.token_bytes, city.clock()))
    city.work()
    wallet = SimulatedWallet(city.trial)
    wallet.obtain(copies=4)
    city.work(2)
    console = city.trial.openid.console
    city.put(rotate_errand(AGENCY, console.office.keys.signer(AGENCY).point, city.clock()))
    city.work(2)
    wallet.obtain(copies=4)
    city.work(2)
    city.use(start)
    wallet.trial = city.trial
    assert outcome(wallet) == "cannot_verify"
    city.work(8)
    assert [outcome(wallet) for _ in range(7)] == ["eligible"] * 7


def outcome(wallet: SimulatedWallet) -> str:
    asked = wallet.trial.ask()
    wallet.show(asked)
    found: str = wallet.trial.result(asked)["outcome"]
    return found


@dataclass
class Recorder:
    """Passes everything on to a ledger, and keeps which acts those were."""

    chain: Ledger
    seen: list[str]

    def __getattr__(self, name: str) -> Callable[..., object]:
        def act(*arguments: object) -> object:
            if name not in {"head", "snapshot"}:
                self.seen.append(name)
            return getattr(self.chain, name)(*arguments)

        return act


def test_a_compromised_end_comes_before_anything_else(city: City) -> None:
    start = deepcopy(city.chain)
    bad = lived(city, 1)
    seen: list[str] = []
    city.use(start)
    city.restoration.watch = replace(city.restoration.watch, ledger=Recorder(start, seen))  # type: ignore[arg-type] # answers as a ledger
    sum(city.restoration.look(city.clock()))
    assert seen[:4] == ["register_issuer", "register_issuer", "add_key", "end_key"]
    assert key_periods(city.chain.snapshot(), bad) == [Ending.COMPROMISED]
    assert seen.index("anchor") > seen.index("accredit")


@dataclass
class Owner:
    """A chain whose registry belongs to somebody who signs once in a while."""

    chain: Ledger
    written: list[str] = field(default_factory=list)
    signs: bool = False

    def __getattr__(self, name: str) -> Callable[..., object]:
        def act(*arguments: object) -> object:
            if name in {"register_issuer", "add_key", "accredit", "end_key"} and not self.signs:
                self.written.append(name)
                raise OwnerActPendingError("written down")
            return getattr(self.chain, name)(*arguments)

        return act


def test_acts_of_another_owner_are_written_down_and_what_is_anchored_waits(city: City) -> None:
    start = deepcopy(city.chain)
    bad = lived(city, 1)
    owner = Owner(start)
    city.use(owner)  # type: ignore[arg-type] # answers as a ledger
    city.work(2)
    assert {"register_issuer", "add_key", "accredit"} <= set(owner.written)
    assert start.snapshot().logs == ()  # before its key, it would never be believed
    owner.signs = True
    city.work(12)
    assert not city.behind()
    assert key_periods(start.snapshot(), bad) == [Ending.COMPROMISED]
    assert start.snapshot().logs


def test_what_lies_on_both_sides_of_a_suspension_stays_there(city: City) -> None:
    ledger = AcknowledgedLedger(city.chain, city.storage, city.clock)
    start = deepcopy(city.chain)
    lived(city, 1)
    name = issuer_id(city.trial.openid.console.office.agency(AGENCY).uri)
    kind = b"\x07" * 32
    acts = [
        lambda: ledger.accredit(name, kind),
        lambda: ledger.suspend(name),
        lambda: ledger.resume(name),
        lambda: ledger.withdraw(name, kind, Ending.ORDERLY),
        lambda: ledger.accredit(name, kind),
        lambda: ledger.withdraw(name, kind, Ending.COMPROMISED),
        lambda: ledger.suspend(name),
    ]
    for act in acts:
        act()
        city.clock.forward(seconds=1)
        SimulatedWallet(city.trial).obtain()
        city.work(2)
    before = shape(city.chain.snapshot(), name)
    city.use(start)
    city.work(30)
    assert shape(city.chain.snapshot(), name) == before
    issuer = city.chain.snapshot().issuer(name)
    assert issuer is not None
    given = [one.period.ending for one in issuer.accreditations if one.credential_type == kind]
    assert given == [Ending.ORDERLY, Ending.COMPROMISED]
    assert not city.behind()


def shape(snapshot: TrustSnapshot, name: bytes) -> list[str]:
    """Anchors and boundaries by time; a period holds the second in which it begins alone."""
    issuer = snapshot.issuer(name)
    assert issuer is not None
    marks = [(p.time, p.size, "anchored") for log in snapshot.logs for p in log.checkpoints]
    for period in issuer.suspensions:
        marks.append((period.start, 0, "suspended"))
        if period.end:
            marks.append((period.end, 0, "resumed"))
    marks += [
        (entry.period.end, 0, "withdrawn")
        for entry in issuer.accreditations
        if entry.period.end and entry.period.ending is Ending.ORDERLY
    ]
    return [f"{what} {size}" for _, size, what in sorted(marks)]


def test_while_the_chain_lacks_an_end_it_holds_all_the_same(city: City) -> None:
    ledger = AcknowledgedLedger(city.chain, city.storage, city.clock)
    kind, point = b"\x08" * 32, SigningKey.generate(secrets.token_bytes).point
    ledger.register_issuer(STRANGER)
    ledger.add_key(STRANGER, point)
    ledger.accredit(STRANGER, kind)
    ledger.publish_status(b"\x01" * 32, 1, b"\x02" * 32)
    older = deepcopy(city.chain)
    city.clock.forward(minutes=1)
    ledger.end_key(STRANGER, point, Ending.ORDERLY)
    ledger.withdraw(STRANGER, kind, Ending.COMPROMISED)
    ledger.suspend(STRANGER)
    ledger.publish_status(b"\x01" * 32, 2, b"\x03" * 32)
    whole = ledger.snapshot()
    assert whole == city.chain.snapshot()
    city.clock.forward(hours=1)
    behind = AcknowledgedLedger(older, city.storage, city.clock).snapshot()
    assert behind.issuers == whole.issuers
    assert behind.status_lists == ()  # not an older version


def test_an_act_that_is_refused_holds_up_nothing_else(city: City) -> None:
    start = deepcopy(city.chain)
    ledger = AcknowledgedLedger(city.chain, city.storage, city.clock)
    ledger.publish_status(b"\x01" * 32, 1, b"\x02" * 32)
    lived(city, 1)
    start.publish_status(b"\x01" * 32, 1, b"\xff" * 32)
    ledger.publish_status(b"\x01" * 32, 2, b"\x03" * 32)
    before = levels_of(city.chain.snapshot())
    start.publish_status(b"\x04" * 32, 1, b"\xff" * 32)
    city.use(start)
    city.work(12)
    after = levels_of(city.chain.snapshot())
    assert all(after.get(name, -1) >= level for name, level in before.items())
    wallet = SimulatedWallet(city.trial)
    wallet.obtain()
    city.work(3)
    assert outcome(wallet) == "eligible"


def test_a_log_whose_block_moved_takes_the_new_time(city: City) -> None:
    lived(city, 1)
    log = city.trial.openid.console.office.agency(AGENCY).log
    with city.storage.reading() as reading:
        anchor = reading.logs.anchor(log, 0)
    assert anchor is not None
    with city.storage.work() as work:
        work.logs.confirm_anchor(type(anchor)(**{**fields_of(anchor), "block": 99_999}))
    city.use(city.chain)
    city.work()
    with city.storage.reading() as reading:
        assert reading.logs.anchor(log, 0) == anchor
