"""COSE_Sign1 with ES256 and nothing else (RFC 9052 section 4.2, RFC 9053 section 2.1, RFC 9596)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cbor2 import dumps

from contracts.evidence.encoding import b64u_encode
from contracts.evidence.errors import EncodingError
from verifier.credential.cbor import Cbor, labelled, parse_cbor, parse_cbor_map
from verifier.credential.keys import PublicKey

SIGN1_TAG: Final = 0xD2
"""The one byte of tag 18, which a status list token must begin with."""
_ALGORITHM, _CRITICAL, _KEY_ID, _TYPE = 1, 2, 4, 16
_PROTECTED_ONLY: Final = (_ALGORITHM, _CRITICAL, _TYPE)
_ES256: Final = -7
_PARTS: Final = 4
MAX_PROTECTED_BYTES: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Sign1:
    """A parsed message whose signature nobody has checked yet.

    ``typ`` and ``kid`` are as in a JOSE header; ``kid`` is base64url of the header's bytes, so that
    the 32 bytes of a thumbprint read as in a JWT. It is empty where the message names no key.
    """

    typ: str
    kid: str
    payload: bytes
    signed: bytes
    signature: bytes

    def check(self, key: PublicKey) -> None:
        """Check the signature (C-09).

        Raises:
            SignatureError: it is not by that key.
        """
        key.check(self.signature, self.signed)


def parse_sign1(data: bytes) -> Sign1:
    """Parse a tagged COSE_Sign1 message.

    Raises:
        EncodingError: not tag 18 around strict CBOR of four parts (a CWT tag before it is not
            allowed), another algorithm than ES256, ``crit``, a parameter in both headers, or one
            that must be protected and is not.

    Not checked: the signature, the type, the payload.
    """
    if data[:1] != bytes([SIGN1_TAG]):
        raise EncodingError("the message does not begin with the tag of COSE_Sign1")
    message = parse_cbor(data[1:])
    if not isinstance(message, list) or len(message) != _PARTS:
        raise EncodingError("a COSE_Sign1 message has four parts")
    protected, unprotected, payload, signature = message
    if not (
        isinstance(protected, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)
    ):
        raise EncodingError("header, payload or signature of the message is no byte string")
    header = _header(protected, labelled(unprotected))
    typ, kid = header.get(_TYPE), header.get(_KEY_ID, b"")
    if not isinstance(typ, str) or not isinstance(kid, bytes):
        raise EncodingError("type or key id of the message is missing or of another kind")
    signed = dumps(["Signature1", protected, b"", payload])
    return Sign1(typ, b64u_encode(kid), payload, signed, signature)


def _header(protected: bytes, unprotected: Mapping[int | str, Cbor]) -> dict[int | str, Cbor]:
    """Both headers as one: a key id may stand in either, what decides only in the protected one."""
    if len(protected) > MAX_PROTECTED_BYTES:
        raise EncodingError(f"a protected header has at most {MAX_PROTECTED_BYTES} bytes")
    header = parse_cbor_map(protected)
    if header.get(_ALGORITHM) != _ES256:
        raise EncodingError("the message is not signed with ES256")
    if _CRITICAL in header:
        raise EncodingError("the message's header demands an extension")
    if header.keys() & unprotected.keys() or not unprotected.keys().isdisjoint(_PROTECTED_ONLY):
        raise EncodingError("a header parameter stands twice, or outside the protected header")
    return {**header, **unprotected}
