"""HPKE's base mode with a given ephemeral key (RFC 9180), written from the RFC.

It makes vectors repeatable, which the library's own sealing cannot, and confirms the library:
suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEM_SUITE = b"KEM\x00\x20"
HPKE_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"


def seal_with_given_ephemeral_for_vectors(
    plaintext: bytes, receiver: bytes, info: bytes, ephemeral: bytes
) -> bytes:
    """``enc | ciphertext`` with the given X25519 secret as ephemeral key."""
    secret = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = secret.public_key().public_bytes_raw()
    shared = secret.exchange(X25519PublicKey.from_public_bytes(receiver))
    prk = _labeled_extract(KEM_SUITE, b"", b"eae_prk", shared)
    shared_secret = _labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + receiver, 32)
    context = b"\x00" + _labeled_extract(HPKE_SUITE, b"", b"psk_id_hash", b"")
    context += _labeled_extract(HPKE_SUITE, b"", b"info_hash", info)
    key_secret = _labeled_extract(HPKE_SUITE, shared_secret, b"secret", b"")
    key = _labeled_expand(HPKE_SUITE, key_secret, b"key", context, 32)
    nonce = _labeled_expand(HPKE_SUITE, key_secret, b"base_nonce", context, 12)
    return enc + ChaCha20Poly1305(key).encrypt(nonce, plaintext, b"")


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, hashlib.sha256)


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    data = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, data + b"\x01", hashlib.sha256)[:length]
