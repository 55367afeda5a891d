"""The token endpoint: every refusal of the standard beside what is granted."""

import json

import pytest

from tests.api.databases import StillClock
from tests.simulators.openid_trial import (
    KIND,
    PRE_AUTHORIZED,
    SimulatedWallet,
    Trial,
    error_of,
)

DETAIL = {"type": "openid_credential", "credential_configuration_id": KIND}


def test_a_code_is_redeemed_once(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    offered = both.offer()
    granted = wallet.token(offered)
    assert granted.status_code == 200
    assert granted.json().keys() == {"access_token", "token_type", "expires_in"}
    assert granted.headers["cache-control"] == "no-store"
    assert error_of(wallet.token(offered)) == (400, "invalid_grant")


def test_a_wrong_transaction_code_is_counted_and_then_locks(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    offered = both.offer()
    wrong = "000000" if offered.tx_code != "000000" else "000001"
    for _ in range(4):
        assert error_of(wallet.token(offered, tx_code=wrong)) == (400, "invalid_grant")
    other = both.offer()
    assert wallet.token(other).status_code == 200
    assert error_of(wallet.token(offered, tx_code=wrong)) == (400, "invalid_grant")
    assert error_of(wallet.token(offered)) == (400, "invalid_grant")


def test_the_right_transaction_code_after_four_wrong_ones_is_taken(wallet: SimulatedWallet) -> None:
    offered = wallet.trial.offer()
    wrong = "000000" if offered.tx_code != "000000" else "000001"
    for _ in range(4):
        wallet.token(offered, tx_code=wrong)
    assert wallet.token(offered).status_code == 200


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (30, 400)])
def test_a_code_ends_with_its_time(
    wallet: SimulatedWallet, clock: StillClock, minutes: int, status: int
) -> None:
    offered = wallet.trial.offer()
    clock.forward(minutes=minutes)
    assert wallet.token(offered).status_code == status


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"pre-authorized_code": None}, "invalid_request"),
        ({"pre-authorized_code": ""}, "invalid_request"),
        ({"pre-authorized_code": "x" * 600}, "invalid_request"),
        ({"pre-authorized_code": "unknown"}, "invalid_grant"),
        ({"tx_code": None}, "invalid_request"),
        ({"tx_code": "\ud7ff" * 9}, "invalid_grant"),
        ({"client_id": ""}, "invalid_request"),
    ],
)
def test_a_malformed_token_request_is_refused(
    wallet: SimulatedWallet, changes: dict[str, str | None], error: str
) -> None:
    offered = wallet.trial.offer()
    assert error_of(wallet.token(offered, **changes)) == (400, error)
    assert wallet.token(offered).status_code == 200


@pytest.mark.parametrize(
    "details",
    [
        "",
        "{",
        "[]",
        "{}",
        '["openid_credential"]',
        '[{"type":"openid_credential"}]',
        '[{"type":"openid_credential","credential_configuration_id":7}]',
        json.dumps([{"type": "other", "credential_configuration_id": KIND}]),
        json.dumps([DETAIL, {**DETAIL, "type": "other"}]),
        json.dumps([DETAIL, DETAIL]),
        json.dumps([{**DETAIL, "credential_configuration_id": f"k{n}"} for n in range(17)]),
    ],
)
def test_malformed_details_are_refused_and_the_code_stays_good(
    wallet: SimulatedWallet, details: str
) -> None:
    offered = wallet.trial.offer()
    refused = wallet.token(offered, authorization_details=details)
    assert error_of(refused) == (400, "invalid_authorization_details")
    assert wallet.token(offered, authorization_details=json.dumps([DETAIL])).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=a&grant_type=b",
        b"grant_type",
        b"\xff=1",
        b"&".join(b"a%d=1" % n for n in range(40)),
        b"a=" + b"x" * 20_000,
        b"",
    ],
)
def test_a_body_that_is_no_form_is_refused(trial: Trial, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    offered = trial.offer()
    answer = trial.http.post(f"{offered.issuer}/token", content=body, headers=headers)
    assert error_of(answer) == (400, "invalid_request")


def test_a_json_body_at_the_token_endpoint_is_refused(trial: Trial) -> None:
    offered = trial.offer()
    answer = trial.http.post(f"{offered.issuer}/token", json={"grant_type": PRE_AUTHORIZED})
    assert error_of(answer) == (400, "invalid_request")


def test_a_code_of_another_agency_is_refused(wallet: SimulatedWallet) -> None:
    offered, school = wallet.trial.offer(), wallet.trial.offer("school-record", "youth-allowance")
    form = {
        "grant_type": PRE_AUTHORIZED,
        "pre-authorized_code": offered.code,
        "tx_code": offered.tx_code,
    }
    answer = wallet.trial.http.post(f"{school.issuer}/token", data=form)
    assert error_of(answer) == (400, "invalid_grant")


def test_details_are_answered_with_identifiers(wallet: SimulatedWallet) -> None:
    granted = wallet.token(wallet.trial.offer(), authorization_details=json.dumps([DETAIL]))
    [told] = granted.json()["authorization_details"]
    assert told["credential_configuration_id"] == KIND
    assert len(told["credential_identifiers"]) == 1


def test_details_that_were_not_offered_are_refused(wallet: SimulatedWallet) -> None:
    detail = {"type": "openid_credential", "credential_configuration_id": "benefit"}
    refused = wallet.token(wallet.trial.offer(), authorization_details=json.dumps([detail]))
    assert error_of(refused) == (400, "invalid_authorization_details")


def test_an_unknown_issuer_has_no_endpoints(trial: Trial) -> None:
    for path in ("token", "nonce"):
        answer = trial.http.post(
            f"/issuers/nobody/{path}",
            content=b"a=1",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 404
