from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    attest_age_between,
    attest_contract,
    attest_enrolled,
    attest_income_at_most,
    attest_income_below,
    attest_insured,
    attest_no_work_beyond,
    attest_school_left,
    attest_weekly_hours,
)
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.errors import AttestationError
from verifier.eligibility.pseudonym import DERIVED_CLAIMS

ON = date(2020, 3, 30)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("born", "attested"),
    [
        (date(2001, 3, 31), False),
        (date(2001, 3, 30), True),
        (date(2001, 3, 29), True),
        (date(1985, 4, 1), True),
        (date(1985, 3, 31), True),
        (date(1985, 3, 30), False),
    ],
    ids=str,
)
def test_age_from_19_to_34_is_attested_one_day_each_side(born: date, *, attested: bool) -> None:
    assert attest_age_between(born, ON, 19, 34) is attested


@pytest.mark.parametrize(
    ("left_on", "attested"),
    [(date(2018, 3, 29), True), (date(2018, 3, 30), True), (date(2018, 3, 31), False)],
    ids=str,
)
def test_school_left_24_months_before_is_attested_one_day_each_side(
    left_on: date, *, attested: bool
) -> None:
    assert attest_school_left(left_on, ON, 24) is attested


def test_school_left_is_never_attested_of_somebody_enrolled() -> None:
    assert attest_school_left(None, ON, 0) is False


@pytest.mark.parametrize(
    ("left_on", "enrolled"),
    [(None, True), (ON + DAY, True), (ON, False), (ON - DAY, False)],
    ids=str,
)
def test_enrolled_or_on_leave_ends_on_the_day_of_leaving(
    left_on: date | None, *, enrolled: bool
) -> None:
    assert attest_enrolled(left_on, ON) is enrolled


def job(minutes: int, first: date = date(2019, 1, 1), last: date | None = None) -> InsuredJob:
    return InsuredJob(minutes, first, last)


@pytest.mark.parametrize(
    ("last_day", "insured"),
    [(ON - DAY, False), (ON, True), (ON + DAY, True), (None, True)],
    ids=str,
)
def test_insurance_is_active_through_the_last_day(last_day: date | None, *, insured: bool) -> None:
    assert attest_insured((job(2400, last=last_day),), ON) is insured


def test_insurance_is_not_active_before_the_first_day() -> None:
    assert attest_insured((job(2400, first=ON + DAY),), ON) is False
    assert attest_insured((job(2400, first=ON),), ON) is True


@pytest.mark.parametrize("hours", [26, 30])
def test_weekly_hours_are_attested_one_minute_each_side(hours: int) -> None:
    assert attest_weekly_hours((job(hours * 60),), ON, hours)
    assert not attest_weekly_hours((job(hours * 60 + 1),), ON, hours)


def test_weekly_hours_of_several_jobs_are_added_up() -> None:
    assert attest_weekly_hours((job(900), job(900)), ON, 30)
    assert not attest_weekly_hours((job(900), job(901)), ON, 30)


def test_weekly_hours_of_a_past_job_do_not_count() -> None:
    assert attest_weekly_hours((job(1800), job(2400, last=ON - DAY)), ON, 30)


@pytest.mark.parametrize(
    ("last", "attested"),
    [(date(2020, 4, 29), True), (date(2020, 4, 30), True), (date(2020, 5, 1), False)],
    ids=str,
)
def test_contract_of_three_months_is_attested_one_day_each_side(
    last: date, *, attested: bool
) -> None:
    assert attest_contract((job(2400, date(2020, 2, 1), last),), ON, 3) is attested


def test_contract_without_end_is_not_short() -> None:
    assert not attest_contract((job(2400, first=ON),), ON, 3)


def test_one_long_contract_beside_a_short_one_is_not_short() -> None:
    short = job(1200, date(2020, 3, 1), date(2020, 4, 1))
    assert attest_contract((short,), ON, 3)
    assert not attest_contract((short, job(1200)), ON, 3)


@pytest.mark.parametrize(
    ("jobs", "attested"),
    [
        ((), True),
        ((job(1800),), True),
        ((job(1801),), False),
        ((job(2400, date(2020, 2, 1), date(2020, 4, 30)),), True),
        ((job(2400, date(2020, 2, 1), date(2020, 5, 1)),), False),
    ],
    ids=["not insured", "30 hours", "30 hours and a minute", "3 months", "3 months and a day"],
)
def test_no_work_beyond_holds_for_any_of_three_reasons(
    jobs: tuple[InsuredJob, ...], *, attested: bool
) -> None:
    assert attest_no_work_beyond(jobs, ON, 30, 3) is attested


def test_employment_that_ends_before_it_begins_is_refused() -> None:
    assert job(60, ON, ON).last_day == ON
    with pytest.raises(AttestationError):
        job(60, ON, ON - DAY)


def test_negative_working_time_is_refused() -> None:
    with pytest.raises(AttestationError):
        job(-1)


# 150 % of the median of 2026 by size of household, worked out by hand; odd sums end in half a won.
BOUNDARIES = {
    1: "3846357",
    2: "6298938",
    3: "8038554",
    4: "9742107",
    5: "11335078.5",
    6: "12833928",
}


@pytest.mark.parametrize("size", BOUNDARIES)
def test_income_is_attested_one_won_each_side_of_150_percent(
    size: int, catalogue: Catalogue
) -> None:
    median = catalogue.median_income.on(date(2026, 3, 1)).of_household(size)
    whole, _, half = BOUNDARIES[size].partition(".")
    boundary = int(whole)
    assert attest_income_below(boundary - 1, median, 150)
    assert attest_income_below(boundary, median, 150) is bool(half)
    assert attest_income_at_most(boundary, median, 150)
    assert not attest_income_at_most(boundary + 1, median, 150)


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 1000))
def test_below_and_at_most_differ_exactly_at_the_boundary(
    won: int, median: int, percent: int
) -> None:
    differ = attest_income_below(won, median, percent) != attest_income_at_most(
        won, median, percent
    )
    assert differ is (won * 100 == median * percent)


@given(st.integers(1, 10**8), st.integers(1, 300))
def test_income_at_the_exact_boundary_is_at_most_and_not_below(half: int, percent: int) -> None:
    median, won = half * 100, half * percent
    assert attest_income_at_most(won, median, percent)
    assert not attest_income_below(won, median, percent)


@pytest.mark.parametrize(("won", "median"), [(-1, 100), (0, 0), (0, -5)])
def test_impossible_amounts_are_refused(won: int, median: int) -> None:
    for attested in (attest_income_below, attest_income_at_most):
        with pytest.raises(AttestationError):
            attested(won, median, 150)


ENTRIES: dict[str, RegisterEntry] = {
    "resident-registration": ResidentEntry(date(1995, 5, 5), "KR-11", "종로구", 3),
    "school-record": SchoolEntry(date(2016, 2, 20)),
    "employment-insurance": WorkEntry((job(27 * 60),)),
    "health-premium": IncomeEntry(3846357, 2564238, 7),
    "benefit": BenefitEntry(basic_livelihood=False, near_poor=True),
    "programme-record": ProgrammeEntry(in_similar_programme=False, former_recipient=True),
    "voter": ResidentEntry(date(1995, 5, 5), "KR-11", "종로구", 3),
    "bulk-agreement": AgreementEntry(ON, ON, 99, at_district_desk=True),
    "delivery-entitlement": DeliveryEntry(date(1995, 5, 5), disabled=False, pregnant=True),
}

ATTESTED: dict[str, dict[str, bool | int | str]] = {
    "resident-registration": {
        "registered_city": "KR-11",
        "registered_district": "종로구",
        "household_size": 3,
        "age_19_to_34": True,
    },
    "school-record": {"left_24_months_before": True, "enrolled_or_on_leave": False},
    "employment-insurance": {
        "insured_now": True,
        "weekly_hours_at_most_26": False,
        "weekly_hours_at_most_30": True,
        "contract_at_most_3_months": False,
        "no_work_beyond_26_hours_or_3_months": False,
        "no_work_beyond_30_hours_or_3_months": True,
    },
    "health-premium": {"income_below_150": False, "income_at_most_150": True, "premium_band": 7},
    "benefit": {
        "basic_livelihood": False,
        "near_poor": True,
        "no_basic_livelihood_or_near_poor": False,
    },
    "programme-record": {"in_similar_programme": False, "former_recipient": True},
    "voter": {"registered_city": "KR-11", "age_14_or_over": True},
    "bulk-agreement": {
        "agreement_in_force": True,
        "copies_100_a_day": False,
        "at_district_desk": True,
    },
    "delivery-entitlement": {"disabled_70_or_over_or_pregnant": True},
}


@pytest.mark.parametrize("type_id", ATTESTED)
def test_claims_of_a_register_entry_are_exactly_those_of_the_type(
    type_id: str, catalogue: Catalogue
) -> None:
    kind = catalogue.credential_types[type_id]
    claims = attest(kind, ENTRIES[type_id], ON)
    assert claims == {"reference_date": "2020-03-30", **ATTESTED[type_id]}
    derived = DERIVED_CLAIMS & kind.claims.keys()
    assert {*claims, *derived} == {*kind.claims, "reference_date"}


def test_every_credential_type_can_be_attested(catalogue: Catalogue) -> None:
    assert ENTRIES.keys() == catalogue.credential_types.keys()


def test_no_claim_shows_the_birth_date_or_an_amount(catalogue: Catalogue) -> None:
    for type_id, entry in ENTRIES.items():
        attested = attest(catalogue.credential_types[type_id], entry, ON).values()
        assert not {"1995-05-05", 3846357, 2564238, 27 * 60} & {
            value for value in attested if isinstance(value, str | int)
        }


def test_nothing_is_attested_for_delivery_to_a_restricted_subject(catalogue: Catalogue) -> None:
    kind = catalogue.credential_types["delivery-entitlement"]
    entry = DeliveryEntry(date(1940, 1, 1), disabled=True, pregnant=False)
    assert attest(kind, entry, ON)["disabled_70_or_over_or_pregnant"] is True
    with pytest.raises(AttestationError):
        attest(kind, replace(entry, restricted=True), ON)


def test_entry_of_another_register_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(AttestationError, match="SchoolEntry"):
        attest(catalogue.credential_types["health-premium"], SchoolEntry(None), ON)
