"""After the request: deferred credentials, and what wallets say became of them."""

import secrets
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.openid.register import NotYetKnownError, read_csv
from api.store.register_files import FileRegister, RegisterFiles
from contracts.evidence.encoding import Json
from tests.api.databases import StillClock, shelve
from tests.simulators.openid_trial import (
    KIND,
    Offered,
    SimulatedWallet,
    Trial,
    body_with,
    decoded,
    error_of,
)
from verifier.credential.keys import SigningKey, public_jwk
from verifier.eligibility.attestation import RegisterEntry

COLUMNS = "person,birth_date,disabled,pregnant,restricted\n"
KEY = SigningKey.generate(secrets.token_bytes)


class SlowRegister:
    """A register that knows only after it was asked some times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def entry(self, person: str, on: date) -> RegisterEntry:
        self.times -= 1
        if self.times >= 0:
            raise NotYetKnownError("to be asked again")
        text = f"{COLUMNS}{person},2000-05-05,yes,no,no\n"
        return read_csv(KIND, text.encode()).take().entry(person, on)


def slow(trial: Trial, times: int) -> None:
    office = trial.openid.console.office
    object.__setattr__(office, "registers", {**office.registers, KIND: SlowRegister(times)})


def test_what_the_register_does_not_know_yet_is_deferred(both: Trial, clock: StillClock) -> None:
    wallet = SimulatedWallet(both)
    offered = both.offer()
    slow(both, 2)
    token = wallet.access(offered)
    body = body_with(wallet.proof(offered.issuer, KEY))
    waiting = wallet.request(offered, token, body)
    assert waiting.status_code == 202
    clock.forward(days=1)
    name: Json = {"transaction_id": waiting.json()["transaction_id"]}
    again = wallet.request(offered, token, name, "deferred")
    assert (again.status_code, again.json()) == (202, waiting.json())
    made = wallet.request(offered, token, name, "deferred")
    assert made.status_code == 200
    assert decoded(made.json()["credentials"][0]["credential"])["cnf"]["jwk"] == public_jwk(
        KEY.point
    )
    spent = wallet.request(offered, token, name, "deferred")
    assert error_of(spent) == (400, "invalid_transaction_id")


def test_a_register_that_cannot_be_read_defers_and_goes_on_when_it_can(
    trial: Trial, tmp_path: Path
) -> None:
    """Whoever asks meanwhile is told later; no other agency's register is touched by it."""
    wallet, shelf = SimulatedWallet(trial), RegisterFiles(tmp_path / "registers")
    office = trial.openid.console.office
    broken = FileRegister(KIND, shelf.place(KIND), office.registers[KIND])
    object.__setattr__(office, "registers", {**office.registers, KIND: broken})
    offered = trial.offer()
    shelve(shelf, KIND, b"person,what\n")
    token = wallet.access(offered)
    waiting = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, KEY)))
    assert waiting.status_code == 202
    name: Json = {"transaction_id": waiting.json()["transaction_id"]}
    assert wallet.request(offered, token, name, "deferred").status_code == 202
    shelf.place(KIND).unlink()
    gone = wallet.request(offered, token, name, "deferred")
    assert gone.status_code == 202, "nor are invented people asked in its place"
    shelve(shelf, KIND, f"{COLUMNS}synthetic-1,2000-05-05,yes,no,no\n".encode())
    assert wallet.request(offered, token, name, "deferred").status_code == 200


def test_a_deferral_ends_with_its_time(wallet: SimulatedWallet, clock: StillClock) -> None:
    offered = wallet.trial.offer()
    slow(wallet.trial, 1)
    token = wallet.access(offered)
    waiting = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, KEY))).json()
    clock.now += timedelta(days=14)
    late = wallet.request(offered, token, {"transaction_id": waiting["transaction_id"]}, "deferred")
    assert error_of(late) == (401, "invalid_token")


@pytest.mark.parametrize(
    "body", [{}, {"transaction_id": ""}, {"transaction_id": 7}, {"transaction_id": "x"}, []]
)
def test_an_unknown_transaction_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, body: Json
) -> None:
    refused = wallet.request(offered, token, body, "deferred")
    assert error_of(refused) == (400, "invalid_transaction_id")


def test_a_transaction_of_another_token_is_refused(wallet: SimulatedWallet) -> None:
    offered, other = wallet.trial.offer(), wallet.trial.offer()
    slow(wallet.trial, 1)
    first, second = wallet.access(offered), wallet.access(other)
    waiting = wallet.request(offered, first, body_with(wallet.proof(offered.issuer, KEY))).json()
    name: Json = {"transaction_id": waiting["transaction_id"]}
    refused = wallet.request(offered, second, name, "deferred")
    assert error_of(refused) == (400, "invalid_transaction_id")
    assert wallet.request(offered, first, name, "deferred").status_code == 200


@pytest.mark.parametrize(
    "event", ["credential_accepted", "credential_failure", "credential_deleted"]
)
def test_a_notification_is_kept_and_may_be_repeated(both: Trial, event: str) -> None:
    wallet = SimulatedWallet(both)
    offered = both.offer()
    token = wallet.access(offered)
    made = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, KEY))).json()
    body: Json = {"notification_id": made["notification_id"], "event": event}
    for _ in range(2):
        assert wallet.request(offered, token, body, "notification").status_code == 204


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"event": "credential_accepted"}, "invalid_notification_request"),
        ({"notification_id": "x", "event": "eaten"}, "invalid_notification_request"),
        ({"notification_id": "x"}, "invalid_notification_request"),
        (
            {"notification_id": "x", "event": "credential_failure", "event_description": 7},
            "invalid_notification_request",
        ),
        ({"notification_id": "x", "event": "credential_accepted"}, "invalid_notification_id"),
        ({"notification_id": "", "event": "credential_accepted"}, "invalid_notification_id"),
        ([], "invalid_notification_request"),
    ],
)
def test_a_bad_notification_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, body: Json, error: str
) -> None:
    assert error_of(wallet.request(offered, token, body, "notification")) == (400, error)


def test_a_notification_with_another_offers_token_is_refused(wallet: SimulatedWallet) -> None:
    offered, other = wallet.trial.offer(), wallet.trial.offer()
    token, foreign = wallet.access(offered), wallet.access(other)
    made = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, KEY))).json()
    body: Json = {"notification_id": made["notification_id"], "event": "credential_accepted"}
    refused = wallet.request(offered, foreign, body, "notification")
    assert error_of(refused) == (400, "invalid_notification_id")
