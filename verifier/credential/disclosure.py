"""Disclosures: one salted claim or array element each (RFC 9901 section 4.2)."""

import hashlib
from typing import Final, NamedTuple

from contracts.evidence.encoding import Json, b64u_decode, b64u_encode, canonical, parse_json
from contracts.evidence.errors import EncodingError
from verifier.credential.errors import (
    DisclosureEncodingError,
    DisclosureShapeError,
    ReservedNameError,
)
from verifier.credential.keys import Randomness

SALT_BYTES: Final = 16
MAX_DISCLOSURE_BYTES: Final = 1 << 17
DIGESTS: Final = "_sd"
ELEMENT: Final = "..."
HASH_NAME: Final = "_sd_alg"
RESERVED_NAMES: Final = frozenset({DIGESTS, ELEMENT, HASH_NAME})
_ELEMENT_PARTS: Final = 2
_MEMBER_PARTS: Final = 3


class Disclosure(NamedTuple):
    """One disclosure: its text as presented, its digest, and what it says.

    A named tuple, because many are made for every presentation and it is the cheapest frozen value.

    ``name`` is None for an array element. ``digest`` is over the text, never over the value.
    """

    text: str
    digest: str
    name: str | None
    value: Json


def digest_of(text: str) -> str:
    """``base64url(SHA-256(ASCII(text)))`` (RFC 9901 section 4.2.3)."""
    return b64u_encode(hashlib.sha256(text.encode("ascii")).digest())


def parse_disclosure(text: str) -> Disclosure:
    """Parse a disclosure.

    Raises:
        DisclosureEncodingError: no canonical base64url of strict JSON (C-11).
        DisclosureShapeError: not ``[salt, name, value]`` or ``[salt, value]`` (C-12).
        ReservedNameError: it names ``_sd``, ``...`` or ``_sd_alg`` (C-13).

    Not checked: that any credential holds its digest, and the salt's length.
    """
    try:
        parts = parse_json(b64u_decode(text), max_bytes=MAX_DISCLOSURE_BYTES)
    except EncodingError as error:
        raise DisclosureEncodingError(f"a disclosure: {error}") from error
    if not isinstance(parts, list) or not isinstance(parts[0] if parts else None, str):
        raise DisclosureShapeError("a disclosure is an array that starts with a salt")
    if len(parts) == _ELEMENT_PARTS:
        return Disclosure(text, digest_of(text), None, parts[1])
    if len(parts) != _MEMBER_PARTS:
        raise DisclosureShapeError("a disclosure has two elements, or three")
    name = parts[1]
    if not isinstance(name, str):
        raise DisclosureShapeError("a disclosed claim's name is a string")
    if name in RESERVED_NAMES:
        raise ReservedNameError("a disclosed claim has a name that is reserved")
    return Disclosure(text, digest_of(text), name, parts[2])


def make_disclosure(rng: Randomness, name: str | None, value: Json) -> Disclosure:
    """Salt a claim (``name`` given) or an array element (None) with 128 random bits.

    Raises:
        EncodingError: the value has no canonical form.
    """
    salt = b64u_encode(rng(SALT_BYTES))
    parts: list[Json] = [salt, value] if name is None else [salt, name, value]
    text = b64u_encode(canonical(parts))
    return Disclosure(text, digest_of(text), name, value)
