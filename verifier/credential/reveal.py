"""Putting disclosed claims into their places (RFC 9901 section 7.1, steps 3 to 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
    walk = _Walk(by_digest, set())
    result = walk.open_top(payload)
    if not by_digest.keys() <= walk.seen:
        raise UnreferencedDisclosureError("a disclosure is referred to by no digest")
    return result


@dataclass(slots=True)
class _Walk:
    """One pass over a payload; ``seen`` holds every digest met so far."""

    by_digest: dict[str, Disclosure]
    seen: set[str]

    def open_top(self, payload: dict[str, Json]) -> dict[str, Json]:
        top = payload.copy()
        top.pop(HASH_NAME, None)
        return self._open_object(top, 1)

    def _open_object(self, source: dict[str, Json], depth: int) -> dict[str, Json]:
        """The object itself if it holds no digests anywhere, else a copy with all in place."""
        if ELEMENT in source or HASH_NAME in source:
            raise DigestPlaceError(f"{ELEMENT} or {HASH_NAME} stands where it means nothing")
        result, digests = source, None
        if DIGESTS in source:
            result = source.copy()
            digests = result.pop(DIGESTS)
        for name, value in result.items():
            if value.__class__ in _CONTAINERS:  # most values are none, and need no call
                opened = self._open(value, depth)
                if opened is not value:
                    result = source.copy() if result is source else result
                    result[name] = opened
        if DIGESTS in source:
            for disclosure in self._members(digests):
                if disclosure.name is None:
                    raise DisclosureKindError("an array element is disclosed as a claim")
                if disclosure.name in result:
                    raise NameClashError("a disclosed claim has a name that is taken")
                result[disclosure.name] = self._open(disclosure.value, depth)
        return result

    def _open(self, value: Json, depth: int) -> Json:
        if not isinstance(value, (dict, list)):
            return value
        if depth >= MAX_JSON_DEPTH:
            raise NestingError(f"the disclosed payload nests deeper than {MAX_JSON_DEPTH}")
        if isinstance(value, dict):
            return self._open_object(value, depth + 1)
        return self._open_array(value, depth + 1)

    def _open_array(self, source: list[Json], depth: int) -> list[Json]:
        result: list[Json] = []
        for element in source:
            if not isinstance(element, dict) or ELEMENT not in element:
                result.append(self._open(element, depth))
                continue
            if len(element) != 1:
                raise DigestPlaceError(f"{ELEMENT} has other members beside it")
            for disclosure in self._members([element[ELEMENT]]):
                if disclosure.name is not None:
                    raise DisclosureKindError("a claim is disclosed as an array element")
                result.append(self._open(disclosure.value, depth))
        return result

    def _members(self, digests: Json) -> list[Disclosure]:
        if not isinstance(digests, list):
            raise DigestPlaceError(f"{DIGESTS} is no array")
        known = self._meet(digests)
        return [self.by_digest[digest] for digest in known if digest in self.by_digest]

    def _meet(self, digests: list[Json]) -> list[str]:
        """Remember digests, of decoys and of what the holder keeps back too."""
        known = [digest for digest in digests if isinstance(digest, str)]
        if len(known) != len(digests):
            raise DigestPlaceError("a digest is no string")
        before = len(self.seen)
        self.seen.update(known)
        if len(self.seen) != before + len(known):
            raise RepeatedDigestError("a digest occurs twice")
        return known
