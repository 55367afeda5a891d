"""Who shows no access token, or no good one, and how refusals are described."""

import secrets

import pytest

from tests.api.databases import StillClock
from tests.simulators.openid_trial import Offered, SimulatedWallet, Trial, body_with, error_of
from verifier.credential.keys import SigningKey

KEY = SigningKey.generate(secrets.token_bytes)


@pytest.mark.parametrize("token", ["", "unknown", "x" * 600])
def test_without_a_good_token_nothing_is_issued(
    wallet: SimulatedWallet, offered: Offered, token: str
) -> None:
    body = body_with(wallet.proof(offered.issuer, KEY))
    for path in ("credential", "deferred", "notification"):
        answer = wallet.request(offered, token, body, path)
        assert error_of(answer) == (401, "invalid_token")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("path", ["credential", "deferred", "notification"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}], ids=str)
def test_who_shows_no_token_is_told_of_no_error(
    trial: Trial, offered: Offered, path: str, headers: dict[str, str]
) -> None:
    """RFC 6750 section 3.1."""
    answer = trial.http.post(f"{offered.issuer}/{path}", json={}, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"


def test_the_description_names_the_codes_of_every_endpoint(trial: Trial) -> None:
    paths = trial.http.get("/openapi.json").json()["paths"]
    told = {
        path: paths[f"/issuers/{{agency}}/{path}"]["post"]["responses"]["400"]["content"][
            "application/json"
        ]["schema"]["properties"]["error"]["enum"]
        for path in ("token", "credential", "deferred", "notification")
    }
    assert "invalid_authorization_details" in told["token"]
    assert {"invalid_proof", "invalid_nonce", "credential_request_denied"} < {*told["credential"]}
    assert told["deferred"] == ["invalid_transaction_id", "credential_request_denied"]
    assert told["notification"] == ["invalid_notification_request", "invalid_notification_id"]


def test_a_token_ends_with_its_time(
    wallet: SimulatedWallet, offered: Offered, token: str, clock: StillClock
) -> None:
    clock.forward(minutes=10)
    body = body_with(wallet.proof(offered.issuer, KEY))
    assert error_of(wallet.request(offered, token, body)) == (401, "invalid_token")
