"""Opening encrypted answers: ECDH-ES on P-256 with A128GCM or A256GCM, nothing else (RFC 7518)."""

from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.openid.errors import AnswerDecryptionError
from contracts.evidence.encoding import HASH_BYTES, Json, b64u_decode, b64u_encode, parse_json
from contracts.evidence.errors import EncodingError
from verifier.credential.keys import SigningKey, public_jwk

ENCRYPTION_ALGORITHM: Final = "ECDH-ES"
CONTENT_ALGORITHMS: Final = ("A128GCM", "A256GCM")
MAX_JWE_CHARS: Final = 1 << 21
_REFUSED_MEMBERS: Final = frozenset({"zip", "crit"})
"""Compression above all; ``crit`` names extensions that must be understood, and none is here."""
_REGISTRY: Final = jwe.JWERegistry(
    algorithms=[ENCRYPTION_ALGORITHM, *CONTENT_ALGORITHMS],
    strict_check_header=False,  # RFC 7516 section 4: what is not understood is ignored.
)


def encryption_jwk(secret: bytes, name: str) -> dict[str, Json]:
    """The public key of a request, to be encrypted to; ``name`` becomes its ``kid``."""
    point = SigningKey.of_secret(int.from_bytes(secret, "big")).point
    return {**public_jwk(point), "use": "enc", "alg": ENCRYPTION_ALGORITHM, "kid": name}


def decrypt(text: str, secret: bytes) -> dict[str, Json]:
    """Open an encrypted answer.

    Args:
        text: JWE in compact form.
        secret: the request's secret scalar, 32 bytes.

    Raises:
        AnswerDecryptionError: too long, a header with ``zip`` or ``crit``, other algorithms, not
            for this key, or no JSON object inside.
    """
    if len(text) > MAX_JWE_CHARS:
        raise AnswerDecryptionError("the answer is too long")
    try:
        header = parse_json(b64u_decode(text.partition(".")[0]), max_bytes=1 << 12)
        if not isinstance(header, dict) or not header.keys().isdisjoint(_REFUSED_MEMBERS):
            raise AnswerDecryptionError("the JWE is compressed or demands an extension")
        opened = jwe.decrypt_compact(text, _key(secret), registry=_REGISTRY)
        value = parse_json(opened.plaintext or b"", max_bytes=MAX_JWE_CHARS)
    except (JoseError, EncodingError, ValueError, TypeError, KeyError) as error:
        # joserfc raises plain errors for malformed keys and points inside a header.
        raise AnswerDecryptionError("the answer cannot be opened with the request's key") from error
    if not isinstance(value, dict):
        raise AnswerDecryptionError("the answer holds no object")
    return value


def _key(secret: bytes) -> ECKey:
    point = SigningKey.of_secret(int.from_bytes(secret, "big")).point
    private = b64u_encode(secret.rjust(HASH_BYTES, b"\0"))
    members: dict[str, Any] = {**public_jwk(point), "d": private}
    return ECKey.import_key(members)
