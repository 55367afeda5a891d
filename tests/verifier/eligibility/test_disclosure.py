from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.disclosure import learned, plan
from verifier.eligibility.errors import ClaimMismatchError
from verifier.eligibility.evaluation import Outcome, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound, SamePersonProof, bind_round
from verifier.eligibility.sourcing import Sourced
from verifier.eligibility.wording import Language

FactsMaker = Callable[..., list[VerifiedClaims]]
PERSON = ["person", "person_service"]

QUERY_2020: dict[str, Any] = {
    "credentials": [
        {
            "id": "resident-registration",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:dojang:credential:resident-registration:1"]},
            "claims": [
                {"path": ["reference_date"]},
                {"path": ["registered_city"]},
                {"path": ["age_19_to_34"]},
                {"path": ["person"]},
                {"path": ["person_service"], "values": ["youth-allowance"]},
            ],
        },
        {
            "id": "school-record",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:dojang:credential:school-record:1"]},
            "claims": [
                {"path": ["reference_date"]},
                {"path": ["left_24_months_before"]},
                {"path": ["person"]},
                {"path": ["person_service"], "values": ["youth-allowance"]},
            ],
        },
        {
            "id": "employment-insurance",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:dojang:credential:employment-insurance:1"]},
            "claims": [
                {"path": ["reference_date"]},
                {"path": ["no_work_beyond_26_hours_or_3_months"]},
                {"path": ["person"]},
                {"path": ["person_service"], "values": ["youth-allowance"]},
            ],
        },
        {
            "id": "health-premium",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": ["urn:dojang:credential:health-premium:1"]},
            "claims": [
                {"path": ["reference_date"]},
                {"path": ["income_below_150"]},
                {"path": ["person"]},
                {"path": ["person_service"], "values": ["youth-allowance"]},
            ],
        },
    ]
}


def asked(policy: PolicyRound) -> dict[str, list[str]]:
    return {
        entry.credential.id: [planned.claim.name for planned in entry.claims]
        for entry in plan(policy).credentials
    }


def test_query_of_2020_is_exactly_this(policy_2020: PolicyRound) -> None:
    assert plan(policy_2020).to_dcql() == QUERY_2020


def test_query_for_a_day_lets_the_wallet_pick_the_credential_of_that_day(
    policy_2020: PolicyRound,
) -> None:
    query: Any = plan(policy_2020).to_dcql(date(2020, 3, 30))
    for entry in query["credentials"]:
        assert entry["claims"][0] == {"path": ["reference_date"], "values": ["2020-03-30"]}
        assert all("values" not in claim for claim in entry["claims"][1:-1])


def test_plan_of_2023_asks_for_the_inclusive_boundary_and_not_the_strict_one(
    policy_2023: PolicyRound,
) -> None:
    assert asked(policy_2023)["health-premium"] == ["income_at_most_150", *PERSON]
    assert asked(policy_2023)["school-record"] == ["enrolled_or_on_leave", *PERSON]


def test_query_of_every_round_follows_the_rules_of_dcql(catalogue: Catalogue) -> None:
    for round_id in catalogue.service("youth-allowance").rounds:
        query: Any = plan(catalogue.policy("youth-allowance", round_id)).to_dcql()
        ids = [entry["id"] for entry in query["credentials"]]
        assert len(set(ids)) == len(ids) > 0
        for entry in query["credentials"]:
            paths = [tuple(claim["path"]) for claim in entry["claims"]]
            assert len(set(paths)) == len(paths) > 0
            assert all(c.isalnum() or c in "-_" for c in entry["id"])


def with_rules(policy: PolicyRound, *rule_ids: str) -> PolicyRound:
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.id in rule_ids))


def test_person_is_asked_of_every_credential_and_of_a_single_one(policy_2020: PolicyRound) -> None:
    assert asked(with_rules(policy_2020, "age", "income")) == {
        "resident-registration": ["age_19_to_34", *PERSON],
        "health-premium": ["income_below_150", *PERSON],
    }
    assert asked(with_rules(policy_2020, "age", "residence")) == {
        "resident-registration": ["registered_city", "age_19_to_34", *PERSON],
    }


def accepting(policy: PolicyRound, *proofs: SamePersonProof) -> PolicyRound:
    conditions = policy.service.conditions
    narrowed = replace(conditions, one_person=Sourced(proofs, conditions.one_person.sourcing))
    return replace(policy, service=replace(policy.service, conditions=narrowed))


def test_person_is_asked_even_where_only_one_key_is_accepted(policy_2020: PolicyRound) -> None:
    by_key = accepting(policy_2020, SamePersonProof.SAME_KEY)
    assert all(names[-2:] == PERSON for names in asked(by_key).values())


def test_person_of_a_type_without_it_is_refused(policy_2020: PolicyRound) -> None:
    rule = policy_2020.rules[0]
    claims = {name: c for name, c in rule.credential.claims.items() if name != "person"}
    broken = replace(rule, credential=replace(rule.credential, claims=claims))
    types = {kind.id: kind for kind in policy_2020.credentials}
    types[broken.credential.id] = broken.credential
    with pytest.raises(ClaimMismatchError, match="person"):
        bind_round(policy_2020.service, "2020", types)


def test_claim_that_two_rules_need_is_asked_once_for_both(policy_2020: PolicyRound) -> None:
    age = next(rule for rule in policy_2020.rules if rule.id == "age")
    twice = replace(policy_2020, rules=(age, replace(age, id="age-again")))
    (entry,) = plan(twice).credentials
    assert [len(planned.needed_for) for planned in entry.claims] == [2, 1, 1]


def test_asked_and_not_asked_make_up_every_claim_of_the_type(catalogue: Catalogue) -> None:
    for round_id in catalogue.service("youth-allowance").rounds:
        for entry in plan(catalogue.policy("youth-allowance", round_id)).credentials:
            asked_names = [planned.claim.name for planned in entry.claims]
            kept = [claim.name for claim in entry.not_asked]
            assert sorted(asked_names + kept) == sorted(entry.credential.claims)


def only_planned(policy: PolicyRound, given: list[VerifiedClaims]) -> list[VerifiedClaims]:
    names = {
        entry.credential.vct: {"reference_date", *(p.claim.name for p in entry.claims)}
        for entry in plan(policy).credentials
    }
    return [
        replace(e, claims={n: v for n, v in e.claims.items() if n in names[e.vct]}) for e in given
    ]


def test_plan_is_enough_and_nothing_in_it_can_be_left_out(
    catalogue: Catalogue, facts: FactsMaker
) -> None:
    for round_id in catalogue.service("youth-allowance").rounds:
        policy = catalogue.policy("youth-allowance", round_id)
        given = only_planned(policy, facts(policy))
        on = policy.round.opens.value
        assert evaluate(policy, given, on).outcome is Outcome.ELIGIBLE
        for number, entry in enumerate(given):
            for name in entry.claims:
                less = {n: v for n, v in entry.claims.items() if n != name}
                withheld = [*given[:number], replace(entry, claims=less), *given[number + 1 :]]
                assert evaluate(policy, withheld, on).outcome is Outcome.CANNOT_VERIFY


def test_agency_did_not_learn_what_was_not_disclosed(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = only_planned(policy_2020, facts(policy_2020))
    residence = learned(plan(policy_2020), given)[0]
    assert [text.en for text in residence.learned] == [
        "city of registration on the reference date",
        "aged 19 to 34 on the reference date (yes or no)",
        "a value that shows the same person, for this service only",
        "the service that this value is for",
    ]
    unseen = [text.en for text in residence.not_learned]
    assert "number of household members" in unseen
    assert "the date of birth" in unseen
    assert "the resident number" in unseen


def test_agency_learned_what_was_disclosed_beyond_the_plan(
    policy_2020: PolicyRound, facts: FactsMaker
) -> None:
    given = facts(policy_2020, {"resident-registration": {"household_size": 3}})
    residence = learned(plan(policy_2020), given)[0]
    assert "세대원 수" in [text.ko for text in residence.learned]
    assert "세대원 수" not in [text.ko for text in residence.not_learned]


def test_agency_learned_nothing_of_a_credential_that_was_not_shown(
    policy_2020: PolicyRound,
) -> None:
    for entry in learned(plan(policy_2020), []):
        assert entry.learned == ()
        assert len(entry.not_learned) >= len(entry.credential.claims)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_text_names_every_claim_asked_and_every_claim_kept(
    lang: Language, policy_2020: PolicyRound
) -> None:
    text = plan(policy_2020).text(lang)
    for entry in plan(policy_2020).credentials:
        for planned in entry.claims:
            assert planned.claim.label.of(lang) in text
            assert all(s.text.of(lang) in text for s in planned.sourcings)
        for kept in (*(claim.label for claim in entry.not_asked), *entry.credential.never_contains):
            assert kept.of(lang) in text


def test_english_text_holds_no_korean(policy_2020: PolicyRound) -> None:
    text = plan(policy_2020).text("en")
    assert not [c for c in text if "가" <= c <= "힣"]
