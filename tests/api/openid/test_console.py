"""The issuer's console: suspend, revoke, renew, rotate; lists with anchored versions."""

import secrets
from datetime import timedelta
from hashlib import sha256

import pytest

from api.actions.end_issuer_keys import key_detail, key_errand
from api.actions.forget_unfinished import forget_unfinished
from api.openid.console import CopyStatus
from api.openid.console_errands import EndOwnKeys
from api.openid.errors import ConsoleError
from api.openid.granting import offer
from api.openid.identity import identify_at_desk
from api.openid.offering import OfferOrder
from api.ports.errors import KeysMissingError
from api.ports.outbox import LeasedErrand
from contracts.evidence.encoding import canonical
from contracts.evidence.names import issuer_id, status_list_id
from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.simulators.openid_trial import AGENCY, KIND, SERVICE, SimulatedWallet, Trial
from verifier.credential.keys import SigningKey
from verifier.credential.status import parse_status_token

PERSON = "synthetic-1"


def outcome(wallet: SimulatedWallet) -> tuple[str, str | None]:
    asked = wallet.trial.ask()
    assert wallet.show(asked).status_code == 200
    result = wallet.trial.result(asked)
    [one] = result["credentials"]
    return result["outcome"], one.get("code")


@pytest.mark.parametrize(
    ("status", "code"),
    [(CopyStatus.REVOKED, "status.revoked"), (CopyStatus.SUSPENDED, "status.suspended")],
)
def test_a_marked_credential_is_not_accepted(
    both: Trial, clock: StillClock, status: CopyStatus, code: str
) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain(copies=3)
    assert outcome(wallet) == ("eligible", None)
    clock.forward(minutes=1)
    assert both.openid.console.mark(AGENCY, PERSON, KIND, status, clock()) == 3
    clock.forward(minutes=1)
    assert outcome(wallet) == ("cannot_verify", code)


def test_a_suspension_can_be_lifted_and_a_revocation_not(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain(copies=3)
    console = wallet.trial.openid.console
    console.mark(AGENCY, PERSON, KIND, CopyStatus.SUSPENDED, clock())
    clock.forward(minutes=1)
    console.mark(AGENCY, PERSON, KIND, CopyStatus.VALID, clock())
    clock.forward(minutes=1)
    assert outcome(wallet) == ("eligible", None)
    console.mark(AGENCY, PERSON, KIND, CopyStatus.REVOKED, clock())
    with pytest.raises(ConsoleError):
        console.mark(AGENCY, PERSON, KIND, CopyStatus.VALID, clock())


def test_marking_somebody_without_copies_is_refused(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain()
    console = wallet.trial.openid.console
    with pytest.raises(ConsoleError):
        console.mark(AGENCY, "synthetic-2", KIND, CopyStatus.REVOKED, clock())
    with pytest.raises(ConsoleError):
        console.mark(AGENCY, PERSON, "benefit", CopyStatus.REVOKED, clock())


def test_every_list_is_the_newest_version_on_chain(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain()
    agency = wallet.trial.openid.console.office.agencies[AGENCY]
    for expected in (2, 3):
        clock.forward(minutes=1)
        wallet.trial.openid.console.publish(AGENCY, clock())
        served = wallet.trial.http.get(f"{agency.uri}/status/1")
        assert served.headers["content-type"] == "application/statuslist+jwt"
        history = wallet.trial.ground.ledger.snapshot().status_list(
            status_list_id(agency.status_uri(1))
        )
        assert history is not None
        newest = history.versions[-1]
        assert newest.version == expected
        assert newest.digest == sha256(served.content).digest()
        parse_status_token(served.text)


def test_a_version_that_was_not_anchored_is_anchored_with_the_next(
    wallet: SimulatedWallet, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wallet.obtain()
    console, ledger = wallet.trial.openid.console, wallet.trial.ground.ledger
    clock.forward(minutes=1)
    with monkeypatch.context() as cut:
        cut.setattr(ledger, "publish_status", lambda *_: None)
        assert console.publish(AGENCY, clock())[0].version == 2
    assert console.publish(AGENCY, clock())[0].version == 3
    agency = console.office.agencies[AGENCY]
    history = ledger.snapshot().status_list(status_list_id(agency.status_uri(1)))
    assert history is not None
    assert [one.version for one in history.versions] == [1, 2, 3]


def test_a_list_is_published_again_when_it_is_old(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain()
    console = wallet.trial.openid.console
    assert not console.look_after_lists(AGENCY, clock())
    clock.forward(days=1)
    assert console.look_after_lists(AGENCY, clock())


def test_a_key_replaced_in_order_keeps_what_it_signed(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain(copies=2)
    assert outcome(wallet) == ("eligible", None)
    clock.forward(minutes=1)
    console = wallet.trial.openid.console
    old = console.office.keys.signer(AGENCY).point
    console.rotate(AGENCY, Ending.ORDERLY, clock())
    assert console.office.keys.signer(AGENCY).point != old
    clock.forward(minutes=1)
    assert outcome(wallet) == ("eligible", None)
    wallet.obtain()
    assert outcome(wallet) == ("eligible", None)


def test_a_compromised_key_takes_everything_with_it(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    wallet.obtain(copies=2)
    assert outcome(wallet) == ("eligible", None)
    clock.forward(minutes=1)
    wallet.trial.openid.console.rotate(AGENCY, Ending.COMPROMISED, clock())
    clock.forward(minutes=1)
    assert outcome(wallet) == ("cannot_verify", "issuer.key_compromised")
    wallet.held.clear()
    wallet.obtain()
    assert outcome(wallet) == ("eligible", None)


def test_a_compromised_key_is_ended_even_if_it_can_have_no_successor(
    wallet: SimulatedWallet, clock: StillClock
) -> None:
    """And what else was ordered with it is done."""
    wallet.obtain()
    wallet.obtain("school-record")
    console, ledger = wallet.trial.openid.console, wallet.trial.ground.ledger
    office = console.office

    def ordered(agency: str) -> LeasedErrand:
        issuer, point = issuer_id(office.agency(agency).uri), office.keys.signer(agency).point
        detail = canonical(key_detail(issuer, point, Ending.COMPROMISED))
        errand = key_errand(agency, detail, clock())
        return LeasedErrand(len(agency), errand.kind, errand.key, errand.payload, 1)

    def lost(agency: str) -> SigningKey:
        if agency == AGENCY:
            raise KeysMissingError(["issuer-district.next"], [])
        return prepare(agency)

    prepare = office.keys.prepare
    errands = [ordered(AGENCY), ordered("school")]
    points = {name: office.keys.signer(name).point for name in (AGENCY, "school")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(office.keys, "prepare", lost)
        failures = EndOwnKeys(console, clock).deliver(errands)
    assert {number: failure.code for number, failure in failures.items()} == {
        len(AGENCY): "keys.missing"
    }
    for name, point in points.items():
        known = ledger.snapshot().issuer(issuer_id(office.agency(name).uri))
        assert known is not None
        ended = {key.point: key.period.ending for key in known.keys}
        assert ended[point] is Ending.COMPROMISED


def order(clock: StillClock, person: str = PERSON) -> OfferOrder:
    identity = identify_at_desk(person, "[시험] 담당자", card_checked=True, at=clock())
    return OfferOrder(identity, (KIND,), SERVICE)


def test_only_somebody_with_copies_can_renew(wallet: SimulatedWallet, clock: StillClock) -> None:
    console = wallet.trial.openid.console
    with pytest.raises(ConsoleError):
        console.renew(AGENCY, order(clock), clock())
    wallet.obtain()
    assert console.renew(AGENCY, order(clock), clock()).offer.copies == {KIND: 10}


def test_an_offers_secrets_are_in_no_repr(wallet: SimulatedWallet, clock: StillClock) -> None:
    made = offer(wallet.trial.openid.console.office, AGENCY, order(clock), clock())
    assert made.code not in repr(made)
    assert made.tx_code not in repr(made)


def test_an_agencys_log_is_padded_before_it_is_anchored(both: Trial, clock: StillClock) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain(copies=3)
    demonstration = both.openid.demonstration
    assert demonstration is not None
    assert demonstration.anchor(clock())
    with both.ground.storage.reading() as reading:
        anchor = reading.logs.last_anchor("issuer-district")
    assert anchor is not None
    assert (anchor.size, anchor.block is None) == (64, False)
    assert not demonstration.anchor(clock() + timedelta(seconds=1))


def test_forgetting_keeps_what_is_still_open(both: Trial, clock: StillClock) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain()
    with both.ground.storage.work() as work:
        assert work.issuing.forget(clock(), 100) == 0
        assert work.issuing.burn_nonce(secrets.token_bytes(32), clock())
    with both.ground.storage.work() as work:
        assert work.issuing.forget(clock() + timedelta(days=1), 100) == 4


def test_tending_closes_batches_and_retention_forgets_what_ended(
    both: Trial, clock: StillClock
) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain()
    unanswered = both.ask()
    wallet.obtain()
    both.openid.tend(clock())
    with both.ground.storage.reading() as reading:
        anchor = reading.logs.last_anchor("issuer-district")
        assert reading.presentations.find(unanswered.id) is not None
    assert anchor is not None
    assert (anchor.size, anchor.block) == (64, None)
    clock.forward(days=31)
    assert forget_unfinished(both.ground.storage, clock())
    with both.ground.storage.reading() as reading:
        assert reading.presentations.find(unanswered.id) is None
