"""Codes, tokens and handles: drawn at random, given out once, and kept only as hashes."""

import hmac
from typing import Final

from contracts.evidence.encoding import HASH_BYTES, b64u_encode, tagged_hash
from verifier.credential.keys import Randomness

TAG: Final = "dojang-openid-v1/"
MAX_WORD: Final = 512
_TX_BYTES: Final = 8


def draw_word(rng: Randomness) -> str:
    """A secret of 256 bits in base64url."""
    return b64u_encode(rng(HASH_BYTES))


def word_hash(kind: str, word: str) -> bytes:
    """What is kept of a secret word, 32 bytes; ``kind`` keeps codes and tokens apart."""
    return tagged_hash(TAG + kind, word.encode("utf-8", "surrogatepass"))


def draw_tx_code(digits: int, rng: Randomness) -> str:
    """A transaction code of so many decimal digits, for paper."""
    return str(int.from_bytes(rng(_TX_BYTES), "big") % 10**digits).zfill(digits)


def tx_code_mac(pepper: bytes, offer: str, tx_code: str) -> bytes:
    """What is kept of a transaction code: few digits need a key to hide behind, not a hash."""
    message = tagged_hash(TAG + "tx-code", offer.encode(), tx_code.encode("utf-8", "surrogatepass"))
    return hmac.digest(pepper, message, "sha256")
