"""The holder's side: keep a credential, choose what to disclose, and bind it to one request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self, TypeAlias

from contracts.evidence.encoding import Json
from verifier.credential.disclosure import DIGESTS, ELEMENT, Disclosure, digest_of
from verifier.credential.errors import (
    HolderKeyError,
)
from verifier.credential.jws import sign_jws
from verifier.credential.key_binding import KEY_BINDING_TYPE, holder_key
from verifier.credential.keys import Signer
from verifier.credential.request import ClaimPath, find_claim
from verifier.credential.sdjwt import SdJwt, parse_sd_jwt
from verifier.errors import (
    RequestedClaimError,
)

Place: TypeAlias = tuple[str | int, ...]
"""Where a disclosure belongs: names, and indexes among the elements as the issuer signed them."""

_ROOT: Final[Place] = ()


@dataclass(frozen=True, slots=True)
class HeldDisclosure:
    """A disclosure, where it belongs, and the digest of the disclosure around it, if any."""

    disclosure: Disclosure
    place: Place
    parent: str | None


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """A credential in a wallet, with every disclosure that its issuer handed over."""

    sd_jwt: SdJwt
    held: tuple[HeldDisclosure, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """Take a credential as issued.

        Raises:
            RejectedError: malformed, or breaking a rule of RFC 9901 section 7.1 (C-01 to C-20).

        Not checked: signature and issuer; the wallet checks them as any verifier does.
        """
        sd_jwt = parse_sd_jwt(text)
        sd_jwt.reveal()
        by_digest = {disclosure.digest: disclosure for disclosure in sd_jwt.disclosures}
        return cls(sd_jwt, tuple(_find(sd_jwt.jws.payload, by_digest, _ROOT, None)))

    def select(self, paths: Iterable[ClaimPath]) -> str:
        """The SD-JWT that discloses the claims at some paths, and nothing that is not needed.

        A path discloses what lies on the way to its claim and the whole of the claim.

        Raises:
            RequestedClaimError: a path leads to nothing that this credential holds.
        """
        payload = self.sd_jwt.reveal()
        chosen: set[str] = set()
        for path in paths:
            if not _leads_somewhere(payload, path):
                raise RequestedClaimError("the credential holds no such claim")
            chosen |= {h.disclosure.digest for h in self.held if _touches(h.place, path)}
        return self.disclose(chosen)

    def disclose(self, digests: Iterable[str]) -> str:
        """The SD-JWT that discloses given disclosures and those around them.

        Raises:
            RequestedClaimError: a digest of nothing that this credential holds.
        """
        parents = {held.disclosure.digest: held.parent for held in self.held}
        wanted: set[str] = set()
        for digest in digests:
            if digest not in parents:
                raise RequestedClaimError("the credential holds no such disclosure")
            current: str | None = digest
            while current is not None:
                wanted.add(current)
                current = parents[current]
        kept = [d.text for d in self.sd_jwt.disclosures if d.digest in wanted]
        return "~".join([self.sd_jwt.issuer_jwt, *kept, ""])


def bind(sd_jwt: str, nonce: str, audience: str, at: datetime, signer: Signer) -> str:
    """Add a key binding to an SD-JWT: the holder's answer to one request.

    Args:
        sd_jwt: with the chosen disclosures, ending in ``~``.
        nonce: the request's.
        audience: the verifier's id, exactly as in the request.
        at: now, aware.
        signer: the key that the credential was issued to.

    Raises:
        HolderKeyError: the credential is bound to another key.
        RejectedError: malformed, see ``parse_sd_jwt``.
    """
    presentation = parse_sd_jwt(sd_jwt)
    if holder_key(presentation.jws.payload).point != signer.point:
        raise HolderKeyError("the credential is bound to another key")
    payload: dict[str, Json] = {
        "iat": int(at.timestamp()),
        "nonce": nonce,
        "aud": audience,
        "sd_hash": digest_of(presentation.presented),
    }
    return presentation.presented + sign_jws({"typ": KEY_BINDING_TYPE}, payload, signer)


def _find(
    value: Json, by_digest: dict[str, Disclosure], place: Place, parent: str | None
) -> list[HeldDisclosure]:
    """All disclosures inside a value, those around others first. The payload was checked before."""
    if isinstance(value, dict):
        inner = [(v, (*place, n)) for n, v in value.items() if n != DIGESTS]
        digests = value.get(DIGESTS, [])
        own = digests if isinstance(digests, list) else []
        opened = [by_digest[d] for d in own if isinstance(d, str) and d in by_digest]
        referred = [(d, (*place, d.name or "")) for d in opened]
    elif isinstance(value, list):
        inner = [(v, (*place, i)) for i, v in enumerate(value) if not _is_digest(v)]
        referred = [
            (by_digest[d], (*place, i))
            for i, d in enumerate(map(_element_digest, value))
            if d in by_digest
        ]
    else:
        return []
    found = [h for v, p in inner for h in _find(v, by_digest, p, parent)]
    for disclosure, where in referred:
        found.append(HeldDisclosure(disclosure, where, parent))
        found += _find(disclosure.value, by_digest, where, disclosure.digest)
    return found


def _is_digest(element: Json) -> bool:
    return isinstance(element, dict) and ELEMENT in element


def _element_digest(element: Json) -> str:
    digest = element.get(ELEMENT) if isinstance(element, dict) else None
    return digest if isinstance(digest, str) else ""


def _touches(place: Place, path: Sequence[str | int | None]) -> bool:
    """Whether a disclosure lies on the way to a path's claim, or inside it."""
    return all(_matches(step, wanted) for step, wanted in zip(place, path, strict=False))


def _matches(step: str | int, wanted: str | int | None) -> bool:
    return isinstance(step, int) if wanted is None else step == wanted


def _leads_somewhere(payload: Json, path: ClaimPath) -> bool:
    return bool(path) and bool(find_claim(payload, path))
