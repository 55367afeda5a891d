"""Issuing SD-JWT VCs: salted, shuffled, with decoys, one distinct copy for each use."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from contracts.evidence.encoding import HASH_BYTES, Json, b64u_encode
from verifier.credential.disclosure import (
    DIGESTS,
    ELEMENT,
    HASH_NAME,
    RESERVED_NAMES,
    Disclosure,
    make_disclosure,
)
from verifier.credential.inclusion import LogPlace, credential_leaf
from verifier.credential.jws import sign_jws
from verifier.credential.keys import Randomness, Signer, public_jwk, thumbprint
from verifier.credential.profile import PROFILE_TYPE, PROTECTED_CLAIMS
from verifier.credential.sdjwt import HASH_ALGORITHM
from verifier.credential.status import StatusReference
from verifier.errors import (
    IssuanceError,
)

MAX_COPIES: Final = 10_000
MAX_DECOYS: Final = 64
_ORDER_BYTES: Final = 16
_SET_BY_ISSUER: Final = PROTECTED_CLAIMS | {"iat", HASH_NAME}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A member's value or an array element that the holder may disclose or keep back."""

    value: "Claim"


Claim: TypeAlias = (
    "bool | int | float | str | Sequence[Claim] | Mapping[str, Claim] | Hidden | None"
)
"""A claim's value; whatever stands inside ``Hidden``, at any depth, is selectively disclosable."""


@dataclass(frozen=True, slots=True)
class CredentialOrder:
    """What all copies of a credential have in common. Times have whole seconds.

    ``decoys`` digests that belong to nothing are added wherever there are hidden members, so that
    their number says less.
    """

    issuer: str
    vct: str
    claims: Mapping[str, Claim]
    issued: datetime
    expires: datetime
    not_before: datetime | None = None
    decoys: int = 0


@dataclass(frozen=True, slots=True)
class Copy:
    """What makes one copy distinct: holder's key (64 bytes), status index and place in the log."""

    holder: bytes
    status: StatusReference | None
    evidence: LogPlace


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A signed copy with all its disclosures, for its holder only, and its leaf for the log."""

    text: str
    leaf: bytes
    evidence: LogPlace


def issue(order: CredentialOrder, copy: Copy, signer: Signer, rng: Randomness) -> IssuedCredential:
    """Issue one copy of a credential.

    Raises:
        IssuanceError: a claim that the issuer sets itself or that must stay visible, a reserved
            name, too many decoys, or an end before the beginning.
        EncodingError: a claim has no canonical form.
    """
    _check_order(order)
    concealed, disclosures = conceal(order.claims, rng, decoys=order.decoys)
    payload = {**concealed, **_registered(order, copy)}
    header: dict[str, Json] = {"typ": PROFILE_TYPE, "kid": thumbprint(signer.point)}
    token = sign_jws(header, payload, signer)
    text = "~".join([token, *(disclosure.text for disclosure in disclosures), ""])
    return IssuedCredential(text, credential_leaf(token), copy.evidence)


def issue_batch(
    order: CredentialOrder, copies: Sequence[Copy], signer: Signer, rng: Randomness
) -> tuple[IssuedCredential, ...]:
    """Issue copies for one use each: nothing in them but the claims is the same.

    Raises:
        IssuanceError: no copies or more than ``MAX_COPIES``, or two of them share a key, a status
            index or a place in the log, by which two verifiers could join what they saw.
    """
    if not 0 < len(copies) <= MAX_COPIES:
        raise IssuanceError(f"a batch has 1 to {MAX_COPIES} copies")
    statuses = [copy.status for copy in copies if copy.status is not None]
    for handles in ([c.holder for c in copies], statuses, [c.evidence for c in copies]):
        if len(set(handles)) != len(handles):
            raise IssuanceError("two copies share a key, a status index or a place in the log")
    return tuple(issue(order, copy, signer, rng) for copy in copies)


def conceal(
    claims: Mapping[str, Claim], rng: Randomness, *, decoys: int = 0
) -> tuple[dict[str, Json], tuple[Disclosure, ...]]:
    """Replace what is ``Hidden`` by digests (RFC 9901 section 4.2).

    Returns:
        The payload with ``_sd_alg`` and shuffled ``_sd``, and the disclosures, outer before inner.

    Raises:
        IssuanceError: a reserved name is used, or too many decoys are asked for.
        EncodingError: a hidden value has no canonical form.
    """
    if not 0 <= decoys <= MAX_DECOYS:
        raise IssuanceError(f"at most {MAX_DECOYS} decoys are added to an object")
    disclosures: list[Disclosure] = []
    veil = _Veil(rng, decoys, disclosures)
    payload = veil.members(claims)
    return {**payload, HASH_NAME: HASH_ALGORITHM}, tuple(reversed(disclosures))


@dataclass(frozen=True, slots=True)
class _Veil:
    rng: Randomness
    decoys: int
    made: list[Disclosure]

    def members(self, source: Mapping[str, Claim]) -> dict[str, Json]:
        if RESERVED_NAMES & source.keys():
            raise IssuanceError("a claim has a name that SD-JWT reserves")
        result: dict[str, Json] = {}
        digests: list[str] = []
        for name, value in source.items():
            if isinstance(value, Hidden):
                digests.append(self._hide(name, value))
            else:
                result[name] = self._value(value)
        if digests:
            digests += [b64u_encode(_decoy(self.rng)) for _ in range(self.decoys)]
            result[DIGESTS] = sorted(digests, key=lambda _: self.rng(_ORDER_BYTES))
        return result

    def _value(self, value: Claim) -> Json:
        if isinstance(value, Hidden):
            raise IssuanceError("a hidden value stands directly inside a hidden value")
        if isinstance(value, Mapping):
            return self.members(value)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [self._element(element) for element in value]
        return value

    def _element(self, element: Claim) -> Json:
        if isinstance(element, Hidden):
            return {ELEMENT: self._hide(None, element)}
        return self._value(element)

    def _hide(self, name: str | None, hidden: Hidden) -> str:
        disclosure = make_disclosure(self.rng, name, self._value(hidden.value))
        self.made.append(disclosure)
        return disclosure.digest


def _registered(order: CredentialOrder, copy: Copy) -> dict[str, Json]:
    claims: dict[str, Json] = {
        "iss": order.issuer,
        "vct": order.vct,
        "iat": int(order.issued.timestamp()),
        "exp": int(order.expires.timestamp()),
        "cnf": {"jwk": {**public_jwk(copy.holder)}},
        "evidence": copy.evidence.claim(),
    }
    if order.not_before is not None:
        claims["nbf"] = int(order.not_before.timestamp())
    if copy.status is not None:
        claims["status"] = copy.status.claim()
    return claims


def _check_order(order: CredentialOrder) -> None:
    if _SET_BY_ISSUER & order.claims.keys():
        raise IssuanceError("a claim has a name that the issuer fills in itself")
    if not order.issuer or not order.vct or order.expires <= order.issued:
        raise IssuanceError("a credential has an issuer, a type, and ends after it begins")


def _decoy(rng: Randomness) -> bytes:
    return hashlib.sha256(rng(HASH_BYTES)).digest()
