"""Exact figures: how a fraction is computed with, written into documents and shown to people."""

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from contracts.evidence.encoding import Json
from contracts.evidence.errors import EncodingError

ROOT_DIGITS: Final = 40
MAX_FRACTION_CHARS: Final = 64
_FRACTION: Final = re.compile(r"(-?(?:0|[1-9][0-9]*))/([1-9][0-9]*)", re.ASCII)


def show(value: Fraction, digits: int = 2) -> str:
    """Round half up (a half goes away from zero) to a decimal text, as in ``17.15``.

    Args:
        value: any exact figure.
        digits: decimals after the point, at least 1.

    Returns:
        Always ``digits`` decimals; a figure that rounds to zero carries no sign.
    """
    scaled = abs(value) * 10**digits
    steps = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, rest = divmod(steps, 10**digits)
    sign = "-" if value < 0 and steps else ""
    return f"{sign}{whole}.{rest:0{digits}d}"


def fraction_text(value: Fraction) -> str:
    """Write ``numerator/denominator`` in lowest terms; whole numbers too (``3/1``)."""
    return f"{value.numerator}/{value.denominator}"


def parse_fraction(text: str) -> Fraction:
    """The inverse of ``fraction_text``: exactly one text is read for each fraction.

    Raises:
        EncodingError: more than ``MAX_FRACTION_CHARS``, another form, or not in lowest terms.
    """
    match = _FRACTION.fullmatch(text) if len(text) <= MAX_FRACTION_CHARS else None
    if match is None:
        raise EncodingError("a fraction is a short text like 1/2")
    fraction = Fraction(int(match[1]), int(match[2]))
    if fraction_text(fraction) != text:
        raise EncodingError("a fraction is written in lowest terms")
    return fraction


def figure(value: Fraction) -> Json:
    """The form of every figure in a document: the exact value and what is shown of it."""
    return {"exact": fraction_text(value), "shown": show(value)}


def optional_figure(value: Fraction | None) -> Json:
    """``figure``, or null for a figure that does not exist."""
    return None if value is None else figure(value)


def ratio(part: Fraction, whole: Fraction) -> Fraction:
    """``part / whole``, where 0/0 counts as 0: a side without any spread or vote gives no points.

    Args:
        part: 0 whenever ``whole`` is 0.
        whole: 0 or more.
    """
    return part / whole if whole else Fraction(0)


def mean(values: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def covariance(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    """The population covariance (divided by n, not n - 1) of two lists of equal length."""
    middle_left, middle_right = mean(left), mean(right)
    pairs = zip(left, right, strict=True)
    return mean([(a - middle_left) * (b - middle_right) for a, b in pairs])


def variance(values: Sequence[Fraction]) -> Fraction:
    """The population variance (divided by n, not n - 1)."""
    return covariance(values, values)


def root(value: Fraction) -> Fraction:
    """The square root of a fraction, the same in every implementation.

    Returns:
        The exact root if it is a fraction; otherwise the greatest multiple of 10^-``ROOT_DIGITS``
        that is not above it: ``isqrt(floor(value * 10^(2 * ROOT_DIGITS))) / 10^ROOT_DIGITS``.

    Args:
        value: 0 or more.
    """
    exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    if exact * exact == value:
        return exact
    scaled = value.numerator * 10 ** (2 * ROOT_DIGITS) // value.denominator
    return Fraction(math.isqrt(scaled), 10**ROOT_DIGITS)


def in_range(value: int, low: int, high: int) -> bool:
    """Tell whether a value is an integer (no bool) between both bounds, inclusive."""
    return type(value) is int and low <= value <= high
