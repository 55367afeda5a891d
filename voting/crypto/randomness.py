"""Secret scalars: uniform from an injected source, or hedged against a bad one.

Every function takes ``rng``; production passes ``secrets.token_bytes``. A bad source would open
all options of a ballot at once, so a device mixes it with a seed of its own.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from voting.crypto.errors import OperandCountError
from voting.crypto.transcript import ORDER, transcript_hash, u32

Rng: TypeAlias = Callable[[int], bytes]
"""Returns as many fresh, unpredictable bytes as asked for."""

SEED_BYTES: Final = 32
_WIDE_BYTES: Final = 48


def draw_bytes(rng: Rng, count: int) -> bytes:
    """Exactly ``count`` bytes from the source.

    Raises:
        OperandCountError: if the source gives another number of bytes (G-05).
    """
    data = rng(count)
    if len(data) != count:
        raise OperandCountError(f"the random source gave {len(data)} bytes of {count}")
    return data


def random_scalar(rng: Rng) -> int:
    """A scalar of 1..r-1, within 2^-128 of uniform, from 48 bytes."""
    return _reduce(draw_bytes(rng, _WIDE_BYTES))


@dataclass(frozen=True, slots=True)
class Hedge:
    """Secret scalars that stay secret as long as the device's seed or the source is good.

    ``HKDF-SHA-256`` (RFC 5869) with ``salt = seed``, ``ikm`` = 48 fresh bytes of the source for
    each scalar, ``info = tr("hedge", context, label, u32 index)``, 48 bytes of output, reduced to
    1..r-1.

    Args:
        seed: ``SEED_BYTES`` of the device, made once, kept secret.
        context: all that the scalars must differ for (poll, key, votes, sequence, attempt), hashed.
        rng: secure source of random bytes.
    """

    seed: bytes
    context: bytes
    rng: Rng

    def scalar(self, label: str, index: int = 0) -> int:
        """One scalar of 1..r-1 for this purpose.

        Raises:
            OperandCountError: for a seed of another length than ``SEED_BYTES`` (G-05).
        """
        if len(self.seed) != SEED_BYTES:
            raise OperandCountError(f"a device seed has {SEED_BYTES} bytes")
        key = hmac.digest(self.seed, draw_bytes(self.rng, _WIDE_BYTES), hashlib.sha256)
        info = transcript_hash("hedge", self.context, label.encode("ascii"), u32(index))
        return _reduce(_expand(key, info))


def _expand(key: bytes, info: bytes) -> bytes:
    """48 bytes of HKDF-Expand (RFC 5869 section 2.3): two blocks, the second one cut."""
    first = hmac.digest(key, info + b"\x01", hashlib.sha256)
    second = hmac.digest(key, first + info + b"\x02", hashlib.sha256)
    return (first + second)[:_WIDE_BYTES]


def _reduce(wide: bytes) -> int:
    return 1 + int.from_bytes(wide, "big") % (ORDER - 1)
