from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.errors import EncodingError
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.decision import (
    MAX_REASON_CHARACTERS,
    MIN_REASON_CHARACTERS,
    Decision,
    DecisionProposal,
    decide,
    propose,
)
from verifier.eligibility.decision_file import MAX_DECISION_BYTES, parse_decision
from verifier.eligibility.errors import (
    DecisionError,
    DecisionFormatError,
    OfficerError,
    OutcomeError,
    WrittenReasonError,
)
from verifier.eligibility.evaluation import Outcome, evaluate
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.policy import PolicyRound

FactsMaker = Callable[..., list[VerifiedClaims]]
AT = datetime(2020, 4, 20, 1, 30, tzinfo=UTC)
OFFICER = "[시험] 김담당"
REASON = "증명서 원본을 창구에서 확인했습니다."


def salt(length: int) -> bytes:
    return bytes(range(length))


@pytest.fixture
def eligible(policy_2020: PolicyRound, facts: FactsMaker) -> DecisionProposal:
    evaluation = evaluate(policy_2020, facts(policy_2020), policy_2020.round.opens.value)
    return propose(policy_2020, evaluation, "2020-0001")


@pytest.fixture
def unverified(policy_2020: PolicyRound) -> DecisionProposal:
    return propose(
        policy_2020, evaluate(policy_2020, [], policy_2020.round.opens.value), "2020-0002"
    )


def taken(proposal: DecisionProposal, outcome: Outcome, reason: str = "") -> Decision:
    return decide(proposal, outcome, OFFICER, at=AT, rng=salt, written_reason=reason)


def test_proposal_carries_the_reasons_and_the_right_to_object(eligible: DecisionProposal) -> None:
    assert eligible.outcome is Outcome.ELIGIBLE
    assert len(eligible.findings) == 9
    assert eligible.objection.file_within_days == 60
    assert eligible.objection.decided_within_days == 10
    assert eligible.objection.extended_by_days == 10
    assert eligible.objection.source.ko.startswith("[L] 민원 처리에 관한 법률")


def test_proposal_whose_outcome_does_not_follow_is_refused(eligible: DecisionProposal) -> None:
    with pytest.raises(OutcomeError):
        replace(eligible, outcome=Outcome.NOT_ELIGIBLE)


def test_proposal_by_another_policy_is_refused(
    policy_2020: PolicyRound, policy_2023: PolicyRound, facts: FactsMaker
) -> None:
    evaluation = evaluate(policy_2020, facts(policy_2020), policy_2020.round.opens.value)
    with pytest.raises(OutcomeError, match="another policy"):
        propose(policy_2023, evaluation, "2020-0001")


def test_decision_as_proposed_needs_no_written_reason(eligible: DecisionProposal) -> None:
    decision = taken(eligible, Outcome.ELIGIBLE)
    assert not decision.departs_from_proposal
    assert decision.officer == OFFICER


@pytest.mark.parametrize("outcome", [Outcome.ELIGIBLE, Outcome.NOT_ELIGIBLE])
def test_decision_where_nothing_was_verified_departs_and_needs_a_reason(
    outcome: Outcome, unverified: DecisionProposal
) -> None:
    assert taken(unverified, outcome, REASON).departs_from_proposal
    with pytest.raises(WrittenReasonError):
        taken(unverified, outcome)


SHORT = {
    "no reason": "",
    "a character short": "가" * (MIN_REASON_CHARACTERS - 1),
    "spaces": " " * MIN_REASON_CHARACTERS,
    "a short word among spaces": "  가나다  " + " " * MIN_REASON_CHARACTERS,
}


@pytest.mark.parametrize("reason", SHORT.values(), ids=SHORT.keys())
def test_departing_decision_is_refused_with(reason: str, eligible: DecisionProposal) -> None:
    with pytest.raises(WrittenReasonError):
        taken(eligible, Outcome.NOT_ELIGIBLE, reason)


def test_departing_decision_is_taken_with_a_reason_of_the_least_length(
    eligible: DecisionProposal,
) -> None:
    decision = taken(eligible, Outcome.NOT_ELIGIBLE, "가" * MIN_REASON_CHARACTERS)
    assert decision.departs_from_proposal


def test_written_reason_beyond_the_bound_is_refused(eligible: DecisionProposal) -> None:
    longest = "가" * MAX_REASON_CHARACTERS
    assert taken(eligible, Outcome.ELIGIBLE, longest).written_reason == longest
    with pytest.raises(WrittenReasonError):
        taken(eligible, Outcome.ELIGIBLE, "가" * (MAX_REASON_CHARACTERS + 1))


def test_cannot_verify_is_no_decision(unverified: DecisionProposal) -> None:
    with pytest.raises(OutcomeError):
        taken(unverified, Outcome.CANNOT_VERIFY, REASON)


@pytest.mark.parametrize("officer", ["", "  ", "가" * 121])
def test_decision_without_a_named_officer_is_refused(
    officer: str, eligible: DecisionProposal
) -> None:
    with pytest.raises(OfficerError):
        decide(eligible, Outcome.ELIGIBLE, officer, at=AT, rng=salt)


@pytest.mark.parametrize("at", [AT.replace(tzinfo=None), AT.replace(microsecond=1)])
def test_decision_at_an_unclear_time_is_refused(at: datetime, eligible: DecisionProposal) -> None:
    with pytest.raises(EncodingError):
        decide(eligible, Outcome.ELIGIBLE, OFFICER, at=at, rng=salt)


def test_decision_with_a_short_salt_is_refused(eligible: DecisionProposal) -> None:
    with pytest.raises(EncodingError, match="salt"):
        decide(eligible, Outcome.ELIGIBLE, OFFICER, at=AT, rng=lambda _: bytes(31))


def test_decision_is_read_back_as_it_was_written(
    eligible: DecisionProposal, unverified: DecisionProposal
) -> None:
    for decision in (
        taken(eligible, Outcome.ELIGIBLE),
        taken(unverified, Outcome.NOT_ELIGIBLE, REASON),
    ):
        read = parse_decision(decision.canonical())
        assert read == decision
        assert read.digest() == decision.digest()


def test_digest_changes_with_the_salt_the_outcome_and_the_officer(
    eligible: DecisionProposal,
) -> None:
    decision = taken(eligible, Outcome.ELIGIBLE, REASON)
    others = [
        replace(decision, salt=bytes(32)),
        replace(decision, outcome=Outcome.NOT_ELIGIBLE),
        replace(decision, officer="[시험] 이담당"),
        replace(decision, proposal=replace(eligible, case_id="2020-0009")),
    ]
    digests = {other.digest() for other in (decision, *others)}
    assert len(digests) == 5
    assert {len(digest) for digest in digests} == {32}


Change = Callable[[dict[str, Any]], object]

FORGERIES: dict[str, tuple[Change, type[DecisionError]]] = {
    "another format": (lambda d: d.update(format="dojang-decision-v2"), DecisionFormatError),
    "an unknown member": (lambda d: d.update(note="x"), DecisionFormatError),
    "no salt": (lambda d: d.pop("salt"), DecisionFormatError),
    "a salt with a line feed": (lambda d: d.update(salt=d["salt"] + "\n"), DecisionFormatError),
    "a salt in capitals": (lambda d: d.update(salt="A" * 64), DecisionFormatError),
    "a time in another spelling": (
        lambda d: d.update(decided_at="2020-4-20T01:30:00Z"),
        DecisionFormatError,
    ),
    "an application date that the calendar lacks": (
        lambda d: d["proposal"].update(application_date="2020-02-30"),
        DecisionFormatError,
    ),
    "a decision that nothing can be decided": (
        lambda d: d.update(outcome="cannot_verify"),
        DecisionFormatError,
    ),
    "an empty officer": (lambda d: d.update(officer=""), DecisionFormatError),
    "an officer of spaces": (lambda d: d.update(officer="  "), OfficerError),
    "another outcome without a reason": (
        lambda d: d.update(outcome="not_eligible"),
        WrittenReasonError,
    ),
    "a finding turned over": (
        lambda d: d["proposal"]["findings"][4].update(result="fail"),
        OutcomeError,
    ),
    "a proposal turned over": (
        lambda d: d["proposal"].update(outcome="not_eligible"),
        OutcomeError,
    ),
    "no findings": (lambda d: d["proposal"].update(findings=[]), DecisionFormatError),
    "a reason in Korean only": (
        lambda d: d["proposal"]["findings"][0]["reason"].pop("en"),
        DecisionFormatError,
    ),
    "a truth value for a number": (
        lambda d: d["proposal"]["objection"].update(file_within_days=True),
        DecisionFormatError,
    ),
}


@pytest.mark.parametrize(("change", "error"), FORGERIES.values(), ids=FORGERIES.keys())
def test_decision_is_refused_that_has(
    change: Change, error: type[DecisionError], eligible: DecisionProposal
) -> None:
    document = parse_json(taken(eligible, Outcome.ELIGIBLE).canonical())
    assert isinstance(document, dict)
    change(document)
    with pytest.raises(error):
        parse_decision(canonical(document))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'{"a":1,"a":1}', b"\xff"])
def test_bytes_that_are_no_decision_are_refused(data: bytes) -> None:
    with pytest.raises(DecisionFormatError):
        parse_decision(data)


def test_decision_not_in_canonical_form_is_refused(eligible: DecisionProposal) -> None:
    data = taken(eligible, Outcome.ELIGIBLE).canonical()
    assert parse_decision(data).canonical() == data
    with pytest.raises(DecisionFormatError):
        parse_decision(data + b"\n")
    with pytest.raises(DecisionFormatError):
        parse_decision(data.replace(b'":', b'": ', 1))


def test_decision_beyond_the_size_bound_is_refused() -> None:
    with pytest.raises(DecisionFormatError, match="at most"):
        parse_decision(b" " * (MAX_DECISION_BYTES + 1))


def test_decision_of_every_round_fits_its_schema(catalogue: Catalogue, facts: FactsMaker) -> None:
    for round_id in catalogue.service("youth-allowance").rounds:
        policy = catalogue.policy("youth-allowance", round_id)
        evaluation = evaluate(policy, facts(policy), policy.round.opens.value)
        decision = taken(propose(policy, evaluation, "case"), Outcome.ELIGIBLE)
        assert parse_decision(decision.canonical()) == decision
