"""Canonical JSON, base64url and domain-separated hashing: all that is signed or hashed uses these.

Sources: RFC 8785 (canonical JSON), RFC 4648 section 5 (base64url), RFC 8259 (JSON).
``rfc8785`` neither normalises Unicode nor sees duplicate keys, so both are refused here. ``orjson``
is lax as well, and is believed only where it writes back exactly what it read.
"""

import binascii
import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Final, TypeAlias

import orjson
import rfc8785

from contracts.evidence.errors import EncodingError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_JSON_BYTES: Final = 1 << 20
MAX_JSON_DEPTH: Final = 32
MAX_SAFE_INTEGER: Final = (1 << 53) - 1
MAX_NUMBER_DIGITS: Final = 40
HASH_BYTES: Final = 32
_MAX_TAG_BYTES: Final = 255
_MAX_PARTS: Final = 255
_MAX_PART_BYTES: Final = (1 << 32) - 1

EVIDENCE_DOMAIN: Final = "dojang-evidence-v1"


def parse_json(data: bytes, *, max_bytes: int = MAX_JSON_BYTES) -> Json:
    """Parse hostile JSON text.

    Args:
        data: UTF-8 bytes without a byte-order mark.
        max_bytes: longest input that is looked at.

    Returns:
        The value; object keys are unique, nesting is at most ``MAX_JSON_DEPTH``, numbers have at
        most ``MAX_NUMBER_DIGITS`` characters, strings hold no lone surrogate.

    Raises:
        EncodingError: for anything else, trailing bytes and NaN included.

    Not checked: Unicode normalisation and the range of numbers (``canonical`` does).
    """
    if len(data) > max_bytes:
        raise EncodingError(f"JSON of {len(data)} bytes, at most {max_bytes} are read")
    many = len(data) > 2 * MAX_JSON_DEPTH and _brackets(data) >= MAX_JSON_DEPTH
    if many and _depth(data) > MAX_JSON_DEPTH:
        raise EncodingError(f"JSON nested deeper than {MAX_JSON_DEPTH}")
    # A reader that drops a repeated member, rounds a number or mends a text cannot write the same
    # bytes again. So bytes that come back are sound and their value is certain; whatever else they
    # are, the strict parser judges.
    try:
        value: Json = orjson.loads(data)
        if orjson.dumps(value) == data:
            if many:
                _check_shape(value)
            return value
    except _REFUSALS:
        pass  # The strict parser says what is wrong.
    return _parse_strictly(data)


def parse_canonical(data: bytes, *, max_bytes: int = MAX_JSON_BYTES) -> Json:
    """Parse JSON that must already be in canonical form, byte for byte (RFC 8785, NFC).

    Raises:
        EncodingError: if the bytes are not exactly ``canonical(parse_json(data))``.
    """
    value = parse_json(data, max_bytes=max_bytes)
    if canonical(value) != data:
        raise EncodingError("JSON is not in canonical form (RFC 8785)")
    return value


def canonical(value: Json) -> bytes:
    """Return the canonical JSON bytes of a value (RFC 8785).

    Floats are refused: documents that are hashed carry decimals as strings, so that every
    implementation writes the same bytes.

    Raises:
        EncodingError: float, integer beyond 2^53 - 1, string or key not in NFC, lone surrogate,
            unknown type, or nesting beyond ``MAX_JSON_DEPTH``.
    """
    _check_shape(value)
    for leaf in _leaves(value):
        if isinstance(leaf, float):
            raise EncodingError("floating-point numbers have no place in hashed documents")
        if isinstance(leaf, str) and not unicodedata.is_normalized("NFC", leaf):
            raise EncodingError("text is not in Unicode normalisation form C")
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise EncodingError(f"value has no canonical form: {error}") from error


def tagged_hash(tag: str, *parts: bytes) -> bytes:
    """SHA-256 over a domain tag and length-prefixed parts.

    ``SHA-256( u8 len(tag) | tag | u8 n | u32 len(p_1) | p_1 | ... | u32 len(p_n) | p_n )``

    Args:
        tag: ASCII, at most 255 characters, starting with protocol name and version.
        parts: at most 255, each shorter than 2^32 bytes.

    Returns:
        32 bytes. No two different (tag, parts) share a hash input.
    """
    name = tag.encode("ascii")
    if not 0 < len(name) <= _MAX_TAG_BYTES or len(parts) > _MAX_PARTS:
        raise EncodingError("a tag has 1 to 255 bytes, a hash at most 255 parts")
    hasher = hashlib.sha256(bytes([len(name)]) + name + bytes([len(parts)]))
    for part in parts:
        if len(part) > _MAX_PART_BYTES:
            raise EncodingError("a hashed part is shorter than 2^32 bytes")
        hasher.update(len(part).to_bytes(4, "big"))
        hasher.update(part)
    return hasher.digest()


def evidence_hash(name: str, *parts: bytes) -> bytes:
    """``tagged_hash`` under the tag ``dojang-evidence-v1/<name>``."""
    return tagged_hash(f"{EVIDENCE_DOMAIN}/{name}", *parts)


def b64u_encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    standard = binascii.b2a_base64(data, newline=False)
    return standard.translate(_TO_URL_SAFE, b"=").decode("ascii")


def b64u_decode(text: str) -> bytes:
    """Decode base64url without padding; exactly one text decodes to each byte string.

    Raises:
        EncodingError: padding, foreign characters, impossible length, or trailing bits not zero.
    """
    rest = len(text) % 4
    try:
        padded = text.encode("ascii").translate(_TO_STANDARD) + _PADDING[rest]
        data = binascii.a2b_base64(padded, strict_mode=True)
    except ValueError as error:  # binascii.Error and UnicodeEncodeError are kinds of it
        raise EncodingError(f"not base64url: {error}") from error
    if rest and text[-1] not in _LAST_OF[rest]:
        raise EncodingError("base64url text is not canonical")
    return data


_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/***")
_PADDING: Final = (b"", b"===", b"==", b"=")
_TO_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_LAST_OF: Final = (_ALPHABET, "", _ALPHABET[::16], _ALPHABET[::4])
"""Last characters whose unused bits are zero, by text length modulo 4."""


def parse_hash(text: str) -> bytes:
    """32 bytes from 64 lowercase hexadecimal characters.

    Raises:
        EncodingError: any other length, upper case, prefix or space.
    """
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise EncodingError("not hexadecimal") from error
    if len(data) != HASH_BYTES or data.hex() != text:
        raise EncodingError("a hash is 64 lowercase hexadecimal characters")
    return data


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds, as in ``2026-11-20T07:00:00Z``.

    Raises:
        EncodingError: for a time without zone or with a fraction of a second.
    """
    if moment.tzinfo is None or moment.microsecond:
        raise EncodingError("times carry a zone and no fraction of a second")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_time(text: str) -> datetime:
    """The inverse of ``format_time``.

    Raises:
        EncodingError: for any other spelling of a time.
    """
    if not _TIME.fullmatch(text):
        raise EncodingError("not a time like 2026-11-20T07:00:00Z")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError as error:
        raise EncodingError(f"not a time like 2026-11-20T07:00:00Z: {error}") from error


# Some versions of Python read the hour 24 as the next day: it would be a second spelling.
_TIME: Final = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("an object names a member twice")
    return result


def _bounded_int(text: str) -> int:
    if len(text) > MAX_NUMBER_DIGITS:
        raise ValueError("a number is too long")
    return int(text)


def _bounded_float(text: str) -> float:
    if len(text) > MAX_NUMBER_DIGITS:
        raise ValueError("a number is too long")
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _refuse_constant(text: str) -> Json:
    raise ValueError(f"{text} is no JSON value")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_bounded_int,
    parse_float=_bounded_float,
    parse_constant=_refuse_constant,
)
_REFUSALS: Final = (orjson.JSONDecodeError, orjson.JSONEncodeError)


def _parse_strictly(data: bytes) -> Json:
    """The same for text of any form, of which it is only known that it does not nest too deep."""
    try:
        value: Json = _DECODER.decode(data.decode("utf-8"))
    except ValueError as error:
        raise EncodingError(f"not JSON: {error}") from error
    _check_shape(value)
    return value


def _brackets(data: bytes) -> int:
    return data.count(b"[") + data.count(b"{")


def _depth(data: bytes) -> int:
    """How deep brackets nest outside of strings, found without recursion.

    The decoder recurses, and only the process-wide recursion limit stops it; a library that raises
    that limit would let a small hostile text overflow the stack and end the process.
    """
    brackets = _STRING.sub(b"", data).translate(_STEPS, _NOT_BRACKETS)
    return max(accumulate((step - 1 for step in brackets), initial=0))


_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, or the rest of the text after a quote that nothing closes. Possessive: linear time."""
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")
"""Opening brackets become 2 and closing ones 0: one more and one less than 1."""


def _check_shape(value: Json) -> None:
    """Refuse nesting beyond the bound, text that is no Unicode, and infinite numbers."""
    level: list[Json] = [value]
    for _ in range(MAX_JSON_DEPTH + 1):
        if not level:
            return
        level = [child for item in level for child in _children(item)]
    raise EncodingError(f"JSON nested deeper than {MAX_JSON_DEPTH}")


def _children(item: Json) -> Iterable[Json]:
    if isinstance(item, dict):
        for key in item:
            _check_text(key)
        return item.values()
    if isinstance(item, list):
        return item
    if isinstance(item, str):
        _check_text(item)
    elif isinstance(item, float) and not math.isfinite(item):
        raise EncodingError("a number is too large")
    return ()


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EncodingError("text holds a lone surrogate") from error


def _leaves(value: Json) -> Iterator[Json]:
    stack: list[Json] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
            stack.extend(item.keys())
        elif isinstance(item, list):
            stack.extend(item)
        else:
            yield item
