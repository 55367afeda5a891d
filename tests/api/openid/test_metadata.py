"""Metadata at both well-known places, complete in Korean and English."""

from typing import Any

import pytest

from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.simulators.openid_trial import ORIGIN, SimulatedWallet, Trial
from verifier.credential.keys import PublicKey
from verifier.credential.sdjwt import parse_sd_jwt

KINDS = ("openid-credential-issuer", "oauth-authorization-server")


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_stands_at_both_places(trial: Trial, kind: str) -> None:
    inserted = trial.http.get(f"/.well-known/{kind}/issuers/district")
    appended = trial.http.get(f"/issuers/district/.well-known/{kind}")
    assert inserted.status_code == 200
    assert inserted.json() == appended.json()
    assert trial.http.get(f"/.well-known/{kind}/issuers/nobody").status_code == 404


def test_endpoints_belong_to_the_issuer(trial: Trial) -> None:
    issuer = trial.http.get("/.well-known/openid-credential-issuer/issuers/district").json()
    server = trial.http.get("/.well-known/oauth-authorization-server/issuers/district").json()
    base = f"{ORIGIN}/issuers/district"
    assert (issuer["credential_issuer"], server["issuer"]) == (base, base)
    addresses = [
        value for name, value in {**issuer, **server}.items() if name.endswith("_endpoint")
    ]
    assert len(addresses) == 5
    assert all(address.startswith(f"{base}/") for address in addresses)
    assert issuer["batch_credential_issuance"] == {"batch_size": 10}


def displays(node: Any) -> list[Any]:
    """Every ``display`` inside a document."""
    if isinstance(node, dict):
        own = [node["display"]] if "display" in node else []
        return own + [found for value in node.values() for found in displays(value)]
    return [found for value in node for found in displays(value)] if isinstance(node, list) else []


def test_everything_shown_is_in_korean_and_english(trial: Trial) -> None:
    for agency in trial.openid.console.office.agencies:
        document = trial.http.get(f"/.well-known/openid-credential-issuer/issuers/{agency}").json()
        found = displays(document)
        assert len(found) > 5
        for display in found:
            assert [entry["locale"] for entry in display] == ["ko-KR", "en-US"]
            assert all(entry["name"].strip() for entry in display)


def test_every_claim_of_every_type_is_described(trial: Trial) -> None:
    for agency in trial.openid.console.office.agencies.values():
        path = f"/.well-known/openid-credential-issuer/issuers/{agency.id}"
        configurations = trial.http.get(path).json()["credential_configurations_supported"]
        assert configurations.keys() == agency.types.keys()
        for name, kind in agency.types.items():
            paths = [
                claim["path"] for claim in configurations[name]["credential_metadata"]["claims"]
            ]
            assert paths == [[claim] for claim in (*kind.always_disclosed, *kind.claims)]
            assert configurations[name]["vct"] == kind.vct


def keys_of(trial: Trial, agency: str) -> list[dict[str, str]]:
    answer = trial.http.get(f"/.well-known/jwt-vc-issuer/issuers/{agency}")
    assert answer.status_code == 200
    told = answer.json()
    assert told["issuer"] == f"{ORIGIN}/issuers/{agency}"
    keys: list[dict[str, str]] = told["jwks"]["keys"]
    return keys


def test_a_wallet_finds_the_key_of_what_it_was_given(trial: Trial) -> None:
    wallet = SimulatedWallet(trial)
    wallet.obtain()
    text, _ = wallet.held[0]
    kid = parse_sd_jwt(text).jws.header["kid"]
    (key,) = keys_of(trial, "district")
    assert key["kid"] == kid
    public = PublicKey.of_jwk({name: key[name] for name in ("kty", "crv", "x", "y")})
    parse_sd_jwt(text).jws.check(public)


@pytest.mark.parametrize("ending", list(Ending))
def test_a_replaced_key_stays_and_a_compromised_one_does_not(
    trial: Trial, clock: StillClock, ending: Ending
) -> None:
    wallet = SimulatedWallet(trial)
    wallet.obtain()
    (old,) = keys_of(trial, "district")
    trial.openid.console.rotate("district", ending, clock())
    clock.forward(minutes=10)
    kids = [key["kid"] for key in keys_of(trial, "district")]
    assert (old["kid"] in kids) == (ending is Ending.ORDERLY)
    assert len(kids) == (2 if ending is Ending.ORDERLY else 1)


def test_an_issuer_that_the_registry_does_not_know_has_no_keys(trial: Trial) -> None:
    for agency in ("school", "nobody"):
        assert trial.http.get(f"/.well-known/jwt-vc-issuer/issuers/{agency}").status_code == 404


def test_copies_tell_no_more_than_the_hour(trial: Trial, clock: StillClock) -> None:
    clock.forward(minutes=7)
    wallet = SimulatedWallet(trial)
    wallet.obtain(copies=3)
    payloads = [parse_sd_jwt(text).jws.payload for text, _ in wallet.held]
    hour = clock().replace(minute=0, second=0)
    assert {payload["iat"] for payload in payloads} == {int(hour.timestamp())}
    assert all(payload["exp"] % 3600 == 0 for payload in payloads)
