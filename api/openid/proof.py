"""Proofs of possession: a wallet shows the keys that copies will be bound to.

OpenID4VCI 1.0 appendix F.1 (``jwt``) and F.4 (verification).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.openid.errors import InvalidProofError
from contracts.evidence.encoding import Json
from verifier.credential.jws import Jws, parse_jws
from verifier.credential.keys import PublicKey
from verifier.credential.validity import numeric_date
from verifier.errors import KeyFormatError, VerifierError

PROOF_TYPE: Final = "openid4vci-proof+jwt"
MAX_PROOF: Final = 1 << 13
PROOF_WINDOW: Final = timedelta(minutes=5)
"""How far a wallet's clock may be from ours, for every time in a proof."""
_WINDOW_SECONDS: Final = PROOF_WINDOW.total_seconds()
_TIMES: Final = ("iat", "nbf", "exp")
_KEY_HEADERS: Final = ("jwk", "kid", "x5c")


@dataclass(frozen=True, slots=True)
class ProofDemand:
    """What every proof of a request must say: to whom it is addressed, when, by which client."""

    audience: str
    at: datetime
    client: str | None


@dataclass(frozen=True, slots=True)
class HolderProof:
    """A believed proof: the holder's key (64 bytes) and the nonce it carries, not yet burnt."""

    point: bytes
    nonce: str


def check_proofs(proofs: tuple[str, ...], demand: ProofDemand) -> tuple[HolderProof, ...]:
    """Check all proofs of a request; each must be of a key of its own.

    Raises:
        InvalidProofError: one is not believed, or two are of one key: copies that share a key
            could be joined.
    """
    checked = tuple(check_proof(proof, demand) for proof in proofs)
    if len({proof.point for proof in checked}) < len(checked):
        raise InvalidProofError("two proofs are of the same key")
    return checked


def check_proof(text: str, demand: ProofDemand) -> HolderProof:
    """Check one proof JWT.

    Raises:
        InvalidProofError: malformed, another type or algorithm, not exactly one key, a private
            key, a key by reference, not signed by it, for another audience, of another time or
            client, or without a nonce.

    Not checked: that the nonce is ours and unused.
    """
    try:
        token = parse_jws(text, max_bytes=MAX_PROOF) if len(text) <= 2 * MAX_PROOF else None
        if token is None:
            raise InvalidProofError("the proof is too long")
        key = _key(token)
        token.check(key)
        times = _times(token.payload)
    except (VerifierError, KeyFormatError) as error:
        raise InvalidProofError(str(error)) from error
    _check_claims(token.payload, demand)
    _check_times(times, demand.at.timestamp())
    nonce = token.payload.get("nonce")
    if not isinstance(nonce, str):
        raise InvalidProofError("the proof has no nonce")
    return HolderProof(key.point, nonce)


def _key(token: Jws) -> PublicKey:
    header = token.header
    if header.get("typ") != PROOF_TYPE:
        raise InvalidProofError(f"a proof is of type {PROOF_TYPE}")
    if [name for name in _KEY_HEADERS if name in header] != ["jwk"]:
        raise InvalidProofError("a proof has exactly one key in its header, as jwk")
    return PublicKey.of_jwk(header["jwk"])


def _check_claims(claims: Mapping[str, Json], demand: ProofDemand) -> None:
    if claims.get("aud") not in (demand.audience, [demand.audience]):
        raise InvalidProofError("the proof is addressed to another issuer")
    if "iss" in claims and claims["iss"] != demand.client:
        raise InvalidProofError("the proof names another client than the access token's")


def _times(claims: dict[str, Json]) -> Mapping[str, float]:
    return {name: numeric_date(claims, name) for name in _TIMES if name in claims}


def _check_times(times: Mapping[str, float], now: float) -> None:
    """``iat`` must be there; ``nbf`` and ``exp`` count where they are (RFC 7519, 4.1.4, 4.1.5)."""
    if "iat" not in times or abs(now - times["iat"]) > _WINDOW_SECONDS:
        raise InvalidProofError("the proof was not made at this time")
    if "nbf" in times and times["nbf"] - now > _WINDOW_SECONDS:
        raise InvalidProofError("the proof is not valid yet")
    if "exp" in times and now - times["exp"] >= _WINDOW_SECONDS:
        raise InvalidProofError("the proof has expired")
