import pytest

from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.rendering import render_service
from verifier.eligibility.wording import Language


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("round_id", ["2019", "2020", "2022", "2023", "2024", "2026"])
def test_service_shows_every_rule_with_its_sources(
    round_id: str,
    lang: Language,
    catalogue: Catalogue,
) -> None:
    policy = catalogue.policy("youth-allowance", round_id)
    text = render_service(policy, lang)
    for rule in policy.rules:
        line = next(line for line in text.splitlines() if rule.requirement.of(lang) in line)
        assert all(f"[{s.mark}] {s.text.of(lang)}" in line for s in rule.sourcings)
    for kind in policy.credentials:
        assert kind.replaces.of(lang) in text
        assert kind.issuer.of(lang) in text


def test_service_in_english_holds_no_korean(policy_2020: PolicyRound) -> None:
    assert not [c for c in render_service(policy_2020, "en") if "가" <= c <= "힣"]


def test_service_of_2020_says_below_and_of_2023_at_most(
    policy_2020: PolicyRound, policy_2023: PolicyRound
) -> None:
    assert "below 150 %" in render_service(policy_2020, "en")
    assert "at most 150 %" in render_service(policy_2023, "en")
    assert "150% 미만" in render_service(policy_2020, "ko")
    assert "150% 이하" in render_service(policy_2023, "ko")


def test_service_names_period_payment_objection_and_who_decides(policy_2020: PolicyRound) -> None:
    text = render_service(policy_2020, "en")
    for words in (
        "from 2020-03-30 to 2020-04-06 (notice of 2020-03-16)",
        "500,000 won a month, for up to 6 months",
        "within 60 days",
        "within 10 days",
        "a named officer decides",
        "What you need not bring",
    ):
        assert words in text


def test_service_says_which_order_counts_over_quota(catalogue: Catalogue) -> None:
    in_2019 = render_service(catalogue.policy("youth-allowance", "2019"), "en")
    in_2020 = render_service(catalogue.policy("youth-allowance", "2020"), "en")
    assert "months out of work" in in_2019
    assert "low income first" not in in_2019
    assert "low income first" in in_2020
