"""Join a checked presentation with the application that it was asked for.

Neither says who somebody is: the request's session and the application's secret do, together.
"""

from datetime import datetime

from api.actions.errors import ApplicationNotFoundError
from api.actions.finish_application import finish_application
from api.actions.paper_errors import DecidedError, OtherPresentationError
from api.actions.read_application import read_application
from api.openid.asking import Reader
from api.openid.outcome import AnswerKind
from api.openid.receiving import Desk, Progress, Shown, look
from api.ports.applications import Application
from api.ports.means import Means
from api.ports.proposals import KeptProposal
from api.ports.storage import Work
from api.ports.unfinished import ROW_BYTES
from contracts.evidence.encoding import Json, canonical


def join_presentation(desk: Desk, means: Means, number: str, secret: str, shown: Shown) -> str:
    """Keep what the rules propose on an application; a later presentation takes its place.

    Returns:
        The proposed outcome.

    Raises:
        ApplicationNotFoundError: no such application, or not its secret.
        UnknownResourceError: no such request, or not its session.
        OtherPresentationError: it was not checked, was not opened for this application, or was for
            another service, round, day or version of the rules.
        DecidedError: an officer has decided already.
    """
    application = read_application(means, number, secret).application
    return join_application(desk, means, application, shown, Reader.APPLICANT)


def join_application(
    desk: Desk, means: Means, application: Application, shown: Shown, reader: Reader
) -> str:
    """As ``join_presentation``, for whoever may act on the application without its secret.

    Not checked: that they may (an officer's account is checked by the caller).

    Raises:
        ApplicationNotFoundError, UnknownResourceError, OtherPresentationError, DecidedError: as
            there.
    """
    number = application.number
    progress = look(desk, shown, reader)
    proposal = _proposal(application, progress)
    at = means.now()
    kept = KeptProposal(number, shown.request, canonical(proposal), at)
    with means.storage.work() as work:
        if work.proposals.keep(kept):
            if _shows_somebody(progress):
                finish_application(work, number, at, [shown.request])
            else:
                work.applications.grow(number, len(kept.proposal) + ROW_BYTES)
                _check_open(work, number, at)
            return str(proposal["outcome"])
        there = work.proposals.find(number)
    if there is not None and there.decision is not None:
        raise DecidedError("an officer has decided already")
    if there is None or there.request != shown.request:
        raise OtherPresentationError("the presentation serves another application")
    return str(proposal["outcome"])


def _shows_somebody(progress: Progress) -> bool:
    """Whether any credential was accepted; what anybody can make up finishes no application."""
    answered = progress.answered
    seen = answered.result.get("credentials") if answered is not None else None
    found = seen if isinstance(seen, list) else []
    return any(isinstance(one, dict) and one.get("verified") is True for one in found)


def _check_open(work: Work, number: str, at: datetime) -> None:
    application = work.applications.find(number)
    if application is None or application.is_over(at):
        raise ApplicationNotFoundError("the application has ended")


def _proposal(application: Application, progress: Progress) -> dict[str, Json]:
    """The proposal under the application's number.

    Raises:
        OtherPresentationError: there is none that fits.
    """
    answered, asked = progress.answered, progress.asked
    if answered is None or answered.kind is not AnswerKind.CHECKED:
        raise OtherPresentationError("nothing was shown that could be checked")
    proposal = answered.result.get("proposal")
    fits = (asked.application, asked.service, asked.round, asked.application_date) == (
        application.number,
        application.service,
        application.round,
        application.date,
    )
    if not fits or not isinstance(proposal, dict):
        raise OtherPresentationError("it was shown for something else")
    if proposal.get("policy_digest") != application.service_digest.hex():
        raise OtherPresentationError("it was checked by other rules")
    return {**proposal, "case_id": application.number}
