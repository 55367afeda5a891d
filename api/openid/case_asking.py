"""An officer asks for what an application needs, joins what was shown, and reads its trail.

Each of it is a look at a case, and is kept as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.actions.errors import ApplicationNotFoundError
from api.actions.finish_application import finish_application
from api.actions.note_access import note_access
from api.actions.paper_errors import NoProposalError
from api.openid.asking import Reader
from api.openid.desk import Desk
from api.openid.joining import join_application
from api.openid.opening import open_for_officer
from api.openid.ports import OpenIdWork
from api.openid.receiving import OpenedRequest, Shown
from api.ports.access_log import PersonalAccess
from api.ports.applications import Application
from api.ports.means import Means
from contracts.evidence.encoding import Json

CASE: Final = "application"
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """What officers ask with.

    Args:
        desk: the verifier's.
        means: clock and randomness.
        alarm_reads: cases that somebody may look at within an hour before an alarm is raised.
    """

    desk: Desk
    means: Means
    alarm_reads: int


def ask_for_case(cases: CaseDesk, officer: str, number: str) -> OpenedRequest:
    """Ask the applicant's wallet for what the rules of the application need, and nothing more.

    The request is for the application's own day and rules, whenever it is made. An officer who asks
    takes the application up: it does not end any more.

    Raises:
        ApplicationNotFoundError: no such application.
        DecidedError: it was decided.
    """
    with cases.desk.storage.work() as work:
        _note(cases, work, officer, number, "case.ask")
        application = finish_application(work, number, cases.means.now())
    return open_for_officer(cases.desk, cases.means, application)


def join_case(cases: CaseDesk, officer: str, number: str, shown: Shown) -> str:
    """Keep what the rules propose on what was shown; returns the proposed outcome.

    Raises:
        ApplicationNotFoundError: no such application.
        UnknownResourceError: no such request, or not its session.
        OtherPresentationError: what was shown is not for this application.
        DecidedError: it was decided.
    """
    application = _look(cases, officer, number, "case.join")
    return join_application(cases.desk, cases.means, application, shown, Reader.OFFICER)


def read_trail(cases: CaseDesk, officer: str, number: str) -> Mapping[str, Json]:
    """What was asked, shown, checked and found, step by step; no claim's value is in it.

    Raises:
        ApplicationNotFoundError: no such application.
        NoProposalError: nothing was joined with it, or what was is kept no longer.
    """
    with cases.desk.storage.work() as work:
        _note(cases, work, officer, number, "case.trail")
        proposal = work.proposals.find(number)
        answered = None if proposal is None else work.presentations.answered(proposal.request)
    if answered is None:
        raise NoProposalError("nothing was joined with it")
    return answered.result


def _look(cases: CaseDesk, officer: str, number: str, purpose: str) -> Application:
    with cases.desk.storage.work() as work:
        return _note(cases, work, officer, number, purpose)


def _note(
    cases: CaseDesk, work: OpenIdWork, officer: str, number: str, purpose: str
) -> Application:
    application = work.applications.find(number)
    if application is None or application.is_over(cases.means.now()):
        raise ApplicationNotFoundError("no such application")
    access = PersonalAccess(officer, CASE, number, purpose, cases.means.now())
    note_access(work, access, cases.alarm_reads, cases.means.rng(SALT_BYTES))
    return application
