"""The bytes of a key file: scrypt (RFC 7914) and ChaCha20-Poly1305 (RFC 8439) over one document.

``magic (16) | u8 log2 N | salt (32) | u64 generation | nonce (12) | ciphertext and tag``; all that
stands before the ciphertext is associated data. scrypt has r = 8, p = 1 and 32 bytes of output.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from voting.crypto.randomness import Rng, draw_bytes
from voting.keeping.errors import KeyFileFormError, PassphraseError

MAGIC: Final = b"dojang-key-file\x01"
LOG_N: Final = 17
"""128 MiB and about half a second for each guess of a passphrase."""
MIN_LOG_N: Final = 10
"""Of files that are read, so that tests need not wait; files are made with ``LOG_N``."""
MAX_LOG_N: Final = 18
MIN_PASSPHRASE: Final = 12
"""Characters; five random words are better than any twelve."""
MAX_KEY_FILE_BYTES: Final = 1 << 27
_R: Final = 8
_P: Final = 1
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SALT_AT: Final = len(MAGIC) + 1
_GENERATION_AT: Final = _SALT_AT + _SALT_BYTES
_NONCE_AT: Final = _GENERATION_AT + 8
HEADER_BYTES: Final = _NONCE_AT + _NONCE_BYTES


@dataclass(frozen=True, slots=True)
class Seal:
    """A passphrase, stretched for one key file.

    Args:
        log_n: log2 of scrypt's N.
        salt: 32 bytes, drawn when the file is made and kept.
        key: 32 bytes.
    """

    log_n: int
    salt: bytes
    key: bytes = field(repr=False)


def passphrase_bytes(text: str) -> bytes:
    """A passphrase as UTF-8 of its normal form C, so that every keyboard gives the same bytes."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def check_new_passphrase(text: str) -> None:
    """Require a length that a guesser cannot run through.

    Raises:
        PassphraseError: shorter than ``MIN_PASSPHRASE`` characters (F-02).
    """
    if len(unicodedata.normalize("NFC", text).strip()) < MIN_PASSPHRASE:
        raise PassphraseError(f"a passphrase has at least {MIN_PASSPHRASE} characters")


def new_seal(passphrase: str, rng: Rng, log_n: int = LOG_N) -> Seal:
    """Stretch a new passphrase with a fresh salt."""
    salt = draw_bytes(rng, _SALT_BYTES)
    return Seal(log_n, salt, _stretch(passphrase, log_n, salt))


def seal(lock: Seal, generation: int, body: bytes, rng: Rng) -> bytes:
    """The bytes of a key file; every writing draws a fresh nonce.

    Args:
        lock: of this file.
        generation: how often it was written, this time included.
        body: to be encrypted.
        rng: secure source of random bytes.
    """
    nonce = draw_bytes(rng, _NONCE_BYTES)
    head = MAGIC + bytes([lock.log_n]) + lock.salt + generation.to_bytes(8, "big") + nonce
    return head + ChaCha20Poly1305(lock.key).encrypt(nonce, body, head)


def unseal(data: bytes, passphrase: str) -> tuple[Seal, int, bytes]:
    """Open a key file.

    Args:
        data: hostile bytes.
        passphrase: as typed.

    Returns:
        What seals it again, its generation, its body.

    Raises:
        KeyFileFormError: no key file of this version, or scrypt parameters out of range (F-01).
        PassphraseError: F-02.
    """
    if not data.startswith(MAGIC) or len(data) < HEADER_BYTES + _TAG_BYTES:
        raise KeyFileFormError("these bytes are no key file of version 1")
    log_n, head = data[len(MAGIC)], data[:HEADER_BYTES]
    if not MIN_LOG_N <= log_n <= MAX_LOG_N:
        raise KeyFileFormError(f"log2 N of scrypt is {MIN_LOG_N} to {MAX_LOG_N}")
    salt, nonce = head[_SALT_AT:_GENERATION_AT], head[_NONCE_AT:]
    lock = Seal(log_n, salt, _stretch(passphrase, log_n, salt))
    try:
        body = ChaCha20Poly1305(lock.key).decrypt(nonce, data[HEADER_BYTES:], head)
    except InvalidTag as error:
        raise PassphraseError("the passphrase is wrong, or the file was changed") from error
    return lock, int.from_bytes(head[_GENERATION_AT:_NONCE_AT], "big"), body


def _stretch(passphrase: str, log_n: int, salt: bytes) -> bytes:
    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=1 << log_n, r=_R, p=_P)
    return kdf.derive(passphrase_bytes(passphrase))
