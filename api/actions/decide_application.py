"""An officer decides: the decision, the paper that tells it, and its log entry are one transaction.

The rules propose; "cannot verify" is no decision, and who departs from the proposal says why.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.errors import ApplicationNotFoundError
from api.actions.finish_application import finish_application
from api.actions.issue_paper import PaperDesk, PaperOrder, keep_paper, print_paper
from api.actions.issue_receipt import korean_time, same
from api.actions.paper_errors import (
    DecidedError,
    EvidenceChangedError,
    NoProposalError,
    NotDecidedError,
    WithdrawnError,
    WrittenReasonMissingError,
    told,
)
from api.actions.print_again import with_file
from api.actions.read_application import read_application
from api.ports.accounts import Account
from api.ports.applications import Application, ApplicationState
from api.ports.papers import Paper, PaperKind
from api.ports.printing import Entry, PrintingError, Section
from api.ports.proposals import KeptProposal
from contracts.evidence.encoding import canonical, format_time, parse_canonical
from verifier.eligibility.decision import (
    DECISION_FORMAT,
    MIN_REASON_CHARACTERS,
    SALT_BYTES,
    Decision,
)
from verifier.eligibility.decision_file import parse_decision
from verifier.eligibility.errors import WrittenReasonError
from verifier.eligibility.evaluation import Finding, Outcome
from verifier.eligibility.predicates import Truth
from verifier.eligibility.wording import Bilingual

MAX_PROPOSAL_BYTES: Final = 256 * 1024
_OUTCOMES: Final = {
    Outcome.ELIGIBLE: Bilingual("선정(자격 있음)", "Granted: eligible"),
    Outcome.NOT_ELIGIBLE: Bilingual("거부(자격 없음)", "Refused: not eligible"),
    Outcome.CANNOT_VERIFY: Bilingual("확인할 수 없음", "Cannot be verified"),
}
_RESULTS: Final = {
    Truth.PASS: Bilingual("맞음", "Holds"),
    Truth.FAIL: Bilingual("맞지 않음", "Does not hold"),
    Truth.CANNOT_VERIFY: Bilingual("확인할 수 없음", "Cannot be verified"),
}


@dataclass(frozen=True, slots=True)
class DecisionOrder:
    """What an officer decides.

    Args:
        number: of the application.
        outcome: eligible or not.
        written_reason: needed where it departs from the proposal.
    """

    number: str
    outcome: Outcome
    written_reason: str = ""


def decide_application(desk: PaperDesk, officer: Account, order: DecisionOrder) -> Decision:
    """Keep an officer's decision, and the paper that the applicant gets.

    Raises:
        ApplicationNotFoundError: no such application.
        NoProposalError: nobody has joined a presentation with it.
        DecidedError: it was decided before, or another presentation was joined meanwhile.
        WithdrawnError: the applicant has withdrawn it.
        EvidenceChangedError: a credential was revoked, suspended or has expired since it was shown,
            or is good again; the new proposal is kept, to be looked at.
        EvidenceUndeterminedError: it cannot be determined now whether they are still good.
        WrittenReasonMissingError: it departs from the proposal without a reason.
        UnprintableTextError: the reason holds a character that cannot be printed.
        PrinterError: it cannot be printed at the moment.

    Not checked: whether this person may decide (the caller knows who is signed in).
    """
    application, proposal = _case(desk, order.number)
    at = desk.means.now()
    _judge_again(desk, application, proposal, at)
    document = {
        "format": DECISION_FORMAT,
        "proposal": parse_canonical(proposal.proposal, max_bytes=MAX_PROPOSAL_BYTES),
        "outcome": order.outcome.value,
        "officer": officer.name,
        "decided_at": format_time(at),
        "written_reason": order.written_reason,
        "salt": desk.means.rng(SALT_BYTES).hex(),
    }
    try:
        decision = parse_decision(canonical(document))
        paper = print_paper(desk, _order(desk, application, decision), at)
    except WrittenReasonError as error:
        raise WrittenReasonMissingError(
            f"a reason of at least {MIN_REASON_CHARACTERS} characters is needed"
        ) from error
    except PrintingError as error:
        raise told(error) from error
    with desk.means.storage.work() as work:
        _check_open(work.applications.hold(order.number))
        if not work.proposals.decide(proposal, decision.canonical()):
            raise DecidedError("it was decided, or the proposal is another one now")
        finish_application(work, order.number, at, [proposal.request])
        work.applications.close(order.number, ApplicationState.DECIDED)
        keep_paper(work, paper)
    return decision


def read_decision(desk: PaperDesk, number: str, secret: str) -> Paper:
    """The decision's paper with its file, for the holder of the application's secret.

    Raises:
        ApplicationNotFoundError: no such number, or not its secret.
        NotDecidedError: no officer has decided yet.
        PrinterError: it cannot be printed at the moment.
    """
    read_application(desk.means, number, secret)
    with desk.means.storage.reading() as reading:
        paper = reading.papers.of_application(number, PaperKind.DECISION)
    if paper is None:
        raise NotDecidedError("no officer has decided yet")
    return with_file(desk.printer, paper)


def _case(desk: PaperDesk, number: str) -> tuple[Application, KeptProposal]:
    with desk.means.storage.reading() as reading:
        application = reading.applications.find(number)
        proposal = reading.proposals.find(number)
    _check_open(application)
    if application is None or proposal is None:
        raise NoProposalError("nobody has joined a presentation with it")
    if proposal.decision is not None:
        raise DecidedError("it was decided before")
    return application, proposal


def _judge_again(
    desk: PaperDesk, application: Application, proposal: KeptProposal, at: datetime
) -> None:
    """Decide nothing on credentials that are not good any more."""
    judged = desk.judge_again(application, proposal, at)
    if judged == proposal.proposal:
        return
    with desk.means.storage.work() as work:
        if not work.proposals.replace(proposal, judged):
            raise DecidedError("it was decided, or the proposal is another one now")
    raise EvidenceChangedError("what was shown is judged otherwise now")


def _check_open(application: Application | None) -> None:
    if application is None:
        raise ApplicationNotFoundError("no such application")
    if application.state is ApplicationState.WITHDRAWN:
        raise WithdrawnError("the applicant has withdrawn it")


def _order(desk: PaperDesk, application: Application, decision: Decision) -> PaperOrder:
    policy = desk.means.catalogue.policy(application.service, application.round)
    entries = [
        Entry(Bilingual("결정", "Decision"), _OUTCOMES[decision.outcome]),
        Entry(Bilingual("신청번호", "Application number"), same(application.number)),
        Entry(Bilingual("서비스", "Service"), policy.service.title),
        Entry(Bilingual("회차", "Round"), policy.round.title),
        Entry(Bilingual("신청일", "Application date"), same(application.date.isoformat())),
        Entry(Bilingual("결정한 때", "Decided"), korean_time(decision.decided_at)),
        Entry(Bilingual("결정한 담당자", "Decided by"), same(decision.officer)),
        Entry(
            Bilingual("규칙에 따른 의견", "Proposal of the rules"),
            _OUTCOMES[decision.proposal.outcome],
        ),
    ]
    if decision.written_reason:
        reason = same(decision.written_reason)
        entries.append(Entry(Bilingual("담당자의 이유", "The officer's reason"), reason))
    digest = Entry(Bilingual("결정의 고유값", "Digest of the decision"), same(_digest(decision)))
    return PaperOrder(
        kind=PaperKind.DECISION,
        title=Bilingual("결정서", "Decision on an application"),
        issuer=policy.service.agency,
        sections=(
            Section(Bilingual("결정", "Decision"), tuple(entries)),
            Section(
                Bilingual("규칙마다 확인한 것", "What was found, rule by rule"),
                tuple(_finding(one) for one in decision.proposal.findings),
            ),
            Section(Bilingual("증거", "Evidence"), (digest,)),
        ),
        notes=_notes(decision),
        application=application.number,
        synthetic=application.trial,
    )


def _finding(finding: Finding) -> Entry:
    result = _RESULTS[finding.result]
    return Entry(
        finding.requirement,
        Bilingual(f"{result.ko}: {finding.reason.ko}", f"{result.en}: {finding.reason.en}"),
    )


def _notes(decision: Decision) -> tuple[Bilingual, ...]:
    """How to object; told with every refusal, and harmless beside a grant."""
    right = decision.proposal.objection
    return (
        Bilingual(
            f"이 결정에 이의가 있으면 결정을 받은 날부터 {right.file_within_days}일 안에 "
            f"이의신청할 수 있습니다. 이의신청은 {right.decided_within_days}일 안에 "
            f"결정하고, {right.extended_by_days}일까지 한 번 연장할 수 있습니다. "
            f"({right.source.ko})",
            f"You can object to this decision within {right.file_within_days} days of receiving "
            f"it. The objection is decided within {right.decided_within_days} days, extended once "
            f"by up to {right.extended_by_days}. ({right.source.en})",
        ),
        Bilingual(
            "규칙은 의견만 냅니다. 결정은 위의 담당자가 했습니다.",
            "Rules only propose. The officer named above took this decision.",
        ),
    )


def _digest(decision: Decision) -> str:
    return decision.digest().hex()
