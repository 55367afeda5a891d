"""The issuer's side: from a register entry to the claims attested for one day.

This is the only place that sees a birth date, a wage or an income. What leaves it is the claims
of a credential type, most of them yes or no; the deciding agency sees those it asks for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from contracts.evidence.encoding import Json
from verifier.eligibility.credential_types import (
    REFERENCE_DATE_CLAIM,
    ClaimType,
    CredentialType,
)
from verifier.eligibility.dates import full_years, last_day_of_months, months_later
from verifier.eligibility.errors import AttestationError
from verifier.eligibility.pseudonym import DERIVED_CLAIMS

_MINUTES_AN_HOUR: Final = 60
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class ResidentEntry:
    """A district office's register on the reference date; ``city`` by ISO 3166-2."""

    birth_date: date
    city: str
    district: str
    household_size: int


@dataclass(frozen=True, slots=True)
class SchoolEntry:
    """The last school; ``left_on`` is None while enrolled or on leave."""

    left_on: date | None


@dataclass(frozen=True, slots=True)
class InsuredJob:
    """One insured employment; ``last_day`` is None for a contract without an end.

    Raises:
        AttestationError: negative working time, or a last day before the first.
    """

    weekly_minutes: int
    first_day: date
    last_day: date | None

    def __post_init__(self) -> None:
        if self.weekly_minutes < 0:
            raise AttestationError("working time is not negative")
        if self.last_day is not None and self.last_day < self.first_day:
            raise AttestationError("an employment ends before it begins")


@dataclass(frozen=True, slots=True)
class WorkEntry:
    """All insured employments of a person, past ones included."""

    jobs: tuple[InsuredJob, ...]


@dataclass(frozen=True, slots=True)
class IncomeEntry:
    """Household income in won a month, with the median of a household of that size."""

    household_won: int
    median_won: int
    premium_band: int


@dataclass(frozen=True, slots=True)
class BenefitEntry:
    """Benefits that a district office grants."""

    basic_livelihood: bool
    near_poor: bool


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """Participation that the youth programmes office knows of."""

    in_similar_programme: bool
    former_recipient: bool


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """A district's agreement (MOU) with a firm on bulk issuance; both days belong to it."""

    first_day: date
    last_day: date
    copies_a_day: int
    at_district_desk: bool


@dataclass(frozen=True, slots=True)
class DeliveryEntry:
    """What a district office knows of somebody who may have documents brought home.

    ``restricted``: the register restricts who may get this person's documents, for instance to
    protect a victim of domestic violence (주민등록법 제29조). Then nothing is attested, and an
    officer decides.
    """

    birth_date: date
    disabled: bool
    pregnant: bool
    restricted: bool = False


RegisterEntry: TypeAlias = (
    ResidentEntry
    | SchoolEntry
    | WorkEntry
    | IncomeEntry
    | BenefitEntry
    | ProgrammeEntry
    | AgreementEntry
    | DeliveryEntry
)


def attest(kind: CredentialType, entry: RegisterEntry, on: date) -> dict[str, Json]:
    """The claims of a credential of one kind for a register entry, as of a day.

    Args:
        kind: the credential type; every claim with a statement is attested.
        entry: what the issuer's register holds on ``on``.
        on: the reference date, a Korean calendar day.

    Returns:
        ``reference_date`` and all attested claims by name. Without ``person`` and ``voter``, which
        the register port derives (``pseudonym.py``), and without the claims that the credential
        format adds.

    Raises:
        AttestationError: a statement is unknown or cannot be made from this entry.
    """
    claims: dict[str, Json] = {REFERENCE_DATE_CLAIM: on.isoformat()}
    for claim in kind.claims.values():
        if claim.name not in DERIVED_CLAIMS:
            claims[claim.name] = _attest_claim(claim, entry, on)
    return claims


def attest_age_between(birth_date: date, on: date, minimum: int, maximum: int) -> bool:
    """Whether the age in full years on a day lies within two bounds, both included.

    Raises:
        AttestationError: the day lies before the birth.
    """
    return minimum <= full_years(birth_date, on) <= maximum


def attest_age_at_least(birth_date: date, on: date, minimum: int) -> bool:
    """Whether the age in full years on a day is at least a bound.

    Raises:
        AttestationError: the day lies before the birth.
    """
    return full_years(birth_date, on) >= minimum


def attest_disabled_aged_or_pregnant(entry: DeliveryEntry, on: date, minimum: int) -> bool:
    """Any of three, without saying which: sensitive data never leaves the register.

    Raises:
        AttestationError: the register restricts delivery to this person.
    """
    if entry.restricted:
        raise AttestationError("delivery is restricted, an officer decides")
    aged = attest_age_at_least(entry.birth_date, on, minimum)
    return entry.disabled or entry.pregnant or aged


def attest_school_left(left_on: date | None, on: date, months: int) -> bool:
    """Whether the last school was left at least ``months`` months before a day."""
    return left_on is not None and months_later(left_on, months) <= on


def attest_enrolled(left_on: date | None, on: date) -> bool:
    """Whether somebody is enrolled or on leave on a day; not any more on the day of leaving."""
    return left_on is None or on < left_on


def attest_insured(jobs: tuple[InsuredJob, ...], on: date) -> bool:
    """Whether an employment insurance is active on a day; the last day of work still counts."""
    return bool(_active(jobs, on))


def attest_weekly_hours(jobs: tuple[InsuredJob, ...], on: date, hours: int) -> bool:
    """Whether all employments of a day together take at most so many hours a week.

    That several jobs are added up is an assumption: the notices say nothing of them.
    """
    total = sum(job.weekly_minutes for job in _active(jobs, on))
    return total <= hours * _MINUTES_AN_HOUR


def attest_contract(jobs: tuple[InsuredJob, ...], on: date, months: int) -> bool:
    """Whether every employment of a day has a contract of at most so many months.

    True also without any employment, as for the hours.
    """
    return all(
        job.last_day is not None and job.last_day <= last_day_of_months(job.first_day, months)
        for job in _active(jobs, on)
    )


def attest_no_work_beyond(jobs: tuple[InsuredJob, ...], on: date, hours: int, months: int) -> bool:
    """Not insured, or few hours, or a short contract, without saying which."""
    return attest_weekly_hours(jobs, on, hours) or attest_contract(jobs, on, months)


def attest_income_below(household_won: int, median_won: int, percent: int) -> bool:
    """Whether an income is strictly below a percentage of the median, in whole won.

    Raises:
        AttestationError: a negative income, or no positive median.
    """
    _require_amounts(household_won, median_won)
    return household_won * _PERCENT < median_won * percent


def attest_income_at_most(household_won: int, median_won: int, percent: int) -> bool:
    """Whether an income is at most a percentage of the median, in whole won.

    Raises:
        AttestationError: a negative income, or no positive median.
    """
    _require_amounts(household_won, median_won)
    return household_won * _PERCENT <= median_won * percent


def _require_amounts(household_won: int, median_won: int) -> None:
    if household_won < 0 or median_won <= 0:
        raise AttestationError("an income is not negative, and a median is positive")


def _active(jobs: tuple[InsuredJob, ...], on: date) -> list[InsuredJob]:
    return [
        job for job in jobs if job.first_day <= on and (job.last_day is None or on <= job.last_day)
    ]


def _attest_claim(claim: ClaimType, entry: RegisterEntry, on: date) -> Json:
    statements = _statements(entry, on)
    if claim.statement not in statements:
        raise AttestationError(
            f"{type(entry).__name__} does not show {claim.statement or claim.name}"
        )
    return statements[claim.statement](claim.parameters)


_Statements: TypeAlias = Mapping[str, Callable[[Mapping[str, int]], Json]]


def _statements(entry: RegisterEntry, on: date) -> _Statements:
    """What a register entry can show, by the name of the statement."""
    match entry:
        case ResidentEntry() | AgreementEntry() | DeliveryEntry() | BenefitEntry():
            return _of_district(entry, on)
        case SchoolEntry():
            return _of_school(entry, on)
        case WorkEntry():
            return _of_work(entry, on)
        case IncomeEntry():
            return _of_income(entry)
        case ProgrammeEntry():
            return _of_programme(entry)


def _of_district(
    entry: ResidentEntry | AgreementEntry | DeliveryEntry | BenefitEntry, on: date
) -> _Statements:
    match entry:
        case ResidentEntry():
            return _of_resident(entry, on)
        case AgreementEntry():
            return _of_agreement(entry, on)
        case DeliveryEntry():
            return _of_delivery(entry, on)
        case BenefitEntry():
            return _of_benefit(entry)


def _of_resident(entry: ResidentEntry, on: date) -> _Statements:
    return {
        "registered_city": lambda _: entry.city,
        "registered_district": lambda _: entry.district,
        "household_size": lambda _: entry.household_size,
        "age_between": lambda p: attest_age_between(
            entry.birth_date, on, p["minimum"], p["maximum"]
        ),
        "age_at_least": lambda p: attest_age_at_least(entry.birth_date, on, p["minimum"]),
    }


def _of_school(entry: SchoolEntry, on: date) -> _Statements:
    return {
        "school_left_at_least": lambda p: attest_school_left(entry.left_on, on, p["months"]),
        "enrolled_or_on_leave": lambda _: attest_enrolled(entry.left_on, on),
    }


def _of_work(entry: WorkEntry, on: date) -> _Statements:
    jobs = entry.jobs
    return {
        "insured": lambda _: attest_insured(jobs, on),
        "weekly_hours_at_most": lambda p: attest_weekly_hours(jobs, on, p["weekly_hours"]),
        "contract_at_most": lambda p: attest_contract(jobs, on, p["contract_months"]),
        "no_work_beyond": lambda p: attest_no_work_beyond(
            jobs, on, p["weekly_hours"], p["contract_months"]
        ),
    }


def _of_income(entry: IncomeEntry) -> _Statements:
    household, median = entry.household_won, entry.median_won
    return {
        "income_below": lambda p: attest_income_below(household, median, p["percent"]),
        "income_at_most": lambda p: attest_income_at_most(household, median, p["percent"]),
        "premium_band": lambda _: entry.premium_band,
    }


def _of_benefit(entry: BenefitEntry) -> _Statements:
    return {
        "basic_livelihood": lambda _: entry.basic_livelihood,
        "near_poor": lambda _: entry.near_poor,
        "no_basic_livelihood_or_near_poor": lambda _: (
            not (entry.basic_livelihood or entry.near_poor)
        ),
    }


def _of_programme(entry: ProgrammeEntry) -> _Statements:
    return {
        "in_similar_programme": lambda _: entry.in_similar_programme,
        "former_recipient": lambda _: entry.former_recipient,
    }


def _of_agreement(entry: AgreementEntry, on: date) -> _Statements:
    return {
        "agreement_in_force": lambda _: entry.first_day <= on <= entry.last_day,
        "agreed_copies_at_least": lambda p: entry.copies_a_day >= p["copies"],
        "agreed_at_district_desk": lambda _: entry.at_district_desk,
    }


def _of_delivery(entry: DeliveryEntry, on: date) -> _Statements:
    return {
        "disabled_aged_or_pregnant": lambda p: attest_disabled_aged_or_pregnant(
            entry, on, p["minimum"]
        ),
    }
