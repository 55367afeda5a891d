"""Kinds of credential: who issues one, every claim it can carry, what each claim attests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from verifier.eligibility.errors import ServiceFileError
from verifier.eligibility.schema import CREDENTIAL_TYPES, ServiceSchema
from verifier.eligibility.sourcing import parse_text
from verifier.eligibility.wording import Bilingual

PERSON_CLAIM: Final = "person"
VOTER_CLAIM: Final = "voter"
SCOPE_CLAIMS: Final[Mapping[str, str]] = MappingProxyType(
    {PERSON_CLAIM: "person_service", VOTER_CLAIM: "voter_series"}
)
"""By the claim that shows a person again, the claim that says what its value was made for."""
REFERENCE_DATE_CLAIM: Final = "reference_date"


@dataclass(frozen=True, slots=True)
class ClaimType:
    """A selectively disclosable claim.

    Attributes:
        statement: the named statement that it attests, empty for ``person``.
        parameters: the statement's parameters, as in ``{"minimum": 19, "maximum": 34}``.
        series: of polls, within which ``voter`` is the same value; empty for other claims.
    """

    name: str
    label: Bilingual
    statement: str
    parameters: Mapping[str, int]
    series: str = ""


@dataclass(frozen=True, slots=True)
class CredentialType:
    """A kind of credential: its claims, what is always visible, what it never holds."""

    id: str
    vct: str
    title: Bilingual
    issuer: Bilingual
    replaces: Bilingual
    never_contains: tuple[Bilingual, ...]
    claims: Mapping[str, ClaimType]
    always_disclosed: Mapping[str, Bilingual]


def parse_credential_types(data: bytes, schema: ServiceSchema) -> Mapping[str, CredentialType]:
    """Read ``credential-types.yaml``.

    Returns:
        The types by id, in the order of the file.

    Raises:
        ServiceFileError: the file is malformed, an id, vct or claim stands twice, a claim has
            the name of an always disclosed one, no reference date is always disclosed, or a claim
            that shows a person again stands without its scope.
    """
    document = schema.read(data, CREDENTIAL_TYPES)
    always = {name: parse_text(text) for name, text in document["always_disclosed"].items()}
    if REFERENCE_DATE_CLAIM not in always:
        raise ServiceFileError("the reference date is always disclosed, but is not listed")
    types = [_credential_type(entry, always) for entry in document["types"]]
    if len({kind.id for kind in types}) < len(types) or len({k.vct for k in types}) < len(types):
        raise ServiceFileError("two credential types share an id or a vct")
    return {kind.id: kind for kind in types}


def _credential_type(
    document: Mapping[str, Any], always: Mapping[str, Bilingual]
) -> CredentialType:
    claims = [_claim_type(entry) for entry in document["claims"]]
    names = [claim.name for claim in claims]
    if len(set(names)) < len(names) or set(names) & set(always):
        raise ServiceFileError(f"{document['id']}: a claim stands twice")
    for claim in claims:
        _check_scope(claim, names, document["id"])
    return CredentialType(
        id=document["id"],
        vct=document["vct"],
        title=parse_text(document["title"]),
        issuer=parse_text(document["issuer"]),
        replaces=parse_text(document["replaces"]),
        never_contains=tuple(parse_text(text) for text in document["never_contains"]),
        claims={claim.name: claim for claim in claims},
        always_disclosed=always,
    )


def _check_scope(claim: ClaimType, names: Sequence[str], kind: str) -> None:
    """What shows a person again says what it was made for, and what a series is for names one."""
    if claim.name in SCOPE_CLAIMS and SCOPE_CLAIMS[claim.name] not in names:
        raise ServiceFileError(f"{kind}: {claim.name} does not say what it was made for")
    if (claim.name == VOTER_CLAIM) != bool(claim.series):
        raise ServiceFileError(f"{kind}: {VOTER_CLAIM}, and nothing else, is of a series")


def _claim_type(document: Mapping[str, Any]) -> ClaimType:
    return ClaimType(
        name=document["name"],
        label=parse_text(document["label"]),
        statement=document.get("statement", ""),
        parameters=document.get("parameters", {}),
        series=document.get("series", ""),
    )
