"""Strict CBOR (RFC 8949) of small structures: what a status list token in CBOR is made of.

The bytes are looked through before the library builds anything of them, because an array of
millions of empty arrays costs a hundred times its size.
"""

from typing import Final, TypeAlias

from cbor2 import CBORDecodeError, loads

from contracts.evidence.errors import EncodingError

Cbor: TypeAlias = bool | int | str | bytes | list["Cbor"] | dict["Cbor", "Cbor"] | None
MAX_CBOR_BYTES: Final = 16 << 20
MAX_CBOR_ITEMS: Final = 256
MAX_CBOR_DEPTH: Final = 8
_SHORT: Final = 24
_LONGEST: Final = 27
_BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7
_FALSE, _NULL = 20, 22
_ITEMS_EACH: Final = {_ARRAY: 1, _MAP: 2}


def parse_cbor(data: bytes) -> Cbor:
    """One CBOR item, in the form that deterministic encoding asks for, but for the order of keys.

    Raises:
        EncodingError: more than ``MAX_CBOR_BYTES``, ``MAX_CBOR_ITEMS`` or ``MAX_CBOR_DEPTH``; a
            tag, a float, an undefined or unassigned value; a length or number that is indefinite or
            not in its shortest form; a key given twice; text that is no UTF-8; bytes behind.
    """
    if len(data) > MAX_CBOR_BYTES:
        raise EncodingError(f"CBOR of more than {MAX_CBOR_BYTES} bytes")
    _look_through(data)
    try:
        value: Cbor = loads(
            data, max_depth=MAX_CBOR_DEPTH, allow_indefinite=False, allow_duplicate_keys=False
        )
    except CBORDecodeError as error:
        raise EncodingError(f"not CBOR as it is read here: {error}") from error
    return value


def parse_cbor_map(data: bytes) -> dict[int | str, Cbor]:
    """A CBOR map whose keys are numbers and texts.

    Raises:
        EncodingError: as ``parse_cbor``, or it is no such map.
    """
    return labelled(parse_cbor(data))


def labelled(value: Cbor) -> dict[int | str, Cbor]:
    """A value as the map that it should be, with numbers and texts as keys.

    Raises:
        EncodingError: it is no map, or a key is anything else (``true`` is no number).
    """
    if not isinstance(value, dict):
        raise EncodingError("a CBOR map is expected")
    labels = {key: item for key, item in value.items() if type(key) is int or type(key) is str}
    if len(labels) != len(value):
        raise EncodingError("the keys of a CBOR map are numbers and texts")
    return labels


def _look_through(data: bytes) -> None:
    """Walk over the heads of all items without building any of them."""
    at, pending = 0, 1
    for _ in range(MAX_CBOR_ITEMS):
        major, argument, at = _head(data, at)
        if major in (_BYTES, _TEXT):
            at += argument
        pending += argument * _ITEMS_EACH.get(major, 0) - 1
        if at > len(data):
            raise EncodingError("the CBOR is cut off")
        if not pending:
            break
    if pending or at != len(data):
        raise EncodingError(f"CBOR of more than {MAX_CBOR_ITEMS} items, or with bytes behind it")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type and argument of the item at an offset, and where its head ends."""
    if at >= len(data):
        raise EncodingError("the CBOR is cut off")
    major, argument = data[at] >> 5, data[at] & 0x1F
    at += 1
    if major == _TAG or (major == _SIMPLE and not _FALSE <= argument <= _NULL):
        raise EncodingError("CBOR with a tag, a float or an unknown value")
    if argument > _LONGEST:
        raise EncodingError("CBOR of an indefinite length")
    if argument >= _SHORT:
        width = 1 << (argument - _SHORT)
        argument, shortest = int.from_bytes(data[at : at + width], "big"), _least(width)
        at += width
        if argument < shortest:
            raise EncodingError("a CBOR number or length is not in its shortest form")
    return major, argument, at


def _least(width: int) -> int:
    """The least number that needs a head of so many bytes."""
    return _SHORT if width == 1 else 1 << (width * 4)
