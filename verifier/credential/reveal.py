"""Putting disclosed claims into their places (RFC 9901 section 7.1, steps 3 to 5)."""

from collections.abc import Container, Sequence
from typing import Final, TypeAlias

from contracts.evidence.encoding import MAX_JSON_DEPTH, Json
from verifier.credential.disclosure import DIGESTS, ELEMENT, HASH_NAME, Disclosure
from verifier.credential.errors import (
    DigestPlaceError,
    DisclosureKindError,
    NameClashError,
    NestingError,
    RepeatedDigestError,
    RepeatedDisclosureError,
    UnreferencedDisclosureError,
)

_CONTAINERS: Final[frozenset[type]] = frozenset({dict, list})
_Disclosed: TypeAlias = dict[str, Disclosure]
"""Disclosures by their digest."""


def reveal(payload: dict[str, Json], disclosures: Sequence[Disclosure]) -> dict[str, Json]:
    """Return the processed payload: digests replaced by what was disclosed, the rest removed.

    Raises:
        RepeatedDisclosureError: a disclosure is given twice (C-14).
        DigestPlaceError: ``_sd`` is no array of strings, ``...`` is no lone member of an array
            element or no string, or ``_sd_alg`` stands below the top level (C-15).
        RepeatedDigestError: a digest occurs twice, whether disclosed or not (C-16).
        DisclosureKindError: an element where a claim belongs, or the reverse (C-17).
        NameClashError: the object already has a claim of that name (C-18).
        UnreferencedDisclosureError: a disclosure that no digest refers to (C-19).
        NestingError: the result nests deeper than ``MAX_JSON_DEPTH`` (C-20).
    """
    by_digest = {disclosure.digest: disclosure for disclosure in disclosures}
    if len(by_digest) != len(disclosures):
        raise RepeatedDisclosureError("a disclosure is presented twice")
    seen: set[str] = set()
    top = payload.copy()
    top.pop(HASH_NAME, None)
    result = _open_object(top, 1, by_digest, seen)
    if not seen.issuperset(by_digest):
        raise UnreferencedDisclosureError("a disclosure is referred to by no digest")
    return result


def _open_object(
    source: dict[str, Json], depth: int, by_digest: _Disclosed, seen: set[str]
) -> dict[str, Json]:
    """The object itself if it holds no digests anywhere, else a copy with all in place.

    ``seen`` holds every digest met so far. Functions and not methods, and no call for values that
    are no containers: this is done for every object of every presentation.
    """
    if ELEMENT in source or HASH_NAME in source:
        raise DigestPlaceError(f"{ELEMENT} or {HASH_NAME} stands where it means nothing")
    result = source
    if DIGESTS in source:
        result = source.copy()
        del result[DIGESTS]
    for name, value in result.items():
        if type(value) in _CONTAINERS:
            opened = _open(value, depth, by_digest, seen)
            if opened is not value:
                result = source.copy() if result is source else result
                result[name] = opened
    if DIGESTS in source:
        for disclosure in _meet(source[DIGESTS], by_digest, seen):
            name = _free_name(disclosure, result)
            result[name] = _open(disclosure.value, depth, by_digest, seen)
    return result


def _free_name(disclosure: Disclosure, taken: Container[str]) -> str:
    if disclosure.name is None:
        raise DisclosureKindError("an array element is disclosed as a claim")
    if disclosure.name in taken:
        raise NameClashError("a disclosed claim has a name that is taken")
    return disclosure.name


def _open(value: Json, depth: int, by_digest: _Disclosed, seen: set[str]) -> Json:
    if not isinstance(value, (dict, list)):
        return value
    if depth >= MAX_JSON_DEPTH:
        raise NestingError(f"the disclosed payload nests deeper than {MAX_JSON_DEPTH}")
    if isinstance(value, dict):
        return _open_object(value, depth + 1, by_digest, seen)
    return _open_array(value, depth + 1, by_digest, seen)


def _open_array(
    source: list[Json], depth: int, by_digest: _Disclosed, seen: set[str]
) -> list[Json]:
    result: list[Json] = []
    for element in source:
        if not isinstance(element, dict) or ELEMENT not in element:
            result.append(_open(element, depth, by_digest, seen))
            continue
        if len(element) != 1:
            raise DigestPlaceError(f"{ELEMENT} has other members beside it")
        for disclosure in _meet([element[ELEMENT]], by_digest, seen):
            if disclosure.name is not None:
                raise DisclosureKindError("a claim is disclosed as an array element")
            result.append(_open(disclosure.value, depth, by_digest, seen))
    return result


def _meet(digests: Json, by_digest: _Disclosed, seen: set[str]) -> list[Disclosure]:
    """What digests refer to; those of decoys and of what the holder keeps back are seen as well."""
    if not isinstance(digests, list):
        raise DigestPlaceError(f"{DIGESTS} is no array")
    texts = [digest for digest in digests if isinstance(digest, str)]
    if len(texts) != len(digests):
        raise DigestPlaceError("a digest is no string")
    before = len(seen)
    seen.update(texts)
    if len(seen) != before + len(texts):
        raise RepeatedDigestError("a digest occurs twice")
    return [by_digest[digest] for digest in texts if digest in by_digest]
