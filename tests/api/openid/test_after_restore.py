"""Agencies after a restore: versions go on from the chain, and nobody waits for a neighbour."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from api.openid.console import CopyStatus
from api.openid.counter import Counter, Reason, held_by, mark_credential
from api.ports.continuity import LogHalt
from api.store.status_lists import releases
from contracts.evidence.errors import LedgerRefusedError
from contracts.evidence.names import status_list_id
from contracts.evidence.snapshot import StatusVersion
from tests.api.databases import MemoryShelf, StillClock
from tests.simulators.openid_trial import AGENCY, KIND, SimulatedWallet, Trial, decoded

PERSON = "synthetic-1"


def forget_after(trial: Trial, version: int) -> None:
    """What a restore does to releases."""
    with trial.ground.storage.work() as work:
        gone = delete(releases).where(releases.c.version > version)
        work.connection.execute(gone)  # type: ignore[attr-defined] # of the store


def versions(trial: Trial, agency: str) -> list[int]:
    uri = trial.openid.console.office.agencies[agency].status_uri(1)
    history = trial.ground.ledger.snapshot().status_list(status_list_id(uri))
    return [] if history is None else [one.version for one in history.versions]


def test_versions_go_on_from_the_chain(both: Trial, clock: StillClock) -> None:
    SimulatedWallet(both).obtain()
    console = both.openid.console
    for _ in range(3):
        clock.forward(minutes=1)
        console.publish(AGENCY, clock())
    forget_after(both, 1)
    clock.forward(minutes=1)
    assert console.publish(AGENCY, clock())[0].version == 5
    assert versions(both, AGENCY) == [1, 2, 3, 4, 5]


def test_no_place_of_a_restored_list_is_given_to_a_second_copy(
    both: Trial, clock: StillClock
) -> None:
    """Places that were given out after the backup are not known; a restore spends the lists."""
    wallet = SimulatedWallet(both)
    wallet.obtain(copies=3)
    with both.ground.storage.work() as work:
        work.issuing.spend_status_lists()  # type: ignore[attr-defined] # of the store
    assert wallet.obtain().status_code == 503
    clock.forward(minutes=1)
    both.openid.tend(clock())
    assert wallet.obtain(copies=2).status_code == 200
    lists = [decoded(text)["status"]["status_list"]["uri"][-2:] for text, _ in wallet.held]
    assert lists == ["/1", "/1", "/1", "/2", "/2"]
    with both.ground.storage.reading() as reading:
        first, _ = reading.issuing.status_lists(AGENCY)
    assert first.ends == clock() + both.openid.console.office.agencies[AGENCY].terms.lifetime


def test_one_agency_that_is_refused_stops_no_other(
    both: Trial, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = both.openid.console
    first, *others = console.office.agencies
    for agency in (first, *others):
        console.enrol(agency, clock())
    refused = status_list_id(console.office.agencies[first].status_uri(1))
    publish = both.ground.ledger.publish_status

    def refuse(status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        if status_list == refused:
            raise LedgerRefusedError("VersionMismatch")
        return publish(status_list, version, digest)

    monkeypatch.setattr(both.ground.ledger, "publish_status", refuse)
    clock.forward(days=2)
    both.openid.tend(clock())
    assert {len(versions(both, agency)) for agency in others} == {2}
    assert len(versions(both, first)) == 1


def test_a_halted_log_keeps_nobody_from_revoking(both: Trial, clock: StillClock) -> None:
    SimulatedWallet(both).obtain(copies=2)
    office = both.openid.console.office
    with both.ground.storage.work() as work:
        work.continuity.halt(LogHalt(office.agencies[AGENCY].log, "log.behind", clock()))
    counter = Counter(office, MemoryShelf(), clock, 100)
    [held] = held_by(counter, "clerk", AGENCY, PERSON)
    marked = mark_credential(counter, "clerk", held.id, CopyStatus.REVOKED, Reason.DEVICE_LOST)
    assert marked.status is CopyStatus.REVOKED
    clock.forward(minutes=1)
    both.openid.console.publish(AGENCY, clock())
    assert versions(both, AGENCY)[-1] == 2


def test_a_halted_log_of_one_agency_is_passed_over(both: Trial, clock: StillClock) -> None:
    console = both.openid.console
    first, second, *_ = console.office.agencies
    for agency in (first, second):
        console.enrol(agency, clock())
    SimulatedWallet(both).obtain(KIND)
    log = console.office.agencies[AGENCY].log
    with both.ground.storage.work() as work:
        work.continuity.halt(LogHalt(log, "log.behind", clock()))
    clock.forward(seconds=timedelta(days=2).total_seconds())
    both.openid.tend(clock())
    assert all(len(versions(both, agency)) >= 2 for agency in (first, second))
    with both.ground.storage.reading() as reading:
        assert reading.logs.last_anchor(log) is None or reading.logs.size(log) > 0
