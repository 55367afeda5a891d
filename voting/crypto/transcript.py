"""Every hash of the poll: tagged, versioned, length-prefixed (SPEC "Transcript").

``tr(name, p_1..p_n) = SHA-256( u8 len(tag) | tag | u8 n | u32 len(p_1) | p_1 | ... )`` with
``tag = "dojang-poll-v1/" + name``. A list of points or scalars is one part, its members joined.
Digests are chained, never reduced challenges.
"""

import hashlib
from typing import Final

from contracts.evidence.encoding import tagged_hash

PROTOCOL: Final = "dojang-poll-v1"
ORDER: Final = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The prime order r of both groups of BLS12-381."""

DIGEST_BYTES: Final = 32
_CHALLENGE_TAIL: Final = 16


def transcript_hash(name: str, *parts: bytes) -> bytes:
    """``tr(name, parts...)``, 32 bytes.

    Args:
        name: what is hashed, ASCII, without the protocol's prefix.
        parts: at most 255; a list of elements of one kind is joined into one part by the caller.
    """
    return tagged_hash(f"{PROTOCOL}/{name}", *parts)


def challenge(digest: bytes) -> int:
    """``chal(d) = OS2IP( SHA-256(01|d) | SHA-256(02|d)[0..15] ) mod r``.

    48 bytes are reduced, so that the result is within 2^-128 of uniform.

    Args:
        digest: 32 bytes, a result of ``transcript_hash``.
    """
    wide = hashlib.sha256(b"\x01" + digest).digest()
    wide += hashlib.sha256(b"\x02" + digest).digest()[:_CHALLENGE_TAIL]
    return int.from_bytes(wide, "big") % ORDER


def u16(number: int) -> bytes:
    """Two bytes, big-endian; ``OverflowError`` outside 0..2^16-1."""
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    """Four bytes, big-endian; ``OverflowError`` outside 0..2^32-1."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Eight bytes, big-endian; ``OverflowError`` outside 0..2^64-1."""
    return number.to_bytes(8, "big")


def u256(number: int) -> bytes:
    """32 bytes, big-endian; ``OverflowError`` outside 0..2^256-1."""
    return number.to_bytes(32, "big")
