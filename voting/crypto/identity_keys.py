"""Which Ed25519 keys may identify a party: canonical encodings of points of prime order.

RFC 8032 lets a verifier multiply its equation by 8 or not; under a key with a part of small order
the two disagree, and under a key of small order anybody can sign. The library checks neither.
"""

from functools import lru_cache
from typing import Final

_KEY_BYTES: Final = 32
_FIELD: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _FIELD) % _FIELD
_SIGN_BIT: Final = 1 << 255
_MAX_KEYS: Final = 1024

_Extended = tuple[int, int, int, int]
_NEUTRAL: Final = (0, 1, 1, 0)


@lru_cache(maxsize=_MAX_KEYS)
def is_sound_identity(key: bytes) -> bool:
    """Whether a public key is the canonical encoding of a point of prime order.

    No y below 19, the only ones with a second encoding, belongs to a point of prime order.

    Not for secrets: the time depends on the key.

    Args:
        key: hostile bytes.
    """
    try:
        point = _decode(key)
    except ValueError:
        return False
    return _is_neutral(_multiply(point, _ORDER))


def _decode(key: bytes) -> _Extended:
    """The point, by RFC 8032 section 5.1.3, in extended coordinates.

    Raises:
        ValueError: these are not 32 bytes, y is not below the modulus, no point has it, or x is 0
            (the points of order one and two, whose sign has two encodings).
    """
    number = int.from_bytes(key, "little")
    y, sign = number & (_SIGN_BIT - 1), number >> 255
    if len(key) != _KEY_BYTES or y >= _FIELD:
        raise ValueError("not 32 bytes, or y is not below the modulus")
    u, v = (y * y - 1) % _FIELD, (_D * y * y + 1) % _FIELD
    x = u * pow(v, 3, _FIELD) * pow(u * pow(v, 7, _FIELD), (_FIELD - 5) // 8, _FIELD) % _FIELD
    if v * x * x % _FIELD != u:
        x = x * pow(2, (_FIELD - 1) // 4, _FIELD) % _FIELD
    if v * x * x % _FIELD != u or x == 0:
        raise ValueError("no point of the curve, or one of order one or two, has this y")
    x = _FIELD - x if x & 1 != sign else x
    return x, y, 1, x * y % _FIELD


def _add(one: _Extended, other: _Extended) -> _Extended:
    """RFC 8032 section 5.1.4; the formula is complete and doubles as well."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % _FIELD
    b = (one[1] + one[0]) * (other[1] + other[0]) % _FIELD
    c = 2 * one[3] * other[3] * _D % _FIELD
    d = 2 * one[2] * other[2] % _FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _FIELD, g * h % _FIELD, f * g % _FIELD, e * h % _FIELD


def _multiply(point: _Extended, scalar: int) -> _Extended:
    total: _Extended = _NEUTRAL
    for bit in f"{scalar:b}":
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total


def _is_neutral(point: _Extended) -> bool:
    return point[0] % _FIELD == 0 and (point[1] - point[2]) % _FIELD == 0
