from datetime import date

import pytest

from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.errors import (
    ClaimMismatchError,
    PredicateError,
    RuleDatesError,
    ServiceFileError,
    ServiceSchemaError,
    ServiceYamlError,
    SourceError,
    UnknownServiceError,
)
from verifier.eligibility.policy import PolicyRound, bind_round
from verifier.eligibility.service_file import parse_service

AGE_MINIMUM = "minimum: { value: 19, unit: year, mark: F, source: public-notices }"
PERCENT = "percent: { value: 150, unit: percent, mark: F, source: public-notices }"

DEFECTS: dict[str, tuple[str, str, type[ServiceFileError]]] = {
    "an unknown field": (
        "id: youth-allowance",
        "id: youth-allowance\nextra: 1",
        ServiceSchemaError,
    ),
    "an unknown field of a value": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: F, source: public-notices, note: x }",
        ServiceSchemaError,
    ),
    "a missing source": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: F }",
        ServiceSchemaError,
    ),
    "a missing mark": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, source: public-notices }",
        ServiceSchemaError,
    ),
    "an assumption without a sentence": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: A }",
        ServiceSchemaError,
    ),
    "an assumption that names a source": (
        AGE_MINIMUM,
        AGE_MINIMUM.replace("mark: F", "mark: A, assumption: { ko: 가정, en: assumed }"),
        ServiceSchemaError,
    ),
    "an assumption in one language": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: A, assumption: { ko: 가정 } }",
        ServiceSchemaError,
    ),
    "a source that is not listed": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: F, source: hearsay }",
        SourceError,
    ),
    "a stronger mark than its source": (
        AGE_MINIMUM,
        "minimum: { value: 19, unit: year, mark: L, source: public-notices }",
        SourceError,
    ),
    "a key that stands twice": (
        AGE_MINIMUM,
        f"{AGE_MINIMUM}\n          {AGE_MINIMUM}",
        ServiceYamlError,
    ),
    "an unknown predicate": (
        "predicate: age_between",
        "predicate: age_roughly",
        PredicateError,
    ),
    "a parameter that the predicate does not take": (
        AGE_MINIMUM,
        AGE_MINIMUM.replace("minimum", "lowest"),
        PredicateError,
    ),
    "a missing parameter": (AGE_MINIMUM + "\n", "\n", PredicateError),
    "a word where a number belongs": (
        AGE_MINIMUM,
        "minimum: { value: nineteen, mark: F, source: public-notices }",
        PredicateError,
    ),
    "a city that nobody knows": (
        "value: KR-11",
        "value: KR-99",
        PredicateError,
    ),
    "a number without a unit": (
        AGE_MINIMUM,
        "minimum: { value: 19, mark: F, source: public-notices }",
        ServiceSchemaError,
    ),
    "versions that overlap by a day": (
        "- from: 2022-01-01\n        predicate: not_enrolled",
        "- from: 2021-12-31\n        predicate: not_enrolled",
        RuleDatesError,
    ),
    "a version after one without an end": (
        "        until: 2021-12-31\n        predicate: school_left_at_least",
        "        predicate: school_left_at_least",
        RuleDatesError,
    ),
    "a version that ends before it begins": (
        "until: 2021-12-31\n        predicate: school_left_at_least",
        "until: 2018-12-31\n        predicate: school_left_at_least",
        RuleDatesError,
    ),
    "orders over quota that overlap": (
        "- from: 2020-01-01\n    order:",
        "- from: 2019-12-31\n    order:",
        RuleDatesError,
    ),
    "a round that opens before its notice": (
        "value: 2020-03-16",
        "value: 2020-03-31",
        RuleDatesError,
    ),
    "a round that closes before it opens": (
        "value: 2020-04-06",
        "value: 2020-03-29",
        RuleDatesError,
    ),
    "a day that the calendar lacks": ("value: 2020-04-06", "value: 2020-04-31", ServiceFileError),
    "a day in another spelling": ("value: 2020-04-06", "value: 2020-4-6", ServiceSchemaError),
    "a day in the compact spelling": ("value: 2020-04-06", "value: 20200406", ServiceSchemaError),
    "a day with a line feed": (
        "value: 2020-04-06",
        'value: "2020-04-06\\n"',
        ServiceSchemaError,
    ),
    "two rounds of one id": ('- id: "2022"', '- id: "2020"', ServiceFileError),
    "two rules of one id": ("- id: work", "- id: age", ServiceFileError),
    "an unknown format": (
        "format: dojang-service-v1",
        "format: dojang-service-v2",
        ServiceSchemaError,
    ),
    "an empty list of proofs of one person": (
        "value: [same_key, person_claim]",
        "value: []",
        ServiceSchemaError,
    ),
    "a title in Korean only": (
        "title: { ko: 나이, en: Age }",
        "title: { ko: 나이 }",
        ServiceSchemaError,
    ),
    "a title of spaces": (
        "title: { ko: 나이, en: Age }",
        'title: { ko: 나이, en: " " }',
        ServiceSchemaError,
    ),
}


@pytest.mark.parametrize(("old", "new", "error"), DEFECTS.values(), ids=DEFECTS.keys())
def test_service_file_is_refused_with(
    old: str, new: str, error: type[ServiceFileError], service_text: str, catalogue: Catalogue
) -> None:
    changed = service_text.replace(old, new, 1)
    assert changed != service_text
    with pytest.raises(error) as refused:
        parse_service(changed.encode(), catalogue.schema)
    assert type(refused.value) is error


def test_service_file_as_shipped_is_read(service_text: str, catalogue: Catalogue) -> None:
    service = parse_service(service_text.encode(), catalogue.schema)
    assert list(service.rounds) == ["2019", "2020", "2022", "2023", "2024", "2026"]
    assert service == catalogue.service("youth-allowance")


def test_service_file_that_is_a_list_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(ServiceSchemaError):
        parse_service(b"[]", catalogue.schema)


def test_digest_changes_with_a_value_and_not_with_a_comment(
    service_text: str, catalogue: Catalogue
) -> None:
    digest = parse_service(service_text.encode(), catalogue.schema).digest
    commented = parse_service(("# read\n" + service_text).encode(), catalogue.schema)
    changed = parse_service(
        service_text.replace("value: 2020-04-06", "value: 2020-04-07").encode(), catalogue.schema
    )
    assert commented.digest == digest
    assert changed.digest != digest


MISMATCHES = {
    "a claim of another bracket": (AGE_MINIMUM, AGE_MINIMUM.replace("19", "18")),
    "the inclusive claim for the strict rule": (
        "claim: income_below_150",
        "claim: income_at_most_150",
    ),
    "another percentage than the claim's": (PERCENT, PERCENT.replace("150", "140")),
    "a claim that the type does not have": ("claim: age_19_to_34", "claim: age_15_to_29"),
    "a credential type that does not exist": (
        "credential: health-premium",
        "credential: tax-record",
    ),
}


@pytest.mark.parametrize(("old", "new"), MISMATCHES.values(), ids=MISMATCHES.keys())
def test_round_is_refused_that_relies_on(
    old: str, new: str, service_text: str, catalogue: Catalogue
) -> None:
    changed = service_text.replace(old, new, 1)
    assert changed != service_text
    service = parse_service(changed.encode(), catalogue.schema)
    with pytest.raises(ClaimMismatchError):
        bind_round(service, "2020", catalogue.credential_types)


def test_unknown_round_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownServiceError):
        catalogue.policy("youth-allowance", "2021")


def test_round_before_every_rule_is_refused(service_text: str, catalogue: Catalogue) -> None:
    early = service_text.replace("value: 2019-03-18", "value: 2018-12-31", 1)
    service = parse_service(early.encode(), catalogue.schema)
    with pytest.raises(RuleDatesError, match="no rule"):
        bind_round(service, "2019", catalogue.credential_types)


def _rule_values(policy: PolicyRound, rule_id: str) -> tuple[str, dict[str, int | str]]:
    rule = next(rule for rule in policy.rules if rule.id == rule_id)
    return rule.predicate.name, dict(rule.parameters)


RULES_BY_YEAR = {
    "2019 income": ("2019", "income", ("income_below", {"percent": 150})),
    "2020 income": ("2020", "income", ("income_below", {"percent": 150})),
    "2022 income": ("2022", "income", ("income_at_most", {"percent": 150})),
    "2023 income": ("2023", "income", ("income_at_most", {"percent": 150})),
    "2020 schooling": ("2020", "schooling", ("school_left_at_least", {"months": 24})),
    "2022 schooling": ("2022", "schooling", ("not_enrolled", {})),
    "2022 work": ("2022", "work", ("no_work_beyond", {"weekly_hours": 26, "contract_months": 3})),
    "2023 work": ("2023", "work", ("no_work_beyond", {"weekly_hours": 30, "contract_months": 3})),
    "2026 age": ("2026", "age", ("age_between", {"minimum": 19, "maximum": 34})),
    "2026 residence": ("2026", "residence", ("registered_in", {"city": "KR-11"})),
}


@pytest.mark.parametrize(
    ("round_id", "rule_id", "expected"), RULES_BY_YEAR.values(), ids=RULES_BY_YEAR.keys()
)
def test_rule_in_force_is_that_of_the_year(
    round_id: str,
    rule_id: str,
    expected: tuple[str, dict[str, int | str]],
    catalogue: Catalogue,
) -> None:
    assert _rule_values(catalogue.policy("youth-allowance", round_id), rule_id) == expected


@pytest.mark.parametrize(("round_id", "count"), [("2023", 5), ("2024", 8)])
def test_earlier_help_counts_from_2024_on(round_id: str, count: int, catalogue: Catalogue) -> None:
    rules = catalogue.policy("youth-allowance", round_id).rules
    assert len(rules) == count
    assert ("former-recipient" in {rule.id for rule in rules}) is (count == 8)


def test_version_follows_the_notice_and_not_the_opening(
    service_text: str, catalogue: Catalogue
) -> None:
    late = service_text.replace("value: 2022-03-14", "value: 2021-12-31", 1)
    policy = bind_round(
        parse_service(late.encode(), catalogue.schema), "2022", catalogue.credential_types
    )
    assert policy.round.opens.value == date(2022, 3, 28)
    assert _rule_values(policy, "schooling")[0] == "school_left_at_least"


def marks(policy: PolicyRound, rule_id: str) -> list[str]:
    return [s.mark for rule in policy.rules if rule.id == rule_id for s in rule.sourcings]


def test_sources_of_a_rule_are_each_named_once(
    policy_2020: PolicyRound, catalogue: Catalogue
) -> None:
    assert marks(policy_2020, "age") == ["F"]
    assert marks(policy_2020, "work") == ["F", "A", "W"]
    assert marks(catalogue.policy("youth-allowance", "2026"), "benefits") == ["A"]
