"""Key binding, rule by rule."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.simulators.sd_jwt_forger import (
    AGE,
    AT,
    AUDIENCE,
    CHALLENGE,
    HOLDER,
    ISSUER,
    NONCE,
    NOW,
    STRANGER,
    sound,
    token,
    verify,
)
from verifier.credential import errors
from verifier.credential.disclosure import digest_of
from verifier.credential.keys import public_jwk
from verifier.errors import VerifierError


def bound(**changes: object) -> Callable[[], str]:
    return lambda: sound_with(kb_changes=changes)


def sound_with(**parts: object) -> str:
    forgery = sound()
    for name, value in parts.items():
        setattr(forgery, name, value)
    return forgery.bound()


def other_holder(jwk: object) -> Callable[[], str]:
    return lambda: sound().set(cnf=jwk).bound()  # type: ignore[arg-type]  # hostile


def shortened() -> str:
    text = sound().bound()
    return text.replace(f"~{AGE}~", "~")


def exchanged() -> str:
    first = sound().bound()
    other = sound().set(plain=2).text()
    return other + first.rpartition("~")[2]


KB_HEADER = {"alg": "ES256", "typ": "kb+jwt"}
JWK = dict(public_jwk(HOLDER.point))
UNBOUND: dict[str, tuple[Callable[[], str], type[VerifierError]]] = {
    "none at all": (sound().text, errors.KeyBindingMissingError),
    "no cnf": (lambda: sound().drop("cnf").bound(), errors.HolderKeyError),
    "cnf without jwk": (other_holder({"kid": "1"}), errors.HolderKeyError),
    "cnf a text": (other_holder("x"), errors.HolderKeyError),
    "cnf with a private key": (
        other_holder({"jwk": {**JWK, "d": JWK["x"]}}),
        errors.HolderKeyError,
    ),
    "cnf on another curve": (other_holder({"jwk": {**JWK, "crv": "P-384"}}), errors.HolderKeyError),
    "cnf off the curve": (other_holder({"jwk": {**JWK, "x": JWK["y"]}}), errors.HolderKeyError),
    "cnf of another kind": (other_holder({"jwk": {**JWK, "kty": "OKP"}}), errors.HolderKeyError),
    "cnf for encryption": (other_holder({"jwk": {**JWK, "use": "enc"}}), errors.HolderKeyError),
    "no typ": (lambda: sound_with(kb_header={"alg": "ES256"}), errors.KeyBindingTypeError),
    "typ JWT": (
        lambda: sound_with(kb_header={"alg": "ES256", "typ": "JWT"}),
        errors.KeyBindingTypeError,
    ),
    "alg none": (
        lambda: sound_with(kb_header={"alg": "none", "typ": "kb+jwt"}),
        errors.AlgorithmError,
    ),
    "crit": (
        lambda: sound_with(kb_header={"alg": "ES256", "typ": "kb+jwt", "crit": ["x"]}),
        errors.CriticalHeaderError,
    ),
    "signed by a stranger": (lambda: sound_with(kb_key=STRANGER), errors.KeyBindingSignatureError),
    "signed by the issuer": (lambda: sound_with(kb_key=ISSUER), errors.KeyBindingSignatureError),
    "signed by the key in its own header": (
        lambda: sound_with(
            kb_key=STRANGER,
            kb_header={"alg": "ES256", "typ": "kb+jwt", "jwk": dict(public_jwk(STRANGER.point))},
        ),
        errors.KeyBindingSignatureError,
    ),
    "no iat": (lambda: sound_with(kb_drops=["iat"]), errors.KeyBindingClaimsError),
    "no nonce": (lambda: sound_with(kb_drops=["nonce"]), errors.KeyBindingClaimsError),
    "no aud": (lambda: sound_with(kb_drops=["aud"]), errors.KeyBindingClaimsError),
    "no sd_hash": (lambda: sound_with(kb_drops=["sd_hash"]), errors.KeyBindingClaimsError),
    "iat a text": (bound(iat=str(NOW)), errors.KeyBindingClaimsError),
    "aud a list": (bound(aud=[AUDIENCE]), errors.KeyBindingClaimsError),
    "nonce a number": (bound(nonce=1), errors.KeyBindingClaimsError),
    "another sd_hash": (bound(sd_hash=digest_of("x")), errors.PresentationHashError),
    "a padded sd_hash": (
        bound(sd_hash=digest_of(sound().text()) + "="),
        errors.PresentationHashError,
    ),
    "a disclosure taken away": (shortened, errors.PresentationHashError),
    "a key binding of another credential": (exchanged, errors.PresentationHashError),
    "made 301 seconds ago": (bound(iat=NOW - 301), errors.KeyBindingTimeError),
    "made in 301 seconds": (bound(iat=NOW + 301), errors.KeyBindingTimeError),
    "another nonce": (bound(nonce=NONCE + "x"), errors.NonceError),
    "an empty nonce": (bound(nonce=""), errors.NonceError),
    "another audience": (bound(aud=AUDIENCE + "/"), errors.AudienceError),
    "expired itself": (bound(exp=NOW), errors.KeyBindingValidityError),
    "not valid yet itself": (bound(nbf=NOW + 1), errors.KeyBindingValidityError),
    "exp a text": (bound(exp="x"), errors.KeyBindingClaimsError),
    "a second key binding": (
        lambda: sound().bound() + "~" + sound().bound().rpartition("~")[2],
        errors.DisclosureEncodingError,
    ),
    "a key binding where the credential belongs": (
        lambda: sound().bind(
            token({"alg": "ES256", "typ": "kb+jwt"}, {"exp": NOW + 9}, ISSUER) + "~"
        ),
        errors.TokenTypeError,
    ),
}


@pytest.mark.parametrize("case", UNBOUND)
def test_a_key_binding_that_does_not_hold_is_refused_by_its_own_check(case: str) -> None:
    forge, error = UNBOUND[case]
    text = forge()
    with pytest.raises(VerifierError) as caught:
        verify(text, CHALLENGE)
    assert type(caught.value) is error
    assert caught.value.check


@pytest.mark.parametrize("offset", [-300, 0, 300])
def test_a_key_binding_counts_for_300_seconds_either_way(offset: int) -> None:
    verify(sound().bound(), CHALLENGE, AT + timedelta(seconds=offset))


def test_whether_key_binding_is_required_is_the_verifiers_choice() -> None:
    assert verify(sound().text()).holder is None
    assert verify(bound(nonce="of another", iat=NOW - 9999)()).holder is not None
    with pytest.raises(errors.KeyBindingSignatureError):
        verify(sound_with(kb_key=STRANGER))
    with pytest.raises(errors.PresentationHashError):
        verify(shortened())
