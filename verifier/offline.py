"""What a presentation entitles to, and the worked cases of a service, for the command line.

Everything comes from files: an agency's proposal can be made again years later, by anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracts.evidence.encoding import Json, format_time
from contracts.evidence.snapshot import TrustSnapshot
from verifier.check import CheckedAnswer, Question, check
from verifier.credential.bundle import PresentationFile
from verifier.credential.request import PresentationRequest
from verifier.credential.trust import TrustMaterial
from verifier.eligibility.cases import CaseResult, parse_cases, run_case
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.decision import DecisionProposal, propose
from verifier.eligibility.errors import FactsError
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.predicates import Truth
from verifier.eligibility.queries import request_queries
from verifier.eligibility.wording import Bilingual, Language
from verifier.services import read_service_file

PROPOSAL_VERSION: Final = "dojang-offline-proposal-v1"
_RESULTS: Final = {
    Truth.PASS: Bilingual("충족", "holds"),
    Truth.FAIL: Bilingual("충족하지 않음", "does not hold"),
    Truth.CANNOT_VERIFY: Bilingual("확인할 수 없음", "cannot be verified"),
}
_OUTCOMES: Final = {
    "eligible": Bilingual("받을 수 있음", "eligible"),
    "not_eligible": Bilingual("받을 수 없음", "not eligible"),
    "cannot_verify": Bilingual("확인할 수 없음", "cannot be verified"),
}


@dataclass(frozen=True, slots=True)
class OfflineProposal:
    """What the rules recommend on an answer; it binds nobody, an officer decides."""

    proposal: DecisionProposal
    checked: CheckedAnswer
    at: datetime

    def as_json(self) -> dict[str, Json]:
        """The proposal as the service makes it, and what stood in the way by credential type."""
        obstacles: list[Json] = [
            {"vct": vct, "code": one.code, "check": one.check, "undetermined": one.undetermined}
            for vct, one in self.checked.obstacles.items()
        ]
        return {
            "version": PROPOSAL_VERSION,
            "at": format_time(self.at.replace(microsecond=0)),
            "proposal": self.proposal.as_json(),
            "obstacles": obstacles,
        }

    def lines(self, lang: Language) -> Iterator[str]:
        """The same in words, a line for each condition with its reason."""
        for vct, one in self.checked.obstacles.items():
            yield f"! {vct} [{one.check} {one.code}]"
        for number, finding in enumerate(self.proposal.findings, start=1):
            yield f"{number}. {finding.requirement.of(lang)}"
            yield f"     {_RESULTS[finding.result].of(lang)}: {finding.reason.of(lang)}"
        yield f"=> {_OUTCOMES[self.proposal.outcome.value].of(lang)}"


def propose_offline(
    presentation: PresentationFile,
    request: PresentationRequest,
    snapshot: TrustSnapshot,
    policy: PolicyRound,
    at: datetime,
    application_date: date,
) -> OfflineProposal:
    """Check a presentation's file and apply a round's rules.

    Args:
        presentation: the answer, with the evidence that was fetched.
        request: what was asked.
        snapshot: what the chain says.
        policy: the round's rules.
        at: the moment of checking, aware.
        application_date: Korean calendar day on which the application was received.

    Raises:
        AnswerError: the request was not open then, or is not answered query by query.
        FactsError: the request asks for something else than the round's rules need.
    """
    issuers = {one.id: one.pseudonym.issuer for one in request.queries if one.pseudonym}
    if request.queries != request_queries(policy, issuers):
        raise FactsError("the request asks for something else than the round's rules need")
    material = TrustMaterial.assemble(snapshot, presentation.evidence)
    question = Question(request, policy, material, at, application_date)
    checked = check(presentation.answers, question)
    return OfflineProposal(propose(policy, checked.evaluation, request.id), checked, at)


def run_cases(service_id: str, catalogue: Catalogue) -> list[CaseResult]:
    """The worked cases beside a service's rules, and what the rules make of each now.

    Raises:
        ServiceFileError: the file of cases cannot be used.
        UnknownServiceError: there is no such service.
    """
    catalogue.service(service_id)
    cases = parse_cases(read_service_file(f"{service_id}.cases.yaml"), catalogue.schema)
    return [run_case(case, service_id, catalogue) for case in cases]
