"""From an evaluation to a decision: the rules propose, a named officer decides.

A disposition may be fully automated only where a statute allows it, and never with discretion
(행정기본법 제20조); so a ``Decision`` always carries an officer, who may depart from the proposal
with a written reason. "Cannot verify" can be proposed but not decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracts.evidence.encoding import HASH_BYTES, Json, canonical, format_time, tagged_hash
from contracts.evidence.errors import EncodingError
from verifier.eligibility.errors import OfficerError, OutcomeError, WrittenReasonError
from verifier.eligibility.evaluation import Evaluation, Finding, Outcome, outcome_of
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.wording import Bilingual

DECISION_FORMAT: Final = "dojang-decision-v1"
SALT_BYTES: Final = HASH_BYTES
MIN_REASON_CHARACTERS: Final = 10
MAX_REASON_CHARACTERS: Final = 4000
MAX_NAME_CHARACTERS: Final = 120


@dataclass(frozen=True, slots=True)
class ObjectionRight:
    """Days to object to a refusal, to decide on it, and of one extension, with the law."""

    file_within_days: int
    decided_within_days: int
    extended_by_days: int
    source: Bilingual

    def as_json(self) -> dict[str, Json]:
        """The members under their names."""
        return {
            "file_within_days": self.file_within_days,
            "decided_within_days": self.decided_within_days,
            "extended_by_days": self.extended_by_days,
            "source": dict(self.source.as_json()),
        }


@dataclass(frozen=True, slots=True)
class DecisionProposal:
    """What the rules recommend, with a reason for every rule; it binds nobody.

    Raises:
        OutcomeError: the outcome is not the one that follows from the findings.
    """

    case_id: str
    service_id: str
    round_id: str
    policy_digest: bytes
    application_date: date
    outcome: Outcome
    findings: tuple[Finding, ...]
    objection: ObjectionRight

    def __post_init__(self) -> None:
        if self.outcome is not outcome_of(self.findings):
            raise OutcomeError("the proposed outcome does not follow from the findings")

    def as_json(self) -> dict[str, Json]:
        """The members under their names, hashes in hexadecimal."""
        return {
            "case_id": self.case_id,
            "service_id": self.service_id,
            "round_id": self.round_id,
            "policy_digest": self.policy_digest.hex(),
            "application_date": self.application_date.isoformat(),
            "outcome": self.outcome.value,
            "findings": [_finding_json(finding) for finding in self.findings],
            "objection": self.objection.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's decision on a proposal; made by ``decide`` or read by ``parse_decision``.

    Attributes:
        decided_at: aware UTC time with whole seconds.
        written_reason: why it departs from the proposal; may be empty when it does not.
        salt: 32 random bytes, so that the digest, which may be anchored, cannot be guessed.

    Raises:
        OutcomeError: "cannot verify", which is no decision.
        OfficerError: the officer has no name, or one of impossible length.
        WrittenReasonError: the decision departs from the proposal without a written reason.
        EncodingError: a time with a fraction or without zone, or a salt of another length.
    """

    proposal: DecisionProposal
    outcome: Outcome
    officer: str
    decided_at: datetime
    written_reason: str
    salt: bytes

    def __post_init__(self) -> None:
        if self.outcome is Outcome.CANNOT_VERIFY:
            raise OutcomeError("an officer decides; that something cannot be verified decides not")
        if not self.officer.strip() or len(self.officer) > MAX_NAME_CHARACTERS:
            raise OfficerError("a decision carries the name of the officer who takes it")
        _require_reason(self.written_reason, needed=self.departs_from_proposal)
        format_time(self.decided_at)
        if len(self.salt) != SALT_BYTES:
            raise EncodingError(f"a decision's salt has {SALT_BYTES} bytes")

    @property
    def departs_from_proposal(self) -> bool:
        """Whether the officer decided something else than was proposed."""
        return self.outcome is not self.proposal.outcome

    def canonical(self) -> bytes:
        """The decision as canonical JSON: what is kept, shown and hashed."""
        return canonical(
            {
                "format": DECISION_FORMAT,
                "proposal": self.proposal.as_json(),
                "outcome": self.outcome.value,
                "officer": self.officer,
                "decided_at": format_time(self.decided_at),
                "written_reason": self.written_reason,
                "salt": self.salt.hex(),
            }
        )

    def digest(self) -> bytes:
        """32 bytes that stand for the decision in the log; meaningless without the salt."""
        return tagged_hash(DECISION_FORMAT, self.canonical())


def propose(policy: PolicyRound, evaluation: Evaluation, case_id: str) -> DecisionProposal:
    """A proposal from an evaluation, with the objection periods of the service.

    Args:
        policy: the policy that the evaluation was made by.
        evaluation: the findings.
        case_id: the application's reference in the agency's records, without personal data.

    Raises:
        OutcomeError: the evaluation was made by another policy.
    """
    made_by = (evaluation.service_id, evaluation.round_id, evaluation.policy_digest)
    if made_by != (policy.service.id, policy.round.id, policy.service.digest):
        raise OutcomeError("the evaluation was made by another policy")
    return DecisionProposal(
        case_id,
        *made_by,
        application_date=evaluation.application_date,
        outcome=evaluation.outcome,
        findings=evaluation.findings,
        objection=_objection_right(policy),
    )


def decide(
    proposal: DecisionProposal,
    outcome: Outcome,
    officer: str,
    *,
    at: datetime,
    rng: Callable[[int], bytes],
    written_reason: str = "",
) -> Decision:
    """An officer's decision.

    Args:
        proposal: what the rules recommend.
        outcome: eligible or not eligible.
        officer: the name under which the officer answers for it.
        at: aware UTC time with whole seconds.
        rng: source of random bytes, ``secrets.token_bytes`` in production.
        written_reason: required where ``outcome`` is not the proposed one.

    Raises:
        DecisionError: as ``Decision``.

    Not checked: whether this officer may decide (the caller knows who is signed in).
    """
    return Decision(proposal, outcome, officer, at, written_reason, rng(SALT_BYTES))


def _require_reason(reason: str, *, needed: bool) -> None:
    if len(reason) > MAX_REASON_CHARACTERS:
        raise WrittenReasonError(f"a written reason has at most {MAX_REASON_CHARACTERS} characters")
    if needed and len(reason.strip()) < MIN_REASON_CHARACTERS:
        raise WrittenReasonError(
            f"a decision that departs from the proposal needs a written reason of at least "
            f"{MIN_REASON_CHARACTERS} characters"
        )


def _objection_right(policy: PolicyRound) -> ObjectionRight:
    objection = policy.service.objection
    sourcing = objection.file_within.sourcing
    return ObjectionRight(
        objection.file_within.value,
        objection.decided_within.value,
        objection.extended_by.value,
        Bilingual(f"[{sourcing.mark}] {sourcing.text.ko}", f"[{sourcing.mark}] {sourcing.text.en}"),
    )


def _finding_json(finding: Finding) -> dict[str, Json]:
    return {
        "rule_id": finding.rule_id,
        "predicate": finding.predicate,
        "result": finding.result.value,
        "code": finding.code,
        "requirement": dict(finding.requirement.as_json()),
        "reason": dict(finding.reason.as_json()),
        "sources": [dict(source.as_json()) for source in finding.sources],
    }
