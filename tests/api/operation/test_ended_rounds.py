"""When a round and its objections are over, nobody's place in it can be told any more."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, update

from api.openid.scope_secrets import Scope, scope_name
from api.operation.destroying import replay
from api.operation.destruction_ledger import DestructionLedger
from api.operation.ended_rounds import end_rounds
from api.store.database import Database
from api.store.proposals import round_places, spent_copies
from api.store.scope_secrets import scope_secrets
from tests.api.databases import StillClock
from tests.api.openid.test_one_application import Applicant, code
from tests.simulators.openid_trial import SERVICE, Trial

LAST = datetime(2026, 12, 31, 3, tzinfo=UTC) + timedelta(days=60 + 10 + 10)


@pytest.fixture
def ledger(tmp_path: Path) -> DestructionLedger:
    return DestructionLedger(tmp_path / "destroyed", bytes(32), secrets.token_bytes)


@pytest.fixture
def applicant(storage: Database, clock: StillClock, tmp_path: Path) -> Applicant:
    return Applicant(Trial.start(storage, clock, tmp_path))


def rows(storage: Database, table: Table) -> int:
    with storage.reading() as reading:
        return len(reading.connection.execute(table.select()).all())


def test_the_secret_goes_with_the_last_day_to_extend_and_not_before(
    applicant: Applicant, ledger: DestructionLedger
) -> None:
    storage = applicant.trial.ground.storage
    assert isinstance(storage, Database)
    first, _ = applicant.apply()
    late = applicant.open()
    asked = applicant.shown(applicant.wallet(), late)
    name = scope_name(Scope.ROUND, f"{SERVICE}/{first.application.round}")
    catalogue = applicant.means.catalogue

    def end(at: datetime) -> bool:
        end_rounds(storage, ledger, catalogue, at)
        with storage.reading() as reading:
            kept = reading.scope_secrets.find(name)
        assert kept is not None
        return kept.sealed is None

    assert rows(storage, round_places) == 1
    assert rows(storage, spent_copies) == 1
    assert not end(LAST)
    assert rows(storage, round_places) == 1
    assert rows(storage, spent_copies) == 0  # the copy has ended
    assert end(LAST + timedelta(days=1))
    assert rows(storage, round_places) == 0
    assert code(applicant.join(late, asked)) == "application.round_over"
    assert not rows(storage, round_places)
    with storage.work() as work:
        assert replay(work, ledger) == 0


def test_a_backup_brings_no_secret_of_a_round_back(
    applicant: Applicant, ledger: DestructionLedger
) -> None:
    storage = applicant.trial.ground.storage
    assert isinstance(storage, Database)
    first, _ = applicant.apply()
    name = scope_name(Scope.ROUND, f"{SERVICE}/{first.application.round}")
    with storage.reading() as reading:
        before, place = reading.scope_secrets.find(name), reading.protection.position()
    assert before is not None
    end_rounds(storage, ledger, applicant.means.catalogue, LAST + timedelta(days=1))
    with storage.work() as work:
        work.connection.execute(update(scope_secrets).values(sealed=before.sealed))
        work.protection.keep(place)
    with storage.work() as work:
        assert replay(work, ledger) == 1
        after = work.scope_secrets.find(name)
    assert after is not None
    assert after.sealed is None
