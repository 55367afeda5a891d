"""Cases beside a service's rules: synthetic applicants and what must become of them.

A case goes the whole way: register entries are attested as issuers would, only what the plan asks
for is disclosed, and the round's rules are applied. Cases stand just below and just above every
threshold, so that a changed value changes a named case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from contracts.evidence.encoding import Json
from verifier.eligibility.attestation import (
    AgreementEntry,
    BenefitEntry,
    DeliveryEntry,
    IncomeEntry,
    InsuredJob,
    ProgrammeEntry,
    RegisterEntry,
    ResidentEntry,
    SchoolEntry,
    WorkEntry,
    attest,
)
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.credential_types import (
    PERSON_CLAIM,
    REFERENCE_DATE_CLAIM,
    SCOPE_CLAIMS,
    VOTER_CLAIM,
    CredentialType,
)
from verifier.eligibility.disclosure import PlannedCredential, plan
from verifier.eligibility.errors import ServiceFileError
from verifier.eligibility.evaluation import Evaluation, Outcome, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.median_income import MedianIncome
from verifier.eligibility.predicates import Truth
from verifier.eligibility.pseudonym import voter_value
from verifier.eligibility.schema import CASES, Document, ServiceSchema
from verifier.eligibility.sourcing import parse_day

_REGISTERS: Final = (
    "resident",
    "school",
    "work",
    "income",
    "benefit",
    "programme",
    "agreement",
    "delivery",
)
_SERIES_SECRET: Final = bytes(32)
_ONE_KEY: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Case:
    """A synthetic applicant in one round on one day.

    Attributes:
        registers: what each issuer's register holds, by the register's name.
        without: ids of credential types that the applicant does not show.
        because: the rules that fail, or, in a case that cannot be verified, that are unverified.
    """

    name: str
    round_id: str
    on: date
    registers: Mapping[str, Document]
    without: frozenset[str]
    outcome: Outcome
    because: frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and what the rules made of it."""

    case: Case
    evaluation: Evaluation

    @property
    def because(self) -> frozenset[str]:
        """The rules behind an outcome other than eligible."""
        decisive = (
            Truth.FAIL if self.evaluation.outcome is Outcome.NOT_ELIGIBLE else Truth.CANNOT_VERIFY
        )
        return frozenset(f.rule_id for f in self.evaluation.findings if f.result is decisive)

    @property
    def as_expected(self) -> bool:
        """Whether the outcome and the rules behind it are the ones that the case names."""
        return self.evaluation.outcome is self.case.outcome and self.because == self.case.because


def parse_cases(data: bytes, schema: ServiceSchema) -> tuple[Case, ...]:
    """Read a ``<service-id>.cases.yaml``.

    Raises:
        ServiceFileError: the file is malformed, a name stands twice, or an applicant is incomplete.
    """
    document = schema.read(data, CASES)
    cases = tuple(_case(entry, document["applicant"]) for entry in document["cases"])
    if len({case.name for case in cases}) < len(cases):
        raise ServiceFileError("two cases share a name")
    return cases


def run_case(case: Case, service_id: str, catalogue: Catalogue) -> CaseResult:
    """Attest, disclose what is asked, and evaluate.

    Raises:
        EligibilityError: the case names an unknown round, or nothing can be attested for it.
    """
    policy = catalogue.policy(service_id, case.round_id)
    facts = [
        _disclosed(entry, case, service_id, catalogue.median_income)
        for entry in plan(policy).credentials
        if entry.credential.id not in case.without
    ]
    return CaseResult(case, evaluate(policy, facts, case.on))


def attest_case(
    kind: CredentialType, case: Case, service_id: str, median_income: MedianIncome
) -> dict[str, Json]:
    """All claims that the issuer of a credential type attests for a case's applicant.

    Raises:
        EligibilityError: nothing can be attested, or the case lacks what the register holds.
    """
    attested = attest(kind, register_entry(kind.id, case, median_income), case.on)
    return attested | _pseudonyms(kind, case, service_id)


def _disclosed(
    entry: PlannedCredential, case: Case, service_id: str, median_income: MedianIncome
) -> VerifiedClaims:
    kind = entry.credential
    attested = attest_case(kind, case, service_id, median_income)
    asked = {REFERENCE_DATE_CLAIM, *(planned.claim.name for planned in entry.claims)}
    return VerifiedClaims(
        vct=kind.vct,
        issuer=f"urn:dojang:synthetic:{kind.id}",
        claims={name: value for name, value in attested.items() if name in asked},
        issued_at=datetime(case.on.year, case.on.month, case.on.day, 1, tzinfo=UTC),
        holder_key=_ONE_KEY,
    )


def _pseudonyms(kind: CredentialType, case: Case, service_id: str) -> dict[str, Json]:
    """As issuers would make them, of a secret that is none: the applicants are invented."""
    scopes = {name: claim.series or service_id for name, claim in kind.claims.items()}
    value = voter_value(_SERIES_SECRET, case.name.encode())
    made: dict[str, Json] = {}
    for name in (PERSON_CLAIM, VOTER_CLAIM):
        if name in kind.claims:
            made |= {name: value, SCOPE_CLAIMS[name]: scopes[name]}
    return made


def _case(document: Document, applicant: Document) -> Case:
    changes = document.get("but", {})
    registers = {name: {**applicant.get(name, {}), **changes.get(name, {})} for name in _REGISTERS}
    return Case(
        name=document["name"],
        round_id=document["round"],
        on=parse_day(document["on"]),
        registers=registers,
        without=frozenset(document.get("without", ())),
        outcome=Outcome(document["outcome"]),
        because=frozenset(document.get("because", ())),
    )


def register_entry(type_id: str, case: Case, median_income: MedianIncome) -> RegisterEntry:
    """What the register behind a credential type holds of a case's applicant.

    Raises:
        ServiceFileError: the case lacks it.
    """
    try:
        return _entry(type_id, case.registers, median_income, case.on)
    except KeyError as error:
        raise ServiceFileError(f"case {case.name!r} lacks {error}") from error


def _entry(
    type_id: str, registers: Mapping[str, Document], median_income: MedianIncome, on: date
) -> RegisterEntry:
    match type_id:
        case "school-record":
            return SchoolEntry(_day_or_none(registers["school"]["left_on"], "still-enrolled"))
        case "employment-insurance":
            return WorkEntry(tuple(_job(job) for job in registers["work"]["jobs"]))
        case "health-premium":
            return _income(registers["income"], median_income, on)
        case "programme-record":
            record = registers["programme"]
            return ProgrammeEntry(record["in_similar_programme"], record["former_recipient"])
        case _:
            return _district_entry(type_id, registers)


def _district_entry(type_id: str, registers: Mapping[str, Document]) -> RegisterEntry:
    match type_id:
        case "resident-registration" | "voter":
            return _resident(registers["resident"])
        case "benefit":
            benefit = registers["benefit"]
            return BenefitEntry(benefit["basic_livelihood"], benefit["near_poor"])
        case "bulk-agreement":
            return _agreement(registers["agreement"])
        case "delivery-entitlement":
            delivery = registers["delivery"]
            birth_date = parse_day(registers["resident"]["birth_date"])
            return DeliveryEntry(birth_date, delivery["disabled"], delivery["pregnant"])
        case _:
            raise ServiceFileError(f"no register stands behind {type_id}")


def _resident(document: Document) -> ResidentEntry:
    return ResidentEntry(
        parse_day(document["birth_date"]),
        document["city"],
        document["district"],
        document["household_size"],
    )


def _agreement(document: Document) -> AgreementEntry:
    return AgreementEntry(
        parse_day(document["first_day"]),
        parse_day(document["last_day"]),
        document["copies_a_day"],
        document["desk"] == "district",
    )


def _income(document: Document, median_income: MedianIncome, on: date) -> IncomeEntry:
    median = median_income.on(on).of_household(document["household_size"])
    return IncomeEntry(document["household_won"], median, document["premium_band"])


def _job(document: Mapping[str, Any]) -> InsuredJob:
    return InsuredJob(
        document["weekly_minutes"],
        parse_day(document["first_day"]),
        _day_or_none(document["last_day"], "open-ended"),
    )


def _day_or_none(text: str, none: str) -> date | None:
    return None if text == none else parse_day(text)
