"""The embedded chain: its disk is full overnight, or an old copy of its folder is put back."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from api.openid.console_errands import enrol_errand, rotate_errand
from api.store.database import Database
from contracts.chain.embedded import EmbeddedLedger
from contracts.evidence.names import issuer_id
from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.api.operation.city import City, history
from tests.api.operation.test_outages import alarms, apply, health
from tests.simulators.openid_trial import AGENCY, SimulatedWallet


@pytest.fixture
def city(lite: Database, clock: StillClock, tmp_path: Path) -> Iterator[City]:
    made = City(lite, clock, tmp_path, opened(tmp_path, clock))
    yield made
    with closing(made.chain):  # type: ignore[type-var] # the embedded one
        pass


def opened(folder: Path, clock: StillClock) -> EmbeddedLedger:
    return EmbeddedLedger(folder / "chain", lambda: int(clock().timestamp()))


def live(city: City) -> bytes:
    """An agency enrols and issues, its key is replaced, and the new one found compromised."""
    city.put(enrol_errand(AGENCY, secrets.token_bytes, city.clock()))
    city.work(2)
    SimulatedWallet(city.trial).obtain()
    apply(city)
    city.work(2)
    keys = city.trial.openid.console.office.keys
    city.put(rotate_errand(AGENCY, keys.signer(AGENCY).point, city.clock()))
    city.work(3)
    bad = keys.signer(AGENCY).point
    name = issuer_id(city.trial.openid.console.office.agency(AGENCY).uri)
    city.end_key(name, bad, Ending.COMPROMISED)
    city.work(3)
    return bad


@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(days=8)], ids=["hour", "8 days"])
def test_an_old_copy_of_the_folder_gets_everything_back(city: City, away: timedelta) -> None:
    folder = city.folder
    city.chain.close()  # type: ignore[attr-defined] # the embedded one
    shutil.copytree(folder / "chain", folder / "copy")
    city.use(opened(folder, city.clock))
    bad = live(city)
    before = history(city.chain)
    city.clock.now += away
    with city.storage.work() as work:
        work.outbox.forget_done(city.clock() - timedelta(days=7), 10_000)
    city.chain.close()  # type: ignore[attr-defined] # as above
    shutil.rmtree(folder / "chain")
    shutil.copytree(folder / "copy", folder / "chain")
    city.use(opened(folder, city.clock))
    city.work(10)
    found = history(city.chain)
    assert set(before) <= set(found)
    assert len(found) == len(set(found))
    assert (alarms(city), health(city)) == (set(), ("ready", "current"))
    keys = [k for i in city.chain.snapshot().issuers for k in i.keys]
    assert [k.period.ending for k in keys if k.point == bad] == [Ending.COMPROMISED]


@contextmanager
def nothing_taken(ledger: EmbeddedLedger) -> Iterator[None]:
    """SQLite refuses to write the chain's file, as on a full disk, and reads it all the same.

    That a file which may not grow refuses in the same way: ``tests/contracts/chain``.
    """
    connection = ledger.events._store._connection  # type: ignore[attr-defined] # of the embedded chain
    connection.execute("PRAGMA query_only=ON")
    yield
    connection.execute("PRAGMA query_only=OFF")


def test_a_disk_that_is_full_overnight_stops_no_log(city: City) -> None:
    city.put(enrol_errand(AGENCY, secrets.token_bytes, city.clock()))
    city.work(2)
    with nothing_taken(city.chain):  # type: ignore[arg-type] # the embedded one
        apply(city)
        city.work(50, step=5)
        assert "dojang_outbox_oldest_seconds" in alarms(city)
        assert health(city) == ("degraded", "late")
        city.work(12 * 60, step=60)
    city.work(12)
    assert (alarms(city), health(city)) == (set(), ("ready", "current"))
    with city.storage.reading() as reading:
        last = reading.logs.last_confirmed("applications")
        assert last is not None
        assert last.size == reading.logs.size("applications")
    found = history(city.chain)
    assert len(found) == len(set(found))
