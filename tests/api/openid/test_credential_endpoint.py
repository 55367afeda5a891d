"""The credential endpoint: what is issued, and every refusal of the standard."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from api.openid.log_places import SMALLEST_BLOCK
from contracts.evidence.encoding import Json
from tests.api.databases import StillClock
from tests.simulators.openid_trial import (
    KIND,
    SERVICE,
    Offered,
    SimulatedWallet,
    Trial,
    body_with,
    decoded,
    error_of,
)
from verifier.credential.inclusion import credential_leaf
from verifier.credential.keys import SigningKey, public_jwk

KEY = SigningKey.generate(secrets.token_bytes)


def test_copies_share_nothing_but_their_claims(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    assert wallet.obtain(copies=10).status_code == 200
    payloads = [decoded(text) for text, _ in wallet.held]
    for handle in ("cnf", "status", "evidence", "_sd"):
        assert len({json.dumps(payload[handle]) for payload in payloads}) == 10
    assert {payload["evidence"]["log"] for payload in payloads} == {
        "localhost/test/issuer-district"
    }
    assert all(payload["evidence"]["index"] < SMALLEST_BLOCK for payload in payloads)
    assert {payload["reference_date"] for payload in payloads} == {"2026-11-20"}


def test_the_leaf_stands_where_the_credential_says(both: Trial, clock: StillClock) -> None:
    wallet = SimulatedWallet(both)
    wallet.obtain(copies=3)
    wallet.obtain(copies=2)
    both.openid.tend(clock())
    with both.ground.storage.work() as work:
        tree = work.logs.open("issuer-district")
        assert tree.size == SMALLEST_BLOCK
        for text, _ in wallet.held:
            place = decoded(text)["evidence"]["index"]
            assert tree.read(0, place) == credential_leaf(text.split("~")[0])


def test_a_refused_request_takes_no_place_in_the_log(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    assert wallet.obtain(person="synthetic-3").status_code == 400
    wallet.obtain()
    with both.ground.storage.work() as work:
        assert [block.taken for block in work.logs.blocks("issuer-district")] == [1]


@pytest.mark.parametrize(
    "body",
    [
        {"credential_configuration_id": KIND, "credential_identifier": "x"},
        {"proofs": {"jwt": ["x"]}},
        {"credential_configuration_id": 7},
        {"credential_configuration_id": ""},
        {"credential_configuration_id": KIND, "proof": {"proof_type": "jwt", "jwt": "x"}},
        [],
    ],
)
def test_a_malformed_request_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, body: Json
) -> None:
    assert error_of(wallet.request(offered, token, body)) == (400, "invalid_credential_request")


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"a":1,"a":2}', b"[" * 100_000, b'{"credential_configuration_id":NaN}']
)
def test_hostile_json_is_refused(
    trial: Trial, offered: Offered, token: str, content: bytes
) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = trial.http.post(f"{offered.issuer}/credential", content=content, headers=headers)
    assert error_of(answer) == (400, "invalid_credential_request")


def test_a_form_at_the_credential_endpoint_is_refused(
    trial: Trial, offered: Offered, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answer = trial.http.post(f"{offered.issuer}/credential", data={"a": "b"}, headers=headers)
    assert error_of(answer) == (400, "invalid_credential_request")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"credential_configuration_id": "other"}, "unknown_credential_configuration"),
        ({"credential_identifier": "other"}, "unknown_credential_identifier"),
        ({"credential_configuration_id": "benefit"}, "credential_request_denied"),
        (
            {"credential_configuration_id": KIND, "credential_response_encryption": {}},
            "invalid_encryption_parameters",
        ),
    ],
)
def test_what_is_not_served_or_not_offered_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, body: dict[str, Json], error: str
) -> None:
    proofs: Json = {"jwt": [wallet.proof(offered.issuer, KEY)]}
    assert error_of(wallet.request(offered, token, {**body, "proofs": proofs})) == (400, error)


@pytest.mark.parametrize(
    "proofs",
    [
        None,
        {},
        {"jwt": []},
        {"jwt": "x"},
        {"jwt": [7]},
        {"di_vp": [{}]},
        {"jwt": ["a"], "x": []},
        {"jwt": ["a.b.c"]},
        {"jwt": ["x" * 100_000]},
    ],
)
def test_proofs_that_are_none_are_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, proofs: Json
) -> None:
    body: Json = {"credential_configuration_id": KIND, "proofs": proofs}
    assert error_of(wallet.request(offered, token, body)) == (400, "invalid_proof")


OTHER = public_jwk(SigningKey.generate(secrets.token_bytes).point)
HEADERS: list[dict[str, Any]] = [
    {"typ": "JWT"},
    {"typ": None},
    {"jwk": None},
    {"jwk": None, "kid": "did:example:1"},
    {"kid": "did:example:1"},
    {"x5c": ["MIIB"]},
    {"jwk": {**public_jwk(KEY.point), "d": "AAAA"}},
    {"jwk": OTHER},
    {"jwk": {"kty": "oct", "k": "AAAA"}},
    {"jwk": {**public_jwk(KEY.point), "y": public_jwk(KEY.point)["x"]}},
    {"crit": ["exp"]},
]


@pytest.mark.parametrize("header", HEADERS, ids=",".join)
def test_a_proof_with_another_header_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, header: dict[str, Any]
) -> None:
    proof = wallet.proof(offered.issuer, KEY, header=header)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_proof")


NOW = int(datetime(2026, 11, 20, 7, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://other.example"},
        {"aud": ["http://localhost:8000/issuers/district", "https://other.example"]},
        {"iat": NOW - 301},
        {"iat": NOW + 301},
        {"iat": "now"},
        {"iat": True},
        {"iss": "somebody"},
        {"exp": NOW - 300},
        {"exp": 0},
        {"exp": "later"},
        {"exp": True},
        {"exp": None},
        {"nbf": NOW + 301},
        {"nbf": 10**12},
        {"nbf": "now"},
        {"nbf": None},
    ],
)
def test_a_proof_with_other_claims_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, claims: dict[str, Json]
) -> None:
    proof = wallet.proof(offered.issuer, KEY, **claims)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_proof")


EDGES: list[dict[str, Json]] = [
    {"iat": NOW - 300},
    {"iat": NOW + 300},
    {"exp": NOW - 299},
    {"exp": NOW + 10**6},
    {"nbf": NOW + 300},
    {"nbf": 0, "exp": NOW + 60},
]


@pytest.mark.parametrize("claims", EDGES, ids=str)
def test_a_proof_at_the_edge_of_its_time_is_taken(
    wallet: SimulatedWallet, offered: Offered, token: str, claims: dict[str, Json]
) -> None:
    proof = wallet.proof(offered.issuer, KEY, **claims)
    assert wallet.request(offered, token, body_with(proof)).status_code == 200


@pytest.mark.parametrize("name", ["aud", "iat"])
def test_a_proof_that_lacks_a_claim_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, name: str
) -> None:
    proof = wallet.proof(offered.issuer, KEY, without=name)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_proof")


def test_a_proof_may_name_the_client_of_its_token(
    wallet: SimulatedWallet, offered: Offered
) -> None:
    token = wallet.access(offered, client_id="wallet")
    proof = wallet.proof(offered.issuer, KEY, iss="wallet")
    assert wallet.request(offered, token, body_with(proof)).status_code == 200


@pytest.mark.parametrize("nonce", ["", "AAAA", "not base64url!", "A" * 64])
def test_a_nonce_of_somebody_else_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, nonce: Json
) -> None:
    proof = wallet.proof(offered.issuer, KEY, nonce=nonce)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_nonce")


def test_a_proof_without_nonce_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str
) -> None:
    proof = wallet.proof(offered.issuer, KEY, without="nonce")
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_proof")


@pytest.mark.parametrize("nonce", [7, None, ["AAAA"]])
def test_a_nonce_that_is_no_text_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str, nonce: Json
) -> None:
    proof = wallet.proof(offered.issuer, KEY, nonce=nonce)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_proof")


def test_a_nonce_of_another_agency_is_refused(
    wallet: SimulatedWallet, offered: Offered, token: str
) -> None:
    nonce = wallet.nonce("/issuers/school")
    proof = wallet.proof(offered.issuer, KEY, nonce=nonce)
    assert error_of(wallet.request(offered, token, body_with(proof))) == (400, "invalid_nonce")


def test_a_nonce_is_used_once(both: Trial) -> None:
    wallet = SimulatedWallet(both)
    offered = both.offer()
    token, nonce = wallet.access(offered), wallet.nonce(offered.issuer)
    first, second = (
        wallet.proof(offered.issuer, SigningKey.generate(secrets.token_bytes), nonce=nonce)
        for _ in range(2)
    )
    assert wallet.request(offered, token, body_with(first)).status_code == 200
    assert error_of(wallet.request(offered, token, body_with(second))) == (400, "invalid_nonce")


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 400)])
def test_a_nonce_ends_with_its_time(
    wallet: SimulatedWallet,
    offered: Offered,
    token: str,
    clock: StillClock,
    seconds: int,
    status: int,
) -> None:
    nonce = wallet.nonce(offered.issuer)
    clock.forward(seconds=seconds)
    proof = wallet.proof(offered.issuer, KEY, nonce=nonce)
    assert wallet.request(offered, token, body_with(proof)).status_code == status


def test_two_proofs_of_one_key_are_refused(
    wallet: SimulatedWallet, offered: Offered, token: str
) -> None:
    proofs = [wallet.proof(offered.issuer, KEY) for _ in range(2)]
    assert error_of(wallet.request(offered, token, body_with(*proofs))) == (400, "invalid_proof")


def test_with_identifiers_only_they_may_be_used(wallet: SimulatedWallet, offered: Offered) -> None:
    detail = {"type": "openid_credential", "credential_configuration_id": KIND}
    granted = wallet.token(offered, authorization_details=json.dumps([detail])).json()
    token = granted["access_token"]
    identifier = granted["authorization_details"][0]["credential_identifiers"][0]
    refused = wallet.request(offered, token, body_with(wallet.proof(offered.issuer, KEY)))
    assert error_of(refused) == (400, "invalid_credential_request")
    proofs: Json = {"jwt": [wallet.proof(offered.issuer, KEY)]}
    body: Json = {"credential_identifier": identifier, "proofs": proofs}
    assert wallet.request(offered, token, body).status_code == 200


def test_a_person_with_a_restriction_gets_no_credential(wallet: SimulatedWallet) -> None:
    assert error_of(wallet.obtain(person="synthetic-3")) == (400, "credential_request_denied")


def test_nonces_are_not_stored_by_anybody(trial: Trial) -> None:
    answer = trial.http.post("/issuers/district/nonce")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"c_nonce"}
    assert answer.json() != trial.http.post("/issuers/district/nonce").json()


def test_the_service_of_the_offer_makes_the_person_value(wallet: SimulatedWallet) -> None:
    for kind, service in (("benefit", "youth-allowance"), ("benefit", SERVICE)):
        assert wallet.obtain(kind, service).status_code == 200
    from verifier.credential.presentation import HeldCredential

    values = [
        next(h.disclosure.value for h in HeldCredential.of(text).held if h.place == ("person",))
        for text, _ in wallet.held
    ]
    assert len(set(map(str, values))) == 2
