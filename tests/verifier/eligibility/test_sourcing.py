from typing import Any

import pytest

from verifier.eligibility.sourcing import lint
from verifier.eligibility.strict_yaml import parse_yaml

SOURCES: dict[str, Any] = {"notice": {"mark": "F", "ko": "공고", "en": "notice"}}
SOURCED: dict[str, Any] = {"value": 19, "mark": "F", "source": "notice"}
ASSUMED: dict[str, Any] = {"value": 19, "mark": "A", "assumption": {"ko": "가정", "en": "assumed"}}


def problems(**members: Any) -> list[tuple[str, str]]:  # documents of every shape
    document = {"sources": SOURCES, "used": SOURCED, **members}
    return [(finding.place, finding.problem) for finding in lint(document)]


@pytest.mark.parametrize("value", [SOURCED, ASSUMED], ids=["sourced", "assumed"])
def test_value_that_says_where_it_comes_from_is_fine(value: dict[str, Any]) -> None:
    assert problems(rules=[{"parameters": {"minimum": value}}]) == []


UNSOURCED: dict[str, dict[str, Any]] = {
    "nothing but the value": {"value": 19},
    "a source without a mark": {"value": 19, "source": "notice"},
    "a mark without a source": {"value": 19, "mark": "F"},
    "an unknown mark": {"value": 19, "mark": "X", "source": "notice"},
    "a source that is not listed": {"value": 19, "mark": "F", "source": "hearsay"},
    "a source that is a list": {"value": 19, "mark": "F", "source": ["notice"]},
    "another mark than its source": {"value": 19, "mark": "L", "source": "notice"},
    "an assumption without a sentence": {"value": 19, "mark": "A"},
    "an assumption that is just true": {"value": 19, "mark": "A", "assumption": True},
    "an assumption in Korean only": {"value": 19, "mark": "A", "assumption": {"ko": "가정"}},
    "an assumption of spaces": {
        "value": 19,
        "mark": "A",
        "assumption": {"ko": "가정", "en": "  "},
    },
    "an assumption that names a source": {**ASSUMED, "source": "notice"},
    "a source instead of an assumption": {"value": 19, "mark": "A", "source": "notice"},
}


@pytest.mark.parametrize("value", UNSOURCED.values(), ids=UNSOURCED.keys())
def test_lint_finds(value: dict[str, Any]) -> None:
    found = problems(rules=[{"parameters": {"minimum": value}}])
    assert {place for place, _ in found} == {"rules[0].parameters.minimum"}


def test_lint_finds_a_value_that_is_a_list_or_a_text() -> None:
    found = problems(a={"value": [1, 2]}, b={"value": {"ko": "가", "en": "a"}})
    assert {place for place, _ in found} == {"a", "b"}


def test_lint_finds_a_rule_version_without_a_basis() -> None:
    assert problems(rules=[{"predicate": "not_enrolled"}]) == [
        ("rules[0]", "a rule version without a basis")
    ]


def test_lint_finds_a_basis_without_a_source() -> None:
    found = problems(rules=[{"predicate": "not_enrolled", "basis": {"mark": "F"}}])
    assert [place for place, _ in found] == ["rules[0].basis"]


def test_lint_finds_a_source_that_nothing_uses() -> None:
    unused = {**SOURCES, "old": {"mark": "F", "ko": "옛", "en": "old"}}
    assert problems(sources=unused) == [("sources.old", "never used")]


def test_lint_finds_a_listed_source_in_one_language() -> None:
    assert problems(sources={"notice": {"mark": "F", "ko": "공고"}}) == [
        ("used", "neither a listed source in Korean and English nor an assumption")
    ]


def test_lint_of_the_shipped_service_names_the_place_of_a_removed_source(
    service_text: str,
) -> None:
    assert lint(parse_yaml(service_text.encode())) == ()
    changed = service_text.replace(
        "value: 150, unit: percent, mark: F, source: public-notices",
        "value: 150, unit: percent, mark: F",
        1,
    )
    (finding,) = lint(parse_yaml(changed.encode()))
    assert finding.place == "rules[4].versions[0].parameters.percent"
