"""The frozen parameters of a contest and their document."""

from dataclasses import replace
from fractions import Fraction

import pytest

from contracts.evidence.encoding import Json, canonical, parse_json
from contracts.evidence.errors import EncodingError
from voting.contest.blend import BlendRules, Weights
from voting.contest.entries import Round
from voting.contest.rules import ContestRules
from voting.errors import RulesError, VotingError

RULES = ContestRules()
OTHER = ContestRules(
    rounds=(),
    blend=BlendRules("z_score", Weights(Fraction(7, 10), Fraction(3, 10))),
    ties=("expert",),
    turnout_floor=1000,
)


@pytest.mark.parametrize("rules", [RULES, OTHER], ids=["city", "other"])
def test_rules_are_read_back_from_their_document(rules: ContestRules) -> None:
    assert ContestRules.from_json(parse_json(canonical(rules.to_json()))) == rules


def test_defaults_are_those_of_2020() -> None:
    assert sum(tier.places * tier.amount for tier in RULES.tiers) == 9_000_000
    assert [one.advance for one in RULES.rounds] == [18, 9]
    assert RULES.blend.weights == Weights(Fraction(1, 2), Fraction(1, 2))
    assert RULES.turnout_floor is None


def test_rules_hash_changes_with_every_parameter() -> None:
    judging = RULES.judging
    variants = [
        RULES,
        OTHER,
        replace(RULES, rounds=RULES.rounds[:1]),
        replace(RULES, judging=replace(judging, trimming=True)),
        replace(RULES, judging=replace(judging, min_sheets=4)),
        replace(RULES, blend=BlendRules("min_max")),
        replace(RULES, ties=RULES.ties[::-1]),
        replace(RULES, tiers=RULES.tiers[:2]),
        replace(RULES, turnout_floor=1),
    ]
    assert len({rules.rules_hash() for rules in variants}) == len(variants)


@pytest.mark.parametrize(
    "change",
    [
        {"version": "dojang-contest-v3/rules"},
        {"unknown": 1},
        {"blend": {"method": "max_relative", "weights": {"expert": "1/2", "votes": 0.5}}},
        {"turnout_floor": None},
        {"ties": "votes"},
        {"judging": {}},
        {"tiers": [{"id": "grand", "places": 1, "amount": 1}]},
    ],
)
def test_rules_document_of_another_form_is_refused(change: dict[str, Json]) -> None:
    with pytest.raises(EncodingError):
        ContestRules.from_json(RULES.to_json() | change)


@pytest.mark.parametrize("name", sorted(RULES.to_json()))
def test_rules_document_without_a_member_is_refused(name: str) -> None:
    document = RULES.to_json()
    del document[name]
    with pytest.raises(EncodingError):
        ContestRules.from_json(document)


@pytest.mark.parametrize(
    "change",
    [
        {"ties": ["votes", "votes"]},
        {"ties": ["coin"]},
        {"ties": [1]},
        {"turnout_floor": 0},
        {"tiers": []},
        {"blend": {"method": "max_relative", "weights": {"expert": "1/2", "votes": "1/3"}}},
    ],
)
def test_rules_that_contradict_themselves_are_refused(change: dict[str, Json]) -> None:
    with pytest.raises(RulesError):
        ContestRules.from_json(RULES.to_json() | change)


@pytest.mark.parametrize("advances", [(9, 9), (9, 18)])
def test_rounds_that_do_not_narrow_are_refused(advances: tuple[int, int]) -> None:
    rounds = tuple(Round(f"round-{i}", "paper", n) for i, n in enumerate(advances))
    with pytest.raises(RulesError):
        replace(RULES, rounds=rounds)


def test_rounds_with_one_id_are_refused() -> None:
    with pytest.raises(RulesError):
        replace(RULES, rounds=(Round("x", "paper", 18), Round("x", "interview", 9)))


def test_every_error_has_a_code_of_its_own() -> None:
    errors, codes = [VotingError], []
    while errors:
        error = errors.pop()
        codes.append(error.code)
        errors += error.__subclasses__()
    assert len(set(codes)) == len(codes)
