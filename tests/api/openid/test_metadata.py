"""Metadata at both well-known places, complete in Korean and English."""

from typing import Any

import pytest

from tests.simulators.openid_trial import ORIGIN, Trial

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
