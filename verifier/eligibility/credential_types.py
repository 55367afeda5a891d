"""Kinds of credential: who issues one, every claim it can carry, what each claim attests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from verifier.eligibility.errors import ServiceFileError
from verifier.eligibility.schema import CREDENTIAL_TYPES, ServiceSchema
from verifier.eligibility.sourcing import parse_text
from verifier.eligibility.wording import Bilingual

PERSON_CLAIM: Final = "person"
REFERENCE_DATE_CLAIM: Final = "reference_date"


@dataclass(frozen=True, slots=True)
class ClaimType:
    """A selectively disclosable claim.

    Attributes:
        statement: the named statement that it attests, empty for ``person``.
        parameters: the statement's parameters, as in ``{"minimum": 19, "maximum": 34}``.
    """

    name: str
    label: Bilingual
    statement: str
    parameters: Mapping[str, int]


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
            the name of an always disclosed one, or no reference date is always disclosed.
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


def _claim_type(document: Mapping[str, Any]) -> ClaimType:
    return ClaimType(
        name=document["name"],
        label=parse_text(document["label"]),
        statement=document.get("statement", ""),
        parameters=document.get("parameters", {}),
    )
