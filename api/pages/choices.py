"""What can be chosen where credentials are handed over: credential types, and services."""

from dataclasses import dataclass

from api.openid.counter import Counter
from api.openid.issuing_agencies import issuing_agencies
from api.ports.means import Means
from verifier.eligibility.wording import Bilingual


@dataclass(frozen=True, slots=True)
class Choice:
    """A credential type that can be handed over here."""

    value: str
    title: Bilingual
    issuer: Bilingual
    enrolled: bool


def choices_at(counter: Counter) -> list[Choice]:
    """All types of all agencies, by the agency's id."""
    return [
        Choice(f"{seen.agency.id}/{kind.id}", kind.title, seen.agency.title, seen.enrolled)
        for seen in issuing_agencies(counter)
        for kind in seen.agency.types.values()
    ]


def services_of(means: Means) -> list[tuple[str, Bilingual]]:
    """Services by id, with their titles."""
    catalogue = means.catalogue
    return [(name, catalogue.service(name).title) for name in sorted(catalogue.services)]
