"""Checking an ID token (OpenID Connect Core 1.0, section 3.1.3.7) on joserfc's signatures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.ports.door import ClaimMissingError, DoorError
from contracts.evidence.encoding import Json, b64u_decode, parse_json
from contracts.evidence.errors import EncodingError

ALGORITHMS: Final = ("ES256", "PS256", "RS256", "EdDSA")
"""Asymmetric ones only: never ``none``, and no HMAC under something that is public."""
MAX_TOKEN: Final = 16_384
MAX_SUBJECT: Final = 255
SUBJECT: Final = "sub"
LEEWAY: Final = timedelta(seconds=60)
LONGEST_LIFE: Final = timedelta(hours=24)
FRESH: Final = timedelta(minutes=5)
"""How long ago the provider may have seen the person."""
_KNOWN_HEADER: Final = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say.

    Args:
        issuer: the provider's address.
        client: our name there.
        nonce: of this sign-in.
        at: the time.
        claim: by which the person is known to us.
    """

    issuer: str
    client: str
    nonce: str = field(repr=False)
    at: datetime
    claim: str = SUBJECT


def key_id(token: str) -> str:
    """Which key a token says it is signed with; nothing is believed of it.

    Raises:
        DoorError: it is no token, or of an algorithm that is not taken.
    """
    if len(token) > MAX_TOKEN or not token.isascii():
        raise DoorError("the token is too long")
    try:
        header = parse_json(b64u_decode(token.partition(".")[0]))
    except EncodingError as error:
        raise DoorError("the token cannot be read") from error
    if not isinstance(header, dict) or not header.keys() <= _KNOWN_HEADER:
        raise DoorError("the token's header holds something that is not served")
    if header.get("alg") not in ALGORITHMS:
        raise DoorError("the token's algorithm is not taken")
    told = header.get("kid", "")
    return told if isinstance(told, str) else ""


def check_id_token(token: str, keys: KeySet, expected: Expected) -> str:
    """Check a token.

    Returns:
        The subject: what the provider calls the person for ever; or another claim that was
        expected in its place.

    Raises:
        DoorError: the signature or any claim does not hold.
        ClaimMissingError: everything holds, and the other claim is missing or no short text.
    """
    key_id(token)
    try:
        signed = jws.deserialize_compact(token, keys, algorithms=list(ALGORITHMS))
        claims = parse_json(signed.payload, max_bytes=MAX_TOKEN)
    except (JoseError, EncodingError, ValueError, TypeError, KeyError) as error:
        # joserfc raises plain errors for keys that do not fit the algorithm.
        raise DoorError("the token's signature does not hold") from error
    if not isinstance(claims, dict):
        raise DoorError("the token holds no claims")
    _check_parties(claims, expected)
    _check_times(claims, expected.at)
    subject, told = (_name(claims.get(name)) for name in (SUBJECT, expected.claim))
    if not subject:
        raise DoorError("the token names no subject")
    if not told:
        raise ClaimMissingError("the token does not tell the claim that is expected")
    return told


def _name(value: Json) -> str:
    """A short text that names somebody; empty where it is none."""
    if not isinstance(value, str) or len(value) > MAX_SUBJECT or "\0" in value:
        return ""
    return value


def _check_parties(claims: Mapping[str, Json], expected: Expected) -> None:
    told = claims.get("aud")
    audience = [told] if isinstance(told, str) else told
    if claims.get("iss") != expected.issuer:
        raise DoorError("the token is of another issuer")
    if not isinstance(audience, list) or expected.client not in audience:
        raise DoorError("the token is for another client")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != expected.client:
        raise DoorError("the token was given to another client")
    if claims.get("nonce") != expected.nonce:
        raise DoorError("the token is of another sign-in")


def _check_times(claims: Mapping[str, Json], at: datetime) -> None:
    now, leeway = int(at.timestamp()), int(LEEWAY.total_seconds())
    expires, issued, seen = (_seconds(claims, name) for name in ("exp", "iat", "auth_time"))
    if expires + leeway <= now:
        raise DoorError("the token has expired")
    if issued - leeway > now or now - issued > LONGEST_LIFE.total_seconds():
        raise DoorError("the token was issued at another time")
    if "nbf" in claims and _seconds(claims, "nbf") - leeway > now:
        raise DoorError("the token is not good yet")
    if seen - leeway > now or now - seen > FRESH.total_seconds() + leeway:
        raise DoorError("the provider saw the person too long ago")


def _seconds(claims: Mapping[str, Json], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DoorError(f"the token has no {name}")
    return int(value)
