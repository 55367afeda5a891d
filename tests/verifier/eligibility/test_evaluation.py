from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from verifier.eligibility.errors import FactsError, OutcomeError
from verifier.eligibility.evaluation import (
    Evaluation,
    Finding,
    Outcome,
    evaluate,
    outcome_of,
)
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.predicates import Truth
from verifier.eligibility.wording import Bilingual

FactsMaker = Callable[..., list[VerifiedClaims]]
DAY = timedelta(days=1)
INCOME = "urn:dojang:credential:health-premium:1"
RESIDENCE = "urn:dojang:credential:resident-registration:1"


def codes(evaluation: Evaluation) -> dict[str, str]:
    return {finding.rule_id: finding.code for finding in evaluation.findings}


def results(evaluation: Evaluation, truth: Truth) -> set[str]:
    return {finding.rule_id for finding in evaluation.findings if finding.result is truth}


def judge(policy: PolicyRound, given: list[VerifiedClaims]) -> Evaluation:
    return evaluate(policy, given, policy.round.opens.value)


def test_applicant_who_meets_every_rule_is_eligible(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = judge(policy_2020, facts(policy_2020))
    assert evaluation.outcome is Outcome.ELIGIBLE
    assert [finding.rule_id for finding in evaluation.findings] == [
        "application-period",
        "issued-since-notice",
        "one-person",
        "once",
        "residence",
        "age",
        "schooling",
        "work",
        "income",
    ]


FAILURES = {
    "age": ("resident-registration", {"age_19_to_34": False}),
    "residence": ("resident-registration", {"registered_city": "KR-26"}),
    "schooling": ("school-record", {"left_24_months_before": False}),
    "work": ("employment-insurance", {"no_work_beyond_26_hours_or_3_months": False}),
    "income": ("health-premium", {"income_below_150": False}),
}


@pytest.mark.parametrize("rule_id", FAILURES)
def test_applicant_who_fails_one_rule_is_not_eligible_for_that_rule(
    rule_id: str, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    kind, change = FAILURES[rule_id]
    evaluation = judge(policy_2020, facts(policy_2020, {kind: change}))
    assert evaluation.outcome is Outcome.NOT_ELIGIBLE
    assert results(evaluation, Truth.FAIL) == {rule_id}
    assert results(evaluation, Truth.CANNOT_VERIFY) == set()


def test_income_at_the_boundary_fails_in_2020_and_passes_in_2023(
    policy_2020: PolicyRound, policy_2023: PolicyRound, facts: FactsMaker
) -> None:
    boundary = {"health-premium": {"income_below_150": False, "income_at_most_150": True}}
    assert judge(policy_2020, facts(policy_2020, boundary)).outcome is Outcome.NOT_ELIGIBLE
    assert judge(policy_2023, facts(policy_2023, boundary)).outcome is Outcome.ELIGIBLE


MALFORMED: dict[str, tuple[str, dict[str, Any]]] = {
    "a number for yes": ("age", {"age_19_to_34": 1}),
    "a word for yes": ("age", {"age_19_to_34": "true"}),
    "null for yes": ("age", {"age_19_to_34": None}),
    "a list for yes": ("age", {"age_19_to_34": [True]}),
    "yes for a city": ("residence", {"registered_city": True}),
    "a list of cities": ("residence", {"registered_city": ["KR-11"]}),
}


@pytest.mark.parametrize(("rule_id", "change"), MALFORMED.values(), ids=MALFORMED.keys())
def test_claim_of_another_kind_decides_nothing(
    rule_id: str, change: dict[str, Any], policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = judge(policy_2020, facts(policy_2020, {"resident-registration": change}))
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)[rule_id] == "claim_malformed"
    assert results(evaluation, Truth.CANNOT_VERIFY) == {rule_id}


def test_no_instead_of_yes_for_a_rule_that_expects_no_is_a_failure(
    policy_2023: PolicyRound, facts: FactsMaker
) -> None:
    enrolled = facts(policy_2023, {"school-record": {"enrolled_or_on_leave": True}})
    assert results(judge(policy_2023, enrolled), Truth.FAIL) == {"schooling"}


def test_claim_that_was_not_disclosed_cannot_be_verified(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = judge(
        policy_2020, facts(policy_2020, {"health-premium": {"income_below_150": ...}})
    )
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)["income"] == "claim_not_disclosed"


def test_credential_that_is_missing_cannot_be_verified(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    shown = [entry for entry in facts(policy_2020) if entry.vct != INCOME]
    evaluation = judge(policy_2020, shown)
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)["income"] == "missing"


def test_nothing_shown_is_never_eligible(policy_2020: PolicyRound) -> None:
    evaluation = judge(policy_2020, [])
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert results(evaluation, Truth.PASS) == {"application-period"}


def test_failure_outweighs_what_cannot_be_verified(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    too_old = facts(policy_2020, {"resident-registration": {"age_19_to_34": False}})
    evaluation = judge(policy_2020, [entry for entry in too_old if entry.vct != INCOME])
    assert evaluation.outcome is Outcome.NOT_ELIGIBLE


def test_refused_credential_cannot_be_verified_and_names_the_error(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    shown = [entry for entry in facts(policy_2020) if entry.vct != INCOME]
    refused = {INCOME: "credential.revoked"}
    evaluation = evaluate(policy_2020, shown, date(2020, 3, 30), refused=refused)
    income = next(f for f in evaluation.findings if f.rule_id == "income")
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert income.code == "credential.revoked"
    assert "credential.revoked" in income.reason.ko
    assert "credential.revoked" in income.reason.en


REFUSALS = {
    "a code of an own finding": "holds",
    "an empty code": "",
    "a sentence": "It was revoked",
    "a code with a line feed": "credential.revoked\n",
    "a code beyond the bound": "a" * 120,
}


@pytest.mark.parametrize("code", REFUSALS.values(), ids=REFUSALS.keys())
def test_refusal_is_refused_that_is(code: str, policy_2020: PolicyRound, facts: FactsMaker) -> None:
    shown = [entry for entry in facts(policy_2020) if entry.vct != INCOME]
    with pytest.raises(FactsError, match="stable"):
        evaluate(policy_2020, shown, date(2020, 3, 30), refused={INCOME: code})


def test_credential_both_verified_and_refused_is_refused(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    with pytest.raises(FactsError, match="both"):
        evaluate(policy_2020, facts(policy_2020), date(2020, 3, 30), refused={INCOME: "revoked"})


def test_two_credentials_of_one_type_are_refused(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(policy_2020)
    with pytest.raises(FactsError, match="two"):
        judge(policy_2020, [*given, given[0]])


def test_credential_that_nobody_asked_for_is_refused(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(policy_2020)
    foreign = replace(given[0], vct="urn:dojang:credential:benefit:1")
    with pytest.raises(FactsError, match="not ask"):
        judge(policy_2020, [*given, foreign])
    with pytest.raises(FactsError, match="not ask"):
        evaluate(policy_2020, given, date(2020, 3, 30), refused={foreign.vct: "revoked"})


PERIOD = {
    "a day before it opens": (date(2020, 3, 29), Truth.FAIL),
    "on its first day": (date(2020, 3, 30), Truth.PASS),
    "on its last day": (date(2020, 4, 6), Truth.PASS),
    "a day after it closes": (date(2020, 4, 7), Truth.FAIL),
}


@pytest.mark.parametrize(("on", "result"), PERIOD.values(), ids=PERIOD.keys())
def test_application_period(
    on: date, result: Truth, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    shifted = {kind.id: {"reference_date": on.isoformat()} for kind in policy_2020.credentials}
    late = datetime(2020, 4, 10, tzinfo=UTC)
    evaluation = evaluate(policy_2020, facts(policy_2020, shifted, issued_at=late), on)
    assert evaluation.findings[0].result is result
    expected = Outcome.ELIGIBLE if result is Truth.PASS else Outcome.NOT_ELIGIBLE
    assert evaluation.outcome is expected


# The notice of 2020 is of 16 March: midnight in Seoul is 15:00 of the day before in UTC.
FRESHNESS = {
    "a second before the day of the notice": (datetime(2020, 3, 15, 14, 59, 59, tzinfo=UTC), False),
    "with the first second of that day": (datetime(2020, 3, 15, 15, tzinfo=UTC), True),
}


@pytest.mark.parametrize(("issued_at", "fresh"), FRESHNESS.values(), ids=FRESHNESS.keys())
def test_credential_is_fresh_if_issued_since_the_day_of_the_notice(
    issued_at: datetime, *, fresh: bool, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(policy_2020, issued_at=issued_at)
    finding = judge(policy_2020, given).findings[1]
    assert finding.rule_id == "issued-since-notice"
    assert finding.result is (Truth.PASS if fresh else Truth.CANNOT_VERIFY)
    because = "attested_in_advance" if fresh else "issued_before_notice"
    assert codes(judge(policy_2020, given))["age"] == because


def test_one_stale_credential_decides_nothing_about_its_own_rules(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    too_old = facts(policy_2020, {"resident-registration": {"age_19_to_34": False}})
    stale = [
        replace(entry, issued_at=datetime(2020, 3, 1, tzinfo=UTC))
        if entry.vct == RESIDENCE
        else entry
        for entry in too_old
    ]
    evaluation = judge(policy_2020, stale)
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert results(evaluation, Truth.CANNOT_VERIFY) == {"issued-since-notice", "residence", "age"}


@pytest.mark.parametrize("shift", [-DAY, DAY], ids=["the day before", "the day after"])
def test_credential_for_another_day_decides_nothing(
    shift: timedelta, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    other = (policy_2020.round.opens.value + shift).isoformat()
    change = {"health-premium": {"reference_date": other, "income_below_150": False}}
    evaluation = judge(policy_2020, facts(policy_2020, change))
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)["income"] == "other_reference_date"


@pytest.mark.parametrize("value", [..., None, 20200330, "2020-3-30", "2020-03-30T00:00:00Z"])
def test_credential_without_a_proper_reference_date_decides_nothing(
    value: object, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = judge(
        policy_2020, facts(policy_2020, {"health-premium": {"reference_date": value}})
    )
    assert codes(evaluation)["income"] == "other_reference_date"


ADVANCE = {
    "a second before the application date": (datetime(2020, 3, 29, 14, 59, 59, tzinfo=UTC), False),
    "with its first second": (datetime(2020, 3, 29, 15, tzinfo=UTC), True),
    "years later": (datetime(2026, 11, 20, tzinfo=UTC), True),
}


@pytest.mark.parametrize(("issued_at", "accepted"), ADVANCE.values(), ids=ADVANCE.keys())
def test_application_date_cannot_be_attested_before_it_begins(
    issued_at: datetime, *, accepted: bool, policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = judge(policy_2020, facts(policy_2020, issued_at=issued_at))
    assert (evaluation.outcome is Outcome.ELIGIBLE) is accepted
    assert codes(evaluation)["age"] == ("holds" if accepted else "attested_in_advance")


def test_claims_beyond_the_rules_change_nothing(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    excess = facts(policy_2020, {"health-premium": {"premium_band": 20, "name": "x"}})
    assert judge(policy_2020, excess) == judge(policy_2020, facts(policy_2020))


def test_order_of_the_facts_changes_nothing(policy_2020: PolicyRound, facts: FactsMaker) -> None:
    given = facts(policy_2020)
    assert judge(policy_2020, given[::-1]) == judge(policy_2020, given)


def test_every_finding_has_both_languages_and_a_source(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    for given in (facts(policy_2020), []):
        for finding in judge(policy_2020, given).findings:
            texts = [finding.requirement, finding.reason, *finding.sources]
            assert finding.sources
            assert all(text.ko.strip() and text.en.strip() for text in texts)


def finding_of(result: Truth) -> Finding:
    text = Bilingual("가", "a")
    return Finding("age", "age_between", result, "holds", text, text, (text,))


OUTCOMES = {
    (Truth.PASS, Truth.PASS): Outcome.ELIGIBLE,
    (Truth.PASS, Truth.CANNOT_VERIFY): Outcome.CANNOT_VERIFY,
    (Truth.CANNOT_VERIFY, Truth.CANNOT_VERIFY): Outcome.CANNOT_VERIFY,
    (Truth.PASS, Truth.FAIL): Outcome.NOT_ELIGIBLE,
    (Truth.FAIL, Truth.CANNOT_VERIFY): Outcome.NOT_ELIGIBLE,
    (Truth.FAIL, Truth.FAIL): Outcome.NOT_ELIGIBLE,
}


@pytest.mark.parametrize("pair", OUTCOMES, ids=str)
def test_outcome_of_two_findings_in_either_order(pair: tuple[Truth, Truth]) -> None:
    one, other = (finding_of(result) for result in pair)
    assert outcome_of([one, other]) is outcome_of([other, one]) is OUTCOMES[pair]


def test_outcome_table_covers_every_pair() -> None:
    pairs = {frozenset(pair) for pair in product(Truth, Truth)}
    assert {frozenset(pair) for pair in OUTCOMES} == pairs


def test_outcome_of_no_findings_is_refused() -> None:
    with pytest.raises(OutcomeError):
        outcome_of([])


@hypothesis.given(st.lists(st.sampled_from(list(Truth)), min_size=1))
def test_eligible_means_that_every_finding_passed(truths: list[Truth]) -> None:
    outcome = outcome_of([finding_of(truth) for truth in truths])
    assert (outcome is Outcome.ELIGIBLE) is (set(truths) == {Truth.PASS})
    assert (outcome is Outcome.NOT_ELIGIBLE) is (Truth.FAIL in truths)
