"""A decision read back from the bytes that were kept, for checking it offline."""

from functools import cache
from typing import Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from contracts.evidence.encoding import Json, parse_canonical, parse_hash, parse_json, parse_time
from contracts.evidence.errors import EncodingError
from verifier.eligibility.decision import Decision, DecisionProposal, ObjectionRight
from verifier.eligibility.errors import DecisionFormatError, ServiceFileError
from verifier.eligibility.evaluation import Finding, Outcome
from verifier.eligibility.predicates import Truth
from verifier.eligibility.schema import Document
from verifier.eligibility.sourcing import parse_day, parse_text
from verifier.services import read_service_file

MAX_DECISION_BYTES: Final = 256 * 1024


def parse_decision(data: bytes) -> Decision:
    """Read a decision that ``Decision.canonical`` wrote.

    Args:
        data: canonical JSON, at most ``MAX_DECISION_BYTES``.

    Returns:
        The decision; its outcome, officer and written reason satisfy the same rules as when it
        was taken, and ``canonical()`` gives back exactly ``data``.

    Raises:
        DecisionFormatError: other bytes, an unknown format, or an impossible date or time.
        DecisionError: the decision contradicts its proposal or has no officer.

    Not checked: who wrote it (its digest in an anchored log shows that), and whether the findings
    follow from the policy (``evaluate`` again with the same facts shows that).
    """
    try:
        document = _checked(parse_canonical(data, max_bytes=MAX_DECISION_BYTES), "decision")
        return Decision(
            proposal=_proposal(document["proposal"]),
            outcome=Outcome(document["outcome"]),
            officer=document["officer"],
            decided_at=parse_time(document["decided_at"]),
            written_reason=document["written_reason"],
            salt=parse_hash(document["salt"]),
        )
    except (EncodingError, ServiceFileError) as error:
        raise DecisionFormatError(f"no decision: {error}") from error


def parse_proposal(value: Json) -> DecisionProposal:
    """Read a proposal that ``DecisionProposal.as_json`` wrote.

    Raises:
        DecisionFormatError: it is none.
        DecisionError: its outcome does not follow from its findings.
    """
    try:
        return _proposal(_checked(value, "proposal"))
    except (EncodingError, ServiceFileError) as error:
        raise DecisionFormatError(f"no proposal: {error}") from error


def _checked(value: Json, part: str) -> Document:
    problem = best_match(_validator(part).iter_errors(value))
    if problem is not None or not isinstance(value, dict):
        place = problem.json_path if problem else "$"
        raise DecisionFormatError(f"no decision: {place} is not as the format says")
    return value


@cache
def _validator(part: str) -> Draft202012Validator:
    """For a decision, or for a part of one."""
    schema = parse_json(read_service_file("decision-schema.json"))
    if not isinstance(schema, dict):
        raise DecisionFormatError("the schema of decisions is no JSON object")
    return Draft202012Validator({**schema, "$ref": f"#/$defs/{part}"})


def _proposal(document: Document) -> DecisionProposal:
    return DecisionProposal(
        case_id=document["case_id"],
        service_id=document["service_id"],
        round_id=document["round_id"],
        policy_digest=parse_hash(document["policy_digest"]),
        application_date=parse_day(document["application_date"]),
        outcome=Outcome(document["outcome"]),
        findings=tuple(_finding(entry) for entry in document["findings"]),
        objection=_objection_right(document["objection"]),
    )


def _finding(document: Document) -> Finding:
    return Finding(
        rule_id=document["rule_id"],
        predicate=document["predicate"],
        result=Truth(document["result"]),
        code=document["code"],
        requirement=parse_text(document["requirement"]),
        reason=parse_text(document["reason"]),
        sources=tuple(parse_text(source) for source in document["sources"]),
    )


def _objection_right(document: Document) -> ObjectionRight:
    return ObjectionRight(
        file_within_days=document["file_within_days"],
        decided_within_days=document["decided_within_days"],
        extended_by_days=document["extended_by_days"],
        source=parse_text(document["source"]),
    )
