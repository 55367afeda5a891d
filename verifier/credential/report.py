"""The full check as a numbered report: every credential is examined, whatever befell the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.evidence.encoding import Json, format_time
from verifier.credential.request import PresentationRequest
from verifier.credential.standing import Policy
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import Examination, VerifiedCredential, prove_one_person
from verifier.errors import (
    RejectedError,
    UndeterminedError,
    VerifierError,
)


class Outcome(StrEnum):
    """What a presentation came to. Never merged: cannot verify is neither of the others."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: number, what was examined, outcome, and the error if there is one."""

    number: int
    subject: str
    outcome: Outcome
    code: str
    check: str
    message: str
    facts: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Report:
    """All findings about one answer."""

    request: str
    at: datetime
    outcome: Outcome
    findings: tuple[Finding, ...]

    def json(self) -> dict[str, Json]:
        """The report as JSON. Claims appear as the holder disclosed them."""
        return {
            "version": REPORT_VERSION,
            "request": self.request,
            "at": format_time(self.at.replace(microsecond=0)),
            "outcome": self.outcome.value,
            "findings": [
                {
                    "number": finding.number,
                    "subject": finding.subject,
                    "outcome": finding.outcome.value,
                    "code": finding.code,
                    "check": finding.check,
                    "message": finding.message,
                    **finding.facts,
                }
                for finding in self.findings
            ],
        }


REPORT_VERSION: Final = "dojang-presentation-report-v1"


def report_on(
    answers: Mapping[str, Sequence[str]],
    request: PresentationRequest,
    material: TrustMaterial,
    at: datetime,
    policy: Policy,
) -> Report:
    """Examine an answer and say what was found, in a fixed order; nothing is raised.

    The outcome is ``verified`` exactly if ``verify`` would return with the same arguments.
    """
    examination = Examination.of(request, material, at, policy)
    findings = [_finding(1, "request", None, {})]
    try:
        examination.check_request(answers)
    except VerifierError as error:
        findings = [_finding(1, "request", error, {})]
    verified: list[VerifiedCredential] = []
    for one in examination.each(answers):
        number, subject = len(findings) + 1, f"credential {one.query.id}"
        if isinstance(one.result, VerifierError):
            findings.append(_finding(number, subject, one.result, {}))
        else:
            verified.append(one.result)
            findings.append(_finding(number, subject, None, _facts(one.result)))
    if len(verified) == len(request.queries) > 1:
        findings.append(_person_finding(len(findings) + 1, verified, policy))
    outcomes = {finding.outcome for finding in findings}
    worst = next(o for o in _WORST_FIRST if o in outcomes)
    return Report(request.id, at, worst, tuple(findings))


_WORST_FIRST: Final = (Outcome.REJECTED, Outcome.UNDETERMINED, Outcome.VERIFIED)


def _person_finding(number: int, verified: Sequence[VerifiedCredential], policy: Policy) -> Finding:
    try:
        proof = prove_one_person(verified, policy)
    except UndeterminedError as error:
        return _finding(number, "one person", error, {})
    return _finding(number, "one person", None, {"proof": proof})


def _finding(
    number: int, subject: str, error: VerifierError | None, facts: Mapping[str, Json]
) -> Finding:
    if error is None:
        return Finding(number, subject, Outcome.VERIFIED, "ok", "", "every check passed", facts)
    outcome = Outcome.REJECTED if isinstance(error, RejectedError) else Outcome.UNDETERMINED
    return Finding(number, subject, outcome, error.code, error.check, str(error), facts)


def _facts(credential: VerifiedCredential) -> dict[str, Json]:
    checkpoint = credential.issuance.checkpoint
    anchored: Json = None
    if checkpoint is not None:
        anchored = {
            "log": credential.place.log,
            "index": credential.place.index,
            "checkpoint": checkpoint.sequence,
            "block": checkpoint.block,
        }
    return {
        "issuer": credential.issuer,
        "vct": credential.vct,
        "claims": dict(credential.claims),
        "issued": format_time(credential.issued.replace(microsecond=0)),
        "expires": format_time(credential.expires.replace(microsecond=0)),
        "status": credential.status,
        "anchored": anchored,
    }
