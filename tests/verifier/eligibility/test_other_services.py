"""What is asked, shown and found in the services beside the youth allowance."""

from datetime import UTC, date, datetime

import pytest

from contracts.evidence.encoding import Json
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.disclosure import plan
from verifier.eligibility.evaluation import Evaluation, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.predicates import Truth
from verifier.eligibility.pseudonym import voter_value
from verifier.eligibility.rendering import render_service
from verifier.services import SERVICE_IDS

ON = date(2026, 11, 20)
VALUE = voter_value(bytes(32), b"person-1")


def asked(
    catalogue: Catalogue, service_id: str, *, over_quota: bool = False
) -> dict[str, list[str]]:
    policy = catalogue.latest_policy(service_id, date(2026, 11, 20))
    entries = plan(policy, over_quota=over_quota).credentials
    return {e.credential.id: [planned.claim.name for planned in e.claims] for e in entries}


def test_delivery_asks_one_derived_claim_and_never_which(catalogue: Catalogue) -> None:
    assert asked(catalogue, "document-delivery") == {
        "delivery-entitlement": ["disabled_70_or_over_or_pregnant", "person", "person_service"]
    }
    kind = catalogue.credential_types["delivery-entitlement"]
    assert list(kind.claims) == ["disabled_70_or_over_or_pregnant", "person", "person_service"]


def test_a_poll_asks_for_the_value_that_shows_one_vote(catalogue: Catalogue) -> None:
    assert asked(catalogue, "citizen-poll") == {
        "voter": ["registered_city", "age_14_or_over", "voter", "voter_series"]
    }


def test_the_band_is_asked_for_in_a_round_over_quota_only(catalogue: Catalogue) -> None:
    usual = asked(catalogue, "youth-allowance")
    over = asked(catalogue, "youth-allowance", over_quota=True)
    assert "premium_band" not in usual["health-premium"]
    assert over["health-premium"] == [
        "income_at_most_150",
        "premium_band",
        "person",
        "person_service",
    ]
    assert {**over, "health-premium": usual["health-premium"]} == usual


def test_the_order_of_2019_is_by_papers_that_no_credential_replaces(catalogue: Catalogue) -> None:
    policy = catalogue.policy("youth-allowance", "2019")
    assert plan(policy, over_quota=True) == plan(policy)


def judge(catalogue: Catalogue, **claims: Json) -> Evaluation:
    policy = catalogue.latest_policy("citizen-poll", date(2026, 11, 20))
    shown = {
        "registered_city": "KR-11",
        "age_14_or_over": True,
        "voter": VALUE,
        "voter_series": policy.pseudonym.scope,
        **claims,
    }
    facts = VerifiedClaims(
        vct=policy.credentials[0].vct,
        issuer="urn:test:city",
        claims={name: value for name, value in shown.items() if value is not None},
        issued_at=datetime(2026, 3, 1, tzinfo=UTC),
        holder_key=bytes(32),
    )
    return evaluate(policy, [facts], ON)


@pytest.mark.parametrize(
    ("value", "result", "code"),
    [
        (VALUE, Truth.PASS, "holds"),
        (None, Truth.CANNOT_VERIFY, "claim_not_disclosed"),
        (VALUE[:-1], Truth.CANNOT_VERIFY, "claim_malformed"),
        (1, Truth.CANNOT_VERIFY, "claim_malformed"),
    ],
)
def test_nobody_votes_without_a_value_of_their_own(
    catalogue: Catalogue, value: Json, result: Truth, code: str
) -> None:
    findings = {f.rule_id: f for f in judge(catalogue, voter=value).findings}
    assert (findings["once"].result, findings["once"].code) == (result, code)


def test_nobody_votes_with_a_value_of_another_series(catalogue: Catalogue) -> None:
    for series in ("seoul-citizen-polls-2025", None):
        evaluation = judge(catalogue, voter_series=series)
        assert evaluation.outcome == "cannot_verify"
        codes = {f.rule_id: f.code for f in evaluation.findings}
        assert codes["once"] == ("other_scope" if series else "claim_not_disclosed")


def test_a_right_to_vote_issued_earlier_still_counts_in_a_poll(catalogue: Catalogue) -> None:
    assert judge(catalogue).outcome == "eligible"
    assert judge(catalogue, age_14_or_over=False).outcome == "not_eligible"


def test_each_service_says_whether_it_waits_for_the_anchoring(catalogue: Catalogue) -> None:
    accepted = {
        service_id: catalogue.service(service_id).conditions.accept_pending_anchor.value
        for service_id in SERVICE_IDS
    }
    assert accepted == {
        "youth-allowance": False,
        "citizen-poll": False,
        "bulk-issuance": False,
        "document-delivery": True,
    }


@pytest.mark.parametrize("service_id", SERVICE_IDS)
def test_every_service_can_be_read_in_both_languages(catalogue: Catalogue, service_id: str) -> None:
    policy = catalogue.latest_policy(service_id, date(2026, 11, 20))
    assert not [c for c in render_service(policy, "en") if "가" <= c <= "힣"]
    for rule in policy.rules:
        assert rule.requirement.ko in render_service(policy, "ko")


def test_limits_are_read_with_their_sources(catalogue: Catalogue) -> None:
    text = render_service(catalogue.latest_policy("bulk-issuance", date(2026, 11, 20)), "en")
    assert "with an agreement (desk of the district): 100 copies a day ([S]" in text
    assert "at each office): 20 copies a day ([S]" in text
    assert "What is paid" not in text
    assert "delivered within: 3 hours ([S]" in render_service(
        catalogue.latest_policy("document-delivery", date(2026, 11, 20)), "en"
    )
