"""Compact JWS with ES256 and nothing else (RFC 7515 section 7.1, RFC 8725)."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode, canonical, parse_json
from contracts.evidence.errors import EncodingError
from verifier.credential.errors import (
    AlgorithmError,
    CriticalHeaderError,
    JwsFormError,
    JwsJsonError,
)
from verifier.credential.keys import PublicKey, Signer

ALGORITHM: Final = "ES256"
MAX_HEADER_BYTES: Final = 1 << 12


class Jws(NamedTuple):
    """A parsed token whose signature nobody has checked yet.

    A named tuple, because many are made for every presentation and it is the cheapest frozen value.
    """

    header: Mapping[str, Json]
    payload: dict[str, Json]
    signed: bytes
    signature: bytes

    def check(self, key: PublicKey) -> None:
        """Check the signature (C-09).

        Raises:
            SignatureError: it is not by that key.
        """
        key.check(self.signature, self.signed)


def parse_jws(text: str, *, max_bytes: int) -> Jws:
    """Parse a compact token.

    Args:
        text: ``header.payload.signature``, each canonical base64url.
        max_bytes: largest payload that is looked at.

    Raises:
        JwsFormError: not three non-empty parts of canonical base64url (C-04).
        JwsJsonError: header or payload is no strict JSON object (C-05).
        AlgorithmError: ``alg`` is not exactly ES256 (C-06).
        CriticalHeaderError: the header has ``crit`` or ``b64`` (C-07).

    Not checked: the signature, ``typ``, any claim.
    """
    signed, _, signature_part = text.rpartition(".")
    header_part, _, payload_part = signed.partition(".")
    if not header_part or not payload_part or not signature_part:
        raise JwsFormError("a token has three non-empty parts")
    header = _parse_header(header_part)
    try:  # A further point is no character of base64url.
        data, signature = b64u_decode(payload_part), b64u_decode(signature_part)
    except EncodingError as error:
        raise JwsFormError(f"payload or signature of the token: {error}") from error
    payload = _parse_object(data, max_bytes)
    return Jws(header, payload, signed.encode("ascii"), signature)


def sign_jws(header: dict[str, Json], payload: dict[str, Json], signer: Signer) -> str:
    """Sign a payload and return the compact token; ``alg`` is added to the header.

    Raises:
        EncodingError: header or payload has no canonical form.
    """
    protected = canonical({**header, "alg": ALGORITHM})
    signed = f"{b64u_encode(protected)}.{b64u_encode(canonical(payload))}"
    return f"{signed}.{b64u_encode(signer.sign(signed.encode('ascii')))}"


@lru_cache(maxsize=64)
def _parse_header(part: str) -> Mapping[str, Json]:
    """Headers repeat from token to token, so the last few are remembered."""
    try:
        data = b64u_decode(part)
    except EncodingError as error:
        raise JwsFormError(f"header of the token: {error}") from error
    header = _parse_object(data, MAX_HEADER_BYTES)
    if header.get("alg") != ALGORITHM:
        raise AlgorithmError(f"the token is not signed with {ALGORITHM}")
    if "crit" in header or "b64" in header:
        raise CriticalHeaderError("the token's header demands an extension")
    return MappingProxyType(header)


def _parse_object(data: bytes, max_bytes: int) -> dict[str, Json]:
    try:
        value = parse_json(data, max_bytes=max_bytes)
    except EncodingError as error:
        raise JwsJsonError(f"header or payload of the token: {error}") from error
    if not isinstance(value, dict):
        raise JwsJsonError("header and payload of a token are JSON objects")
    return value
