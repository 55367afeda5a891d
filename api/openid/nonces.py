"""``c_nonce``: made without keeping anything, so that asking for many costs nobody anything.

``b64u(expiry u64 | 16 random bytes | HMAC-SHA-256 of both, 24 bytes)``. Only a nonce that was used
is kept, until it expires (OpenID4VCI 1.0 section 7).
"""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from api.openid.errors import InvalidNonceError
from api.openid.secret_words import TAG
from contracts.evidence.encoding import b64u_decode, b64u_encode, tagged_hash
from contracts.evidence.errors import EncodingError
from verifier.credential.keys import Randomness

NONCE_LIFETIME: Final = timedelta(minutes=5)
_TIME_BYTES: Final = 8
_RANDOM_BYTES: Final = 16
_MAC_BYTES: Final = 24
_BYTES: Final = _TIME_BYTES + _RANDOM_BYTES + _MAC_BYTES


def make_nonce(secret: bytes, agency: str, at: datetime, rng: Randomness) -> str:
    """A fresh ``c_nonce`` of one agency."""
    expires = int((at + NONCE_LIFETIME).timestamp())
    body = expires.to_bytes(_TIME_BYTES, "big") + rng(_RANDOM_BYTES)
    return b64u_encode(body + _mac(secret, agency, body))


def check_nonce(nonce: str, secret: bytes, agency: str, at: datetime) -> datetime:
    """Check that a nonce was made here for this agency and is still good; returns its expiry.

    Raises:
        InvalidNonceError: made elsewhere, or too old.

    Not checked: whether it was used before. The caller burns it.
    """
    try:
        data = b64u_decode(nonce)
    except EncodingError as error:
        raise InvalidNonceError("the nonce is not ours") from error
    body, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    if len(data) != _BYTES or not hmac.compare_digest(mac, _mac(secret, agency, body)):
        raise InvalidNonceError("the nonce is not ours")
    expires = datetime.fromtimestamp(int.from_bytes(body[:_TIME_BYTES], "big"), UTC)
    if expires <= at:
        raise InvalidNonceError("the nonce has expired")
    return expires


def _mac(secret: bytes, agency: str, body: bytes) -> bytes:
    message = tagged_hash(TAG + "c-nonce", agency.encode(), body)
    return hmac.digest(secret, message, "sha256")[:_MAC_BYTES]
