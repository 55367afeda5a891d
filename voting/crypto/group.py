"""The two groups of BLS12-381, behind the only import of the curve library.

The library accepts several encodings of the neutral element, shortens unequal operand lists
silently, calls an empty pairing product true, reduces scalars without a word, and multiplies in
variable time. Every way in and out of a group goes through this module, which does none of that.

Encodings: compressed (48 and 96 bytes, flags in the first three bits, the format of ZCash and
RFC 9380's drafts) on the wire; EIP-2537 form (128 and 256 bytes) in all that a contract reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from py_arkworks_bls12381 import GT, G1Point, G2Point
from py_arkworks_bls12381 import Scalar as _Scalar

from voting.crypto.errors import (
    IdentityPointError,
    OperandCountError,
    PointEncodingError,
    ScalarRangeError,
    SubgroupError,
)
from voting.crypto.randomness import Rng, random_scalar
from voting.crypto.transcript import ORDER, PROTOCOL

__all__ = ["G1", "G2", "G1Point", "G2Point", "Group", "PointT", "pairing_product_is_one"]

PointT = TypeVar("PointT", G1Point, G2Point)

SCALAR_BYTES: Final = 32
FIELD_BYTES: Final = 48
FIELD_MODULUS: Final = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    16,
)
MAX_OPERANDS: Final = 1 << 22
_MODULUS: Final = FIELD_MODULUS.to_bytes(FIELD_BYTES, "big")
_HALF: Final = ((FIELD_MODULUS - 1) // 2).to_bytes(FIELD_BYTES, "big")
_EVM_PADDING: Final = bytes(16)
_EVM_FIELD_BYTES: Final = 64
_COMPRESSED: Final = 0x80
_INFINITY: Final = 0x40
_LARGER_Y: Final = 0x20
_X_BITS: Final = 0x1F


def encode_scalar(scalar: int) -> bytes:
    """32 bytes, big-endian.

    Raises:
        ScalarRangeError: unless ``0 <= scalar < r`` (G-04).
    """
    if not 0 <= scalar < ORDER:
        raise ScalarRangeError("a scalar lies outside 0..r-1")
    return scalar.to_bytes(SCALAR_BYTES, "big")


def decode_scalar(data: bytes) -> int:
    """The inverse of ``encode_scalar``.

    Raises:
        ScalarRangeError: for another length, or a number that is not below r (G-04).
    """
    number = int.from_bytes(data, "big")
    if len(data) != SCALAR_BYTES or number >= ORDER:
        raise ScalarRangeError("a scalar is 32 bytes, big-endian, below r")
    return number


@dataclass(frozen=True, slots=True)
class Group(Generic[PointT]):
    """One of the two groups: its encodings and its operations, scalars being integers.

    Args:
        name: "G1" or "G2".
        point_bytes: length of the compressed form.
        generator: the standard generator.
        library: the library's class.
    """

    name: str
    point_bytes: int
    generator: PointT
    library: type[PointT]

    @property
    def evm_bytes(self) -> int:
        """Length of the EIP-2537 form."""
        return self.point_bytes // FIELD_BYTES * 2 * _EVM_FIELD_BYTES

    def identity(self) -> PointT:
        """The neutral element; no input may be it."""
        return self.library.identity()

    def decode(self, data: bytes) -> PointT:
        """A valid point from its compressed form.

        Raises:
            PointEncodingError: not the canonical encoding of a point on the curve (G-01).
            IdentityPointError: the neutral element, however encoded (G-02).
            SubgroupError: outside the subgroup of order r (G-03).
        """
        return self.in_subgroup(self.on_curve(data))

    def on_curve(self, data: bytes) -> PointT:
        """A point on the curve from its compressed form.

        Not checked: the subgroup. Only callers that check it for a whole batch use this.

        Raises:
            PointEncodingError: G-01.
            IdentityPointError: G-02.
        """
        self.check_form(data)
        try:
            return self.library.from_compressed_bytes_unchecked(data)
        except ValueError as error:
            raise PointEncodingError(f"no point of {self.name} has this encoding") from error

    def in_subgroup(self, point: PointT) -> PointT:
        """The same point, now known to lie in the subgroup of order r.

        Raises:
            SubgroupError: if it does not (G-03).
        """
        if not point.is_in_subgroup():
            raise SubgroupError(f"a point of {self.name} lies outside the subgroup of order r")
        return point

    def encode(self, point: PointT) -> bytes:
        """The compressed form.

        Raises:
            IdentityPointError: the neutral element has no place in any message (G-02).
        """
        data = point.to_compressed_bytes()
        if data[0] & _INFINITY:
            raise IdentityPointError(f"the neutral element of {self.name} is never written")
        return data

    def encode_all(self, points: Sequence[PointT]) -> bytes:
        """Compressed forms, joined: one part of a transcript."""
        return b"".join(self.encode(point) for point in points)

    def encode_evm(self, point: PointT) -> bytes:
        """The form of EIP-2537: each field element in 64 bytes, big-endian.

        Raises:
            IdentityPointError: for the neutral element (G-02).
        """
        self.encode(point)
        return _pad(point.to_xy_bytes_be())

    def decode_evm(self, data: bytes) -> PointT:
        """A valid point from its EIP-2537 form.

        Raises:
            PointEncodingError: another length, padding not zero, coordinates not below the field's
                modulus, or no point of the curve (G-01).
            IdentityPointError: all bytes zero (G-02).
            SubgroupError: outside the subgroup of order r (G-03).
        """
        if len(data) != self.evm_bytes:
            raise PointEncodingError(
                f"{len(data)} bytes, {self.evm_bytes} are a point of {self.name}"
            )
        if not any(data):
            raise IdentityPointError(f"the neutral element of {self.name} is refused")
        try:
            point = self.library.from_xy_bytes_unchecked_be(_unpad(data))
        except ValueError as error:
            raise PointEncodingError(f"these are no coordinates of {self.name}") from error
        return self.in_subgroup(point)

    def multiply(self, point: PointT, scalar: int) -> PointT:
        """``scalar * point`` for a scalar that everybody may know; time depends on it."""
        return point * _library_scalar(scalar)

    def multiply_secret(self, point: PointT, scalar: int, rng: Rng) -> PointT:
        """``scalar * point`` for a secret scalar.

        The library's time depends on the scalar, so it is split into two random summands whose
        single multiplications tell nothing.
        """
        mask = random_scalar(rng)
        rest = (scalar - mask) % ORDER
        return point * _library_scalar(mask) + point * _library_scalar(rest)

    def combine(self, points: Sequence[PointT], scalars: Sequence[int]) -> PointT:
        """The sum of ``scalars[i] * points[i]``, in variable time.

        Raises:
            OperandCountError: for lists that are empty, unequal or above ``MAX_OPERANDS`` (G-05).
            ScalarRangeError: for a scalar outside 0..r-1 (G-04).
        """
        if not 0 < len(points) == len(scalars) <= MAX_OPERANDS:
            raise OperandCountError(f"{len(points)} points and {len(scalars)} scalars")
        return self.library.multiexp_unchecked(list(points), [_library_scalar(s) for s in scalars])

    def sum(self, points: Sequence[PointT]) -> PointT:
        """The sum of any number of points; of none, the neutral element."""
        total = self.identity()
        for point in points:
            total = total + point
        return total

    def check_form(self, data: bytes) -> None:
        """Check length, flags and range of a compressed form, before any arithmetic.

        Raises:
            PointEncodingError: G-01.
            IdentityPointError: G-02.
        """
        if len(data) != self.point_bytes:
            raise PointEncodingError(
                f"{len(data)} bytes, {self.point_bytes} are one of {self.name}"
            )
        if data[0] & (_COMPRESSED | _INFINITY) != _COMPRESSED:
            if data[0] & _INFINITY:
                raise IdentityPointError(f"the neutral element of {self.name} is refused")
            raise PointEncodingError("the flag of the compressed form is missing")
        first = bytes([data[0] & _X_BITS]) + data[1:FIELD_BYTES]
        if first >= _MODULUS or data[FIELD_BYTES:] >= _MODULUS:
            raise PointEncodingError("a coordinate is not below the field's modulus")


G1: Final = Group("G1", 48, G1Point(), G1Point)
G2: Final = Group("G2", 96, G2Point(), G2Point)


def hash_to_g1(message: bytes, purpose: str) -> G1Point:
    """Hash to G1 by ``BLS12381G1_XMD:SHA-256_SSWU_RO_`` (RFC 9380 section 8.8.1).

    Args:
        message: any bytes.
        purpose: one ASCII word per use; it makes the domain separation tag
            ``dojang-poll-v1/<purpose>/BLS12381G1_XMD:SHA-256_SSWU_RO_``.
    """
    tag = f"{PROTOCOL}/{purpose}/BLS12381G1_XMD:SHA-256_SSWU_RO_"
    return G1Point.hash_to_curve(message, tag.encode("ascii"))


SECOND_GENERATOR: Final = hash_to_g1(b"second generator", "second-generator")
"""H, whose logarithm to the base G nobody knows."""


def pairing_product_is_one(pairs: Sequence[tuple[G1Point, G2Point]]) -> bool:
    """Whether the product of ``e(p, q)`` over all pairs is one.

    Raises:
        OperandCountError: without a pair; the library calls that true (G-05).
    """
    if not pairs:
        raise OperandCountError("a pairing product of nothing proves nothing")
    return GT.pairing_check([p for p, _ in pairs], [q for _, q in pairs])


def ordinate(point: G1Point) -> bytes:
    """The y of a point of G1, 48 bytes, big-endian: what is kept beside its compressed form."""
    return point.to_xy_bytes_be()[FIELD_BYTES:]


def point_with_ordinate(compressed: bytes, y: bytes) -> G1Point:
    """The point of a compressed form whose y is known, without a square root (SPEC check B-11).

    The compressed form alone says which point it is: y must have its sign and lie with its x on
    the curve, and only one y does.

    Not checked: the subgroup.

    Raises:
        PointEncodingError: the compressed form is not canonical, or y is another one (G-01).
        IdentityPointError: for the neutral element (G-02).
    """
    G1.check_form(compressed)
    larger = bool(compressed[0] & _LARGER_Y)
    # No point has y = 0, and the library reads (0, 0) as the neutral element.
    if len(y) != FIELD_BYTES or (y > _HALF) is not larger or not any(y):
        raise PointEncodingError("the ordinate is that of another point")
    x = bytes([compressed[0] & _X_BITS]) + compressed[1:]
    try:
        return G1Point.from_xy_bytes_unchecked_be(x + y)
    except ValueError as error:
        raise PointEncodingError("the ordinate is that of another point, or of none") from error


def _library_scalar(scalar: int) -> _Scalar:
    """The library's scalar; its own constructor reduces silently and is ten times slower."""
    if not 0 <= scalar < ORDER:
        raise ScalarRangeError("a scalar lies outside 0..r-1")
    return _Scalar.from_be_bytes(scalar.to_bytes(SCALAR_BYTES, "big"))


def _pad(coordinates: bytes) -> bytes:
    fields = range(0, len(coordinates), FIELD_BYTES)
    return b"".join(_EVM_PADDING + coordinates[at : at + FIELD_BYTES] for at in fields)


def _unpad(data: bytes) -> bytes:
    fields = [data[at : at + _EVM_FIELD_BYTES] for at in range(0, len(data), _EVM_FIELD_BYTES)]
    if any(field[: len(_EVM_PADDING)] != _EVM_PADDING for field in fields):
        raise PointEncodingError("the padding of a field element is not zero")
    return b"".join(field[len(_EVM_PADDING) :] for field in fields)
