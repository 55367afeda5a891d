from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from contracts.evidence.encoding import b64u_encode
from verifier.eligibility.evaluation import Evaluation, Outcome, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound, SamePersonProof
from verifier.eligibility.predicates import Truth
from verifier.eligibility.sourcing import Sourced

FactsMaker = Callable[..., list[VerifiedClaims]]
PERSON = b64u_encode(bytes(range(32)))
OTHER_PERSON = b64u_encode(bytes(range(1, 33)))


def codes(evaluation: Evaluation) -> dict[str, str]:
    return {finding.rule_id: finding.code for finding in evaluation.findings}


def results(evaluation: Evaluation, truth: Truth) -> set[str]:
    return {finding.rule_id for finding in evaluation.findings if finding.result is truth}


def judge(policy: PolicyRound, given: list[VerifiedClaims]) -> Evaluation:
    return evaluate(policy, given, policy.round.opens.value)


def own_keys(policy: PolicyRound) -> dict[str, bytes]:
    return {kind.id: bytes([number]) * 32 for number, kind in enumerate(policy.credentials)}


def person_claims(policy: PolicyRound, value: object) -> dict[str, dict[str, object]]:
    return {kind.id: {"person": value} for kind in policy.credentials}


def test_credentials_of_own_keys_are_one_persons_by_the_person_claim(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(
        policy_2020, person_claims(policy_2020, PERSON), holder_keys=own_keys(policy_2020)
    )
    assert judge(policy_2020, given).outcome is Outcome.ELIGIBLE


MIXED: dict[str, Mapping[str, Mapping[str, object]]] = {
    "nobody's person value": {},
    "another person's value in one": {"health-premium": {"person": OTHER_PERSON}},
    "one without the value": {"health-premium": {"person": ...}},
    "one with a malformed value": {"health-premium": {"person": PERSON[:-1]}},
}


@pytest.mark.parametrize("change", MIXED.values(), ids=MIXED.keys())
def test_credentials_not_shown_to_be_one_persons_decide_nothing(
    change: Mapping[str, Mapping[str, object]], policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    base = person_claims(policy_2020, PERSON if change else ...)
    base["resident-registration"]["age_19_to_34"] = False
    merged = {kind: {**claims, **change.get(kind, {})} for kind, claims in base.items()}
    evaluation = judge(policy_2020, facts(policy_2020, merged, holder_keys=own_keys(policy_2020)))
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)["one-person"] == "not_one_person"
    assert codes(evaluation)["age"] == "not_one_person"
    assert results(evaluation, Truth.FAIL) == set()


def test_equal_malformed_person_values_show_nothing(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(policy_2020, person_claims(policy_2020, ""), holder_keys=own_keys(policy_2020))
    assert codes(judge(policy_2020, given))["one-person"] == "not_one_person"


def test_one_key_does_not_make_two_named_persons_one(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    one = person_claims(policy_2020, PERSON)
    assert judge(policy_2020, facts(policy_2020, one)).outcome is Outcome.ELIGIBLE
    two = one | {"health-premium": {"person": OTHER_PERSON}}
    evaluation = judge(policy_2020, facts(policy_2020, two))
    assert evaluation.outcome is Outcome.CANNOT_VERIFY
    assert codes(evaluation)["one-person"] == "not_one_person"


def accepting(policy: PolicyRound, *proofs: SamePersonProof) -> PolicyRound:
    conditions = policy.service.conditions
    narrowed = replace(conditions, one_person=Sourced(proofs, conditions.one_person.sourcing))
    return replace(policy, service=replace(policy.service, conditions=narrowed))


def test_proof_that_the_service_does_not_accept_shows_nothing(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    by_claim = facts(
        policy_2020, person_claims(policy_2020, PERSON), holder_keys=own_keys(policy_2020)
    )
    by_key = facts(policy_2020, person_claims(policy_2020, ...))
    only_key = accepting(policy_2020, SamePersonProof.SAME_KEY)
    only_claim = accepting(policy_2020, SamePersonProof.PERSON_CLAIM)
    assert codes(judge(only_key, by_key))["one-person"] == "holds"
    assert judge(only_key, by_claim).outcome is Outcome.CANNOT_VERIFY
    assert judge(only_claim, by_claim).outcome is Outcome.ELIGIBLE
    assert codes(judge(only_claim, by_key))["one-person"] == "not_one_person"
