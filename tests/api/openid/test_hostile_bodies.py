"""Whatever is posted where wallets post is refused, and never an error of ours."""

import json

import pytest

from tests.simulators.issuer import Seeded
from tests.simulators.openid_trial import SimulatedWallet, Trial

BODIES = (
    b"",
    b"\0",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"1e999",
    b"-0",
    b"{" * 2000,
    b"\xef\xbb\xbf{}",
    b"\xff\xfe\x00",
    b'{"a":"\\ud800"}',
    b'{"proofs":{"jwt":[null]}}',
    b'{"credential_configuration_id":"\\u0000","proofs":{"jwt":["a"]}}',
    b'{"transaction_id":"\\ud83d\\ude00","notification_id":"\\u202e"}',
    b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code&tx_code=%00",
    b"error=%FF&state=%F0%9F%98%80",
    b"vp_token=%7B%7D&state=",
    b"response=eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6e319....",
    b"x" * 70_000,
)
TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain", "")


def bodies() -> list[bytes]:
    """The chosen ones, and some of no form at all."""
    rng = Seeded(b"hostile")
    return [*BODIES, *(rng(1 + number * 7) for number in range(10))]


@pytest.mark.parametrize("kind", TYPES)
def test_hostile_bodies_are_refused_at_every_endpoint(trial: Trial, kind: str) -> None:
    wallet = SimulatedWallet(trial)
    offered, asked = trial.offer(), trial.ask()
    headers = {"Authorization": f"Bearer {wallet.access(offered)}", "Content-Type": kind}
    issuer = [
        f"{offered.issuer}/{name}" for name in ("token", "credential", "deferred", "notification")
    ]
    paths = [*issuer, f"/openid4vp/requests/{asked.id}/response", "/openid4vp/requests"]
    for path in paths:
        for body in bodies():
            answer = trial.http.post(path, content=body, headers=headers)
            assert 400 <= answer.status_code < 500, (path, body[:40])
            assert "traceback" not in answer.text.lower()
            json.loads(answer.text)
    assert trial.result(asked) == {"status": "waiting"}


@pytest.mark.parametrize(
    "header", ["Basic abc", "Bearer", "Bearer \u00e9", "bearer  ", "Bearer a b"]
)
def test_a_hostile_authorization_is_refused(trial: Trial, header: str) -> None:
    offered = trial.offer()
    answer = trial.http.post(
        f"{offered.issuer}/credential",
        json={},
        headers={"Authorization": header.encode("latin-1")},
    )
    assert answer.status_code == 401
