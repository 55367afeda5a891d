"""Secret multiples of points that are used often: G, H and a poll's keys.

A table holds the multiples of the point for each digit at each place, so that a multiplication is
one addition per digit, whatever the digits are. The scalar is split at random all the same.

The table of a key is small, worth making for a single ballot; whoever makes many ballots gets a
large one after a while.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from voting.crypto.group import G1, SCALAR_BYTES, G1Point, encode_scalar
from voting.crypto.randomness import Rng, random_scalar
from voting.crypto.transcript import ORDER

_BYTE_BITS: Final = 8
_NIBBLE_BITS: Final = 4
_CACHED_KEYS: Final = 128
_LARGE_AFTER: Final = 256
"""So many multiplications pay for a large table."""


@dataclass(frozen=True, slots=True)
class FixedBase:
    """``rows[place][digit] = digit * base^place * point``, most significant place first.

    Args:
        width: bits of a digit, 4 or 8.
        rows: one per digit of a 32-byte scalar.
    """

    width: int
    rows: tuple[tuple[G1Point, ...], ...]

    def multiply_secret(self, scalar: int, rng: Rng) -> G1Point:
        """``scalar * point``, the scalar being the sum of two random ones."""
        mask = random_scalar(rng)
        return self.multiply(mask) + self.multiply((scalar - mask) % ORDER)

    def multiply(self, scalar: int) -> G1Point:
        """``scalar * point`` for a scalar that everybody may know, or that is only part of one."""
        total = G1.identity()
        for row, digit in zip(self.rows, self._digits(encode_scalar(scalar)), strict=True):
            total += row[digit]
        return total

    def _digits(self, data: bytes) -> Iterable[int]:
        if self.width == _BYTE_BITS:
            return data
        return (digit for byte in data for digit in (byte >> _NIBBLE_BITS, byte & 0x0F))


@lru_cache(maxsize=2)
def generator_base(point: G1Point) -> FixedBase:
    """The table of G or H: 8,192 points, made once."""
    return _make(point, _BYTE_BITS)


@dataclass(slots=True)
class KeyBase:
    """The table of one key: 1,024 points, and 8,192 once it has been used often."""

    point: G1Point
    table: FixedBase = field(init=False, repr=False)
    uses: int = 0

    def __post_init__(self) -> None:
        self.table = _make(self.point, _NIBBLE_BITS)

    def multiply_secret(self, scalar: int, rng: Rng) -> G1Point:
        """See ``FixedBase.multiply_secret``; how often this was called is no secret."""
        self.uses += 1
        if self.uses == _LARGE_AFTER:
            self.table = _make(self.point, _BYTE_BITS)
        return self.table.multiply_secret(scalar, rng)


@lru_cache(maxsize=_CACHED_KEYS)
def key_base(point: G1Point) -> KeyBase:
    """The table of a poll's key."""
    return KeyBase(point)


def _make(point: G1Point, width: int) -> FixedBase:
    rows, base = [], point
    for _ in range(SCALAR_BYTES * _BYTE_BITS // width):
        row = [G1.identity()]
        for _ in range((1 << width) - 1):
            row.append(row[-1] + base)
        rows.append(tuple(row))
        base += row[-1]
    return FixedBase(width, tuple(reversed(rows)))
