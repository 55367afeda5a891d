"""Status lists: a growing set, opened early, given back late, drawn from without a search."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.actions.deliver_outbox import Courier
from api.observation.metrics import Exposition
from api.openid.agencies import IssuanceTerms
from api.openid.console import CopyStatus
from api.openid.console_errands import ConsoleErrands
from api.openid.status_places import LISTS
from api.operation.measure_sources import free_places
from api.store.database import Database
from contracts.evidence.errors import LedgerRefusedError, LedgerUnavailableError
from contracts.evidence.names import status_list_id
from tests.api.databases import StillClock
from tests.simulators.openid_trial import AGENCY, KIND, SimulatedWallet, Trial, decoded, error_of
from verifier.credential.status import parse_status_token

PERSON, OTHER_KIND = "synthetic-1", "resident-registration"
TINY = IssuanceTerms(status_entries=16, status_lists=2)
OBJECTION = timedelta(days=90)


@pytest.fixture
def tiny(lite: Database, clock: StillClock, tmp_path: Path) -> SimulatedWallet:
    """A wallet at agencies with two lists of 16 places."""
    return SimulatedWallet(Trial.start(lite, clock, tmp_path, TINY))


def places(wallet: SimulatedWallet) -> list[tuple[int, int]]:
    """Lists and indexes of what a wallet holds."""
    found = [decoded(text)["status"]["status_list"] for text, _ in wallet.held]
    return [(int(one["uri"].rpartition("/")[2]), one["idx"]) for one in found]


def look_after(wallet: SimulatedWallet) -> bool:
    return wallet.trial.openid.console.look_after_lists(AGENCY, wallet.trial.ground.clock())


def anchor(wallet: SimulatedWallet) -> None:
    """Nothing issued waits for the chain: else an agency defers after half a day."""
    openid, clock = wallet.trial.openid, wallet.trial.ground.clock
    openid.anchoring.anchor_now(openid.console.office.agencies[AGENCY].log, clock())


def versions(wallet: SimulatedWallet, number: int) -> int:
    """How many versions of a list the chain has."""
    uri = wallet.trial.openid.console.office.agencies[AGENCY].status_uri(number)
    history = wallet.trial.ground.ledger.snapshot().status_list(status_list_id(uri))
    return 0 if history is None else len(history.versions)


def served(wallet: SimulatedWallet, number: int) -> Any:
    uri = wallet.trial.openid.console.office.agencies[AGENCY].status_uri(number)
    return wallet.trial.http.get(uri)


def value(wallet: SimulatedWallet, place: tuple[int, int]) -> int:
    """What a published list says of a place."""
    return parse_status_token(served(wallet, place[0]).text).entries.value(place[1])


def code(wallet: SimulatedWallet) -> str | None:
    """Why the next copy is not believed; None where it is."""
    asked = wallet.trial.ask()
    assert wallet.show(asked).status_code == 200
    [one] = wallet.trial.result(asked)["credentials"]
    found: str | None = one.get("code")
    return found


def change(wallet: SimulatedWallet, statement: str) -> None:
    with wallet.trial.ground.storage.work() as work:
        work.connection.execute(text(statement))  # type: ignore[attr-defined]


@contextmanager
def without_chain(wallet: SimulatedWallet, error: Exception) -> Iterator[None]:
    """The chain takes no status list."""

    def refuse(*_: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wallet.trial.ground.ledger, "publish_status", refuse)
        yield


def test_every_place_of_a_list_is_given_out_once_and_then_the_answer_is_clear(
    both: Trial, clock: StillClock, tmp_path: Path
) -> None:
    terms = replace(TINY, status_lists=1)
    wallet = SimulatedWallet(Trial.start(both.ground.storage, clock, tmp_path, terms))
    assert wallet.obtain(copies=10).status_code == 200
    refused = wallet.obtain(copies=7)
    assert error_of(refused) == (503, "temporarily_unavailable")
    assert refused.headers["Retry-After"] == "60"
    assert wallet.obtain(copies=6).status_code == 200
    assert sorted(places(wallet)) == [(1, place) for place in range(16)]
    assert wallet.obtain().status_code == 503
    assert wallet.obtain("school-record").status_code == 200, "another agency issues as before"


def test_what_was_refused_for_want_of_a_place_may_be_sent_again(tiny: SimulatedWallet) -> None:
    tiny.obtain(copies=10)
    with without_chain(tiny, LedgerUnavailableError("away")):
        offered = tiny.trial.offer()
        token, key = tiny.access(offered), tiny.held[0][1]
        proofs = [tiny.proof(offered.issuer, key)]
        tiny.obtain(copies=6)
        body = {"credential_configuration_id": KIND, "proofs": {"jwt": proofs}}
        assert tiny.request(offered, token, body).status_code == 503
    look_after(tiny)
    assert tiny.request(offered, token, body).status_code == 200


def test_a_list_is_opened_before_the_newest_is_half_full(
    lite: Database, clock: StillClock, tmp_path: Path
) -> None:
    terms = replace(TINY, status_lists=8)
    wallet = SimulatedWallet(Trial.start(lite, clock, tmp_path, terms))
    for taken in range(1, 34):
        assert wallet.obtain().status_code == 200
        look_after(wallet)
        with lite.reading() as reading:
            lists = reading.issuing.status_lists(AGENCY)
        assert all(one.opened is not None for one in lists)
        assert len(lists) * 16 - taken > 8, "half a list is free, on lists that are on chain"
    found = places(wallet)
    assert len(set(found)) == 33
    assert {number for number, _ in found} == {1, 2, 3}


def test_the_worker_is_asked_for_a_list_once_and_in_time(tiny: SimulatedWallet) -> None:
    for _ in range(8):
        tiny.obtain()
    storage, clock = tiny.trial.ground.storage, tiny.trial.ground.clock
    with storage.reading() as reading:
        waiting = [one.count for one in reading.outbox.counts() if one.kind == LISTS]
    assert waiting == [1]
    errands = ConsoleErrands(tiny.trial.openid.console, clock)
    assert Courier(storage, clock, "worker", {LISTS: errands}).deliver_outbox().done == 1
    assert versions(tiny, 2) == 1
    assert tiny.obtain(copies=10).status_code == 200


def test_no_copy_points_to_a_list_that_is_not_on_chain(
    tiny: SimulatedWallet, clock: StillClock
) -> None:
    assert tiny.obtain(copies=10).status_code == 200
    with without_chain(tiny, LedgerUnavailableError("away")):
        with pytest.raises(LedgerUnavailableError):
            look_after(tiny)
        assert served(tiny, 2).status_code == 404
        assert tiny.obtain(copies=6).status_code == 200
        assert {number for number, _ in places(tiny)} == {1}
        assert tiny.obtain().status_code == 503
    clock.forward(minutes=1)
    look_after(tiny)
    tiny.held.clear()
    assert tiny.obtain().status_code == 200
    assert {number for number, _ in places(tiny)} == {2}
    assert code(tiny) is None


def test_a_list_of_a_database_is_served_only_as_it_is_anchored(
    tiny: SimulatedWallet, clock: StillClock
) -> None:
    tiny.obtain(copies=2)
    before = served(tiny, 1).text
    clock.forward(minutes=1)
    with without_chain(tiny, LedgerUnavailableError("away")):
        console = tiny.trial.openid.console
        with pytest.raises(LedgerUnavailableError):
            console.publish(AGENCY, tiny.trial.ground.clock())
        assert served(tiny, 1).text == before
        assert code(tiny) is None
    assert [one.version for one in console.publish(AGENCY, tiny.trial.ground.clock())] == [3]
    assert versions(tiny, 1) == 3


def test_a_revocation_publishes_the_lists_that_it_changes(
    tiny: SimulatedWallet, clock: StillClock
) -> None:
    assert tiny.obtain(OTHER_KIND, copies=10).status_code == 200
    tiny.held.clear()
    look_after(tiny)
    assert tiny.obtain(copies=8).status_code == 200
    assert {number for number, _ in places(tiny)} == {1, 2}
    before = versions(tiny, 1), versions(tiny, 2)
    clock.forward(minutes=1)
    console = tiny.trial.openid.console
    assert console.mark(AGENCY, PERSON, KIND, CopyStatus.SUSPENDED, clock()) == 8
    assert (versions(tiny, 1), versions(tiny, 2)) == (before[0] + 1, before[1] + 1)
    assert {value(tiny, place) for place in places(tiny)} == {CopyStatus.SUSPENDED}
    console.mark(AGENCY, PERSON, OTHER_KIND, CopyStatus.REVOKED, clock())
    assert (versions(tiny, 1), versions(tiny, 2)) == (before[0] + 2, before[1] + 1)
    clock.forward(minutes=1)
    assert code(tiny) == "status.suspended"


def test_places_come_back_when_nothing_shown_may_be_judged_again(
    both: Trial, clock: StillClock, tmp_path: Path
) -> None:
    wallet = SimulatedWallet(Trial.start(both.ground.storage, clock, tmp_path, TINY))
    wallet.obtain(copies=10)
    look_after(wallet)
    wallet.obtain(copies=10)
    wallet.obtain(copies=10)
    old, console = places(wallet), wallet.trial.openid.console
    console.mark(AGENCY, PERSON, KIND, CopyStatus.REVOKED, clock())
    look_after(wallet)
    assert wallet.obtain(copies=10).status_code == 503, "the set is bounded"
    anchor(wallet)
    end = max(decoded(text)["exp"] for text, _ in wallet.held) - clock().timestamp()
    clock.forward(seconds=end + OBJECTION.total_seconds())
    look_after(wallet)
    assert {value(wallet, place) for place in old} == {CopyStatus.REVOKED}
    assert wallet.obtain(copies=10).status_code == 503
    clock.forward(seconds=1)
    with without_chain(wallet, LedgerUnavailableError("away")):
        with pytest.raises(LedgerUnavailableError):
            look_after(wallet)
        assert wallet.obtain(copies=10).status_code == 503, "the chain still says revoked"
    look_after(wallet)
    assert {value(wallet, place) for place in old} == {CopyStatus.VALID}
    wallet.held.clear()
    assert wallet.obtain(copies=10).status_code == 200
    assert {value(wallet, place) for place in places(wallet)} == {CopyStatus.VALID}
    with both.ground.storage.reading() as reading:
        rows = reading.connection.execute(text("SELECT count(*) FROM credential_copy"))  # type: ignore[attr-defined]
        assert rows.scalar_one() == 10, "what ended is forgotten"


def test_a_place_is_not_given_back_while_another_copy_of_its_list_lasts(
    tiny: SimulatedWallet, clock: StillClock
) -> None:
    tiny.obtain(copies=10)
    tiny.trial.openid.console.mark(AGENCY, PERSON, KIND, CopyStatus.REVOKED, clock())
    first = places(tiny)
    anchor(tiny)
    clock.forward(days=89)
    tiny.obtain(copies=6)
    clock.forward(days=92)
    look_after(tiny)
    with tiny.trial.ground.storage.reading() as reading:
        one = reading.issuing.status_lists(AGENCY)[0]
    assert one.drawn == 16
    second = places(tiny)[10:]
    assert {number for number, _ in second} == {1}
    assert not set(first) & set(second)


def test_a_list_of_which_the_chain_knows_more_gives_out_no_further_place(
    tiny: SimulatedWallet, clock: StillClock
) -> None:
    tiny.obtain(copies=3)
    assert code(tiny) is None
    console = tiny.trial.openid.console
    for _ in range(3):
        console.publish(AGENCY, clock())
    known = versions(tiny, 1)
    change(tiny, "DELETE FROM status_release WHERE version > 1")  # as an older backup has it
    clock.forward(days=1)
    look_after(tiny)
    assert versions(tiny, 1) == known + 1
    assert sorted(places(tiny)) == sorted(set(places(tiny)))
    tiny.obtain()
    assert [number for number, _ in places(tiny)] == [1, 1, 2]
    clock.forward(days=1)
    look_after(tiny)
    assert versions(tiny, 1) == known + 2, "later versions go on from there"
    assert code(tiny) is None


def test_a_list_that_a_restored_database_lacks_is_passed_over(
    lite: Database, clock: StillClock, tmp_path: Path
) -> None:
    terms = replace(TINY, status_lists=4)
    wallet = SimulatedWallet(Trial.start(lite, clock, tmp_path, terms))
    wallet.obtain(copies=10)
    look_after(wallet)
    wallet.obtain(copies=8)
    change(wallet, "DELETE FROM status_list WHERE number = 2")
    change(wallet, "DELETE FROM credential_copy WHERE status_list = 2")
    change(wallet, "DELETE FROM status_release WHERE uri LIKE '%/2'")
    clock.forward(minutes=1)
    look_after(wallet)
    known = places(wallet)
    assert wallet.obtain(copies=10).status_code == 200
    assert {number for number, _ in places(wallet)[len(known) :]} == {3}
    assert versions(wallet, 2) == 2, "copies that point to it can still be checked"


@pytest.mark.parametrize("ahead", [timedelta(minutes=8), timedelta(hours=2), timedelta(days=3650)])
def test_a_list_that_was_signed_by_a_clock_ahead_is_signed_anew(
    both: Trial, clock: StillClock, ahead: timedelta
) -> None:
    wallet, console = SimulatedWallet(both), both.openid.console
    wallet.obtain()
    console.publish(AGENCY, clock() + ahead)
    assert parse_status_token(served(wallet, 1).text).facts.issued > clock().timestamp() + 300
    assert look_after(wallet), "the clock is right again, and nobody changed an entry"
    assert parse_status_token(served(wallet, 1).text).facts.issued == clock().timestamp()
    clock.forward(minutes=1)
    assert code(wallet) is None
    assert not look_after(wallet), "once"


@pytest.mark.parametrize("days", [400, 3650])
def test_a_clock_ahead_gives_no_place_back_and_forgets_no_copy(
    both: Trial, clock: StillClock, days: int
) -> None:
    """Else everything would be over: what is revoked would be valid again, for good."""
    wallet, console = SimulatedWallet(both), both.openid.console
    wallet.obtain(copies=10)
    console.mark(AGENCY, PERSON, KIND, CopyStatus.REVOKED, clock())
    look_after(wallet)
    shift = timedelta(days=days)
    object.__setattr__(console.office, "clock_shift", shift.total_seconds)
    clock.now += shift
    for _ in range(2):
        console.look_after_lists(AGENCY, clock())
        clock.forward(minutes=1)
    assert {value(wallet, place) for place in places(wallet)} == {CopyStatus.REVOKED}
    clock.now -= shift
    object.__setattr__(console.office, "clock_shift", float)
    look_after(wallet)
    assert {value(wallet, place) for place in places(wallet)} == {CopyStatus.REVOKED}
    with both.ground.storage.reading() as reading:
        assert len(reading.issuing.copies_of(AGENCY, console.office.subject(AGENCY, PERSON))) == 10


def test_a_list_of_the_next_minute_is_left_alone(tiny: SimulatedWallet, clock: StillClock) -> None:
    tiny.trial.openid.console.publish(AGENCY, clock() + timedelta(minutes=5))
    assert not look_after(tiny)


def test_what_fails_for_one_agency_stops_no_other(tiny: SimulatedWallet, clock: StillClock) -> None:
    tiny.obtain()
    tiny.obtain("school-record")
    ledger, office = tiny.trial.ground.ledger, tiny.trial.openid.console.office
    refused = status_list_id(office.agencies[AGENCY].status_uri(1))
    publish = ledger.publish_status

    def choose(name: bytes, version: int, digest: bytes) -> Any:
        if name == refused:
            raise LedgerRefusedError("VersionMismatch")
        return publish(name, version, digest)

    clock.forward(days=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "publish_status", choose)
        tiny.trial.openid.tend(clock())
    uri = office.agencies["school"].status_uri(1)
    history = ledger.snapshot().status_list(status_list_id(uri))
    assert history is not None
    assert len(history.versions) == 2
    with tiny.trial.ground.storage.reading() as reading:
        for agency in (AGENCY, "school"):
            assert reading.logs.last_anchor(f"issuer-{agency}") is not None


def test_places_that_are_left_are_measured(
    tiny: SimulatedWallet, clock: StillClock, tmp_path: Path
) -> None:
    tiny.obtain(copies=10)
    places = free_places(tiny.trial.openid.console.office)
    page = Exposition(tiny.trial.ground.storage, clock, tmp_path, places=places).page()
    assert b'dojang_status_places_left{agency="district"} 6.0' in page
    assert b'dojang_status_places_left{agency="school"}' not in page, "it issues nothing yet"
    assert b'dojang_log_unanchored_leaves{log="issuer-district"} 10.0' in page


def test_addresses_of_lists_that_are_none_are_not_found(tiny: SimulatedWallet) -> None:
    tiny.obtain()
    base = tiny.trial.openid.console.office.agencies[AGENCY].status_base
    for name in ("2", "0", "-1", "99999999999999999999", "x", "1/2"):
        assert tiny.trial.http.get(base + name).status_code in {404, 422}
    assert tiny.trial.http.get(base + "1").status_code == 200
