"""Key binding: the holder shows, for one request, that the credential is theirs (RFC 9901, 7.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contracts.evidence.encoding import Json
from verifier.credential.disclosure import digest_of
from verifier.credential.errors import (
    AudienceError,
    ClaimTypeError,
    HolderKeyError,
    KeyBindingClaimsError,
    KeyBindingMissingError,
    KeyBindingSignatureError,
    KeyBindingTimeError,
    KeyBindingTypeError,
    KeyBindingValidityError,
    NonceError,
    PresentationHashError,
    SignatureError,
)
from verifier.credential.jws import Jws
from verifier.credential.keys import PublicKey
from verifier.credential.validity import numeric_date
from verifier.errors import (
    KeyFormatError,
)

KEY_BINDING_TYPE: Final = "kb+jwt"
_TEXTS: Final = ("nonce", "aud", "sd_hash")
DEFAULT_WINDOW: Final = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a key binding must answer; ``window`` is how old or early its ``iat`` may be."""

    nonce: str
    audience: str
    window: timedelta = DEFAULT_WINDOW


class Holder(NamedTuple):
    """The key (64 bytes) that made a key binding, and when it says it did (seconds since 1970)."""

    point: bytes
    bound_at: float


def check_key_binding(
    token: Jws | None,
    presented: str,
    claims: dict[str, Json],
    challenge: Challenge,
    at: datetime,
) -> Holder:
    """Check a required key binding.

    Args:
        token: the key binding JWT; None if the presentation has none.
        presented: everything up to and including the last ``~``.
        claims: the processed payload, which names the holder's key.
        challenge: nonce, audience and time window.
        at: the moment of use, aware.

    Raises:
        KeyBindingMissingError: there is none (C-26).
        KeyBindingError: C-27 to C-31 as in ``check_unasked_key_binding``; ``iat`` outside the
            window (C-32), another nonce (C-33) or audience (C-34), ``exp`` or ``nbf`` of the key
            binding itself (C-35).
    """
    if token is None:
        raise KeyBindingMissingError("key binding is required and there is none")
    holder = check_unasked_key_binding(token, presented, claims)
    now = at.timestamp()
    if abs(now - holder.bound_at) > challenge.window.total_seconds():
        raise KeyBindingTimeError("the key binding was not made at this time")
    if token.payload["nonce"] != challenge.nonce:
        raise NonceError("the key binding answers another nonce")
    if token.payload["aud"] != challenge.audience:
        raise AudienceError("the key binding is for another audience")
    _check_own_validity(token.payload, now)
    return holder


def check_unasked_key_binding(token: Jws, presented: str, claims: dict[str, Json]) -> Holder:
    """Check what does not depend on a request: key, type, signature, form and ``sd_hash``.

    Raises:
        HolderKeyError: ``cnf`` holds no usable public key (C-27).
        KeyBindingTypeError: ``typ`` is not ``kb+jwt`` (C-28).
        KeyBindingSignatureError: not signed by that key (C-29).
        KeyBindingClaimsError: ``iat``, ``nonce``, ``aud`` or ``sd_hash`` missing or of the wrong
            type (C-30).
        PresentationHashError: ``sd_hash`` is of other text (C-31).

    Not checked: time, nonce and audience.
    """
    key = holder_key(claims)
    if token.header.get("typ") != KEY_BINDING_TYPE:
        raise KeyBindingTypeError(f"a key binding is of type {KEY_BINDING_TYPE}")
    try:
        token.check(key)
    except SignatureError as error:
        raise KeyBindingSignatureError("the key binding is not by the holder's key") from error
    bound_at = _check_claims(token.payload)
    if token.payload["sd_hash"] != digest_of(presented):
        raise PresentationHashError("the key binding was made for another presentation")
    return Holder(key.point, bound_at)


def holder_key(claims: dict[str, Json]) -> PublicKey:
    """The key in ``cnf`` (RFC 7800 section 3.2); only ``jwk`` is understood.

    Raises:
        HolderKeyError: there is none, or none that can be used (C-27).
    """
    confirmation = claims.get("cnf")
    if not isinstance(confirmation, dict) or "jwk" not in confirmation:
        raise HolderKeyError("the credential names no holder's key (cnf.jwk)")
    try:
        return PublicKey.of_jwk(confirmation["jwk"])
    except KeyFormatError as error:
        raise HolderKeyError(f"the holder's key: {error}") from error


def _check_claims(payload: dict[str, Json]) -> float:
    for name in _TEXTS:
        if not isinstance(payload.get(name), str):
            raise KeyBindingClaimsError(f"a key binding has a text {name}")
    if "iat" not in payload:
        raise KeyBindingClaimsError("a key binding has a time iat")
    return _time(payload, "iat")


def _check_own_validity(payload: dict[str, Json], now: float) -> None:
    if "exp" in payload and _time(payload, "exp") <= now:
        raise KeyBindingValidityError("the key binding has expired")
    if "nbf" in payload and now < _time(payload, "nbf"):
        raise KeyBindingValidityError("the key binding is not valid yet")


def _time(payload: dict[str, Json], name: str) -> float:
    try:
        return numeric_date(payload, name)
    except ClaimTypeError as error:
        raise KeyBindingClaimsError(f"of the key binding, {error}") from error
