"""The identity step: an officer at a desk, or an OpenID Connect provider."""

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OctKey

from api.openid.errors import IdentityError
from api.openid.identity import IdentityMethod, OidcProvider, identify_at_desk

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
NOW = int(AT.timestamp())
KEY = ECKey.generate_key("P-256", {"kid": "1"})
CLAIMS: dict[str, Any] = {
    "iss": "https://login.test",
    "aud": "dojang",
    "sub": "account-1",
    "nonce": "n",
    "iat": NOW,
    "exp": NOW + 300,
}


class Directory:
    """One account, of one synthetic person."""

    def person_of(self, provider: str, subject: str) -> str | None:
        known = {("https://login.test", "account-1"): "synthetic-1"}
        return known.get((provider, subject))


PROVIDER = OidcProvider("https://login.test", "dojang", KeySet([KEY]), Directory())


def token(key: Any = KEY, alg: str = "ES256", **changes: Any) -> str:
    import json

    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jws.serialize_compact(
        {"alg": alg, "kid": "1"}, json.dumps(claims), key, algorithms=[alg]
    )


def test_an_id_token_identifies_a_person() -> None:
    found = PROVIDER.identify(token(), "n", AT)
    assert (found.person, found.method, found.by) == (
        "synthetic-1",
        IdentityMethod.OIDC,
        "https://login.test",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.test"},
        {"aud": "other"},
        {"aud": ["dojang", "other"]},
        {"nonce": "other"},
        {"nonce": None},
        {"sub": "account-2"},
        {"sub": 7},
        {"exp": NOW - 61},
        {"exp": None},
        {"iat": NOW + 61},
        {"iat": None},
    ],
)
def test_an_id_token_with_another_claim_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(IdentityError):
        PROVIDER.identify(token(**changes), "n", AT)


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 20_000, token()[:-4] + "AAAA"])
def test_what_the_provider_did_not_sign_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        PROVIDER.identify(text, "n", AT)


def test_another_key_or_a_shared_secret_is_refused() -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "1"})
    with pytest.raises(IdentityError):
        PROVIDER.identify(token(stranger), "n", AT)
    secret = OctKey.import_key("0123456789abcdef0123456789abcdef", {"kid": "1"})
    with pytest.raises(IdentityError):
        PROVIDER.identify(token(secret, "HS256"), "n", AT)


def test_an_empty_nonce_answers_no_sign_in() -> None:
    with pytest.raises(IdentityError):
        PROVIDER.identify(token(nonce=""), "", AT)


def test_an_officer_must_have_checked_the_card() -> None:
    assert identify_at_desk("synthetic-1", "officer", card_checked=True, at=AT).by == "officer"
    with pytest.raises(IdentityError):
        identify_at_desk("synthetic-1", "officer", card_checked=False, at=AT)


@pytest.mark.parametrize(
    ("person", "officer"), [("", "officer"), ("p" * 65, "o"), ("p", ""), ("p", "o" * 101)]
)
def test_a_person_and_an_officer_have_short_names(person: str, officer: str) -> None:
    with pytest.raises(IdentityError):
        identify_at_desk(person, officer, card_checked=True, at=AT)
