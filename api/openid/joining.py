"""Join a checked presentation with the application that it was asked for.

Neither says who somebody is: the request's session and the application's secret do, together.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeGuard

from api.actions.errors import ActionError, ApplicationNotFoundError
from api.actions.finish_application import finish_application
from api.actions.paper_errors import (
    CopySpentError,
    DecidedError,
    OtherPresentationError,
    PersonAppliedError,
    RecordingError,
    RoundOverError,
    WithdrawnError,
)
from api.actions.read_application import read_application
from api.openid.asking import Reader
from api.openid.basis import round_name
from api.openid.desk import Desk
from api.openid.holding import look_now
from api.openid.outcome import AnswerKind
from api.openid.receiving import Progress, Shown
from api.openid.rejudging import judge_proposal, outcome_in, read_basis
from api.openid.scope_secrets import Scope
from api.ports.applications import Application, ApplicationState
from api.ports.means import Means
from api.ports.proposals import Claimed, Keeping, KeptProposal
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
        PersonAppliedError: the person has another application in the round.
        CopySpentError: a copy was shown for another application.
        EvidenceUndeterminedError: it cannot be determined now whether it is still good.
        RoundOverError: the round is over, objections included.
        WithdrawnError: the application was withdrawn.
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
        ActionError, UnknownResourceError: as there.
    """
    number, at = application.number, means.now()
    progress = look_now(desk, shown, reader, at)
    proposal, sealed = _proposal(application, progress), _basis(progress)
    basis = read_basis(desk, shown.request, sealed)
    if basis.persons is None:
        raise RoundOverError("the round's secret was erased")
    first = canonical(proposal)
    judged = judge_proposal(desk, application, first, basis, at)
    kept = KeptProposal(number, shown.request, judged, at, shown=first, basis=sealed)
    claimed = Claimed(application.service, application.round, basis.persons, basis.copies)
    name = round_name(application.service, application.round)
    with desk.storage.work() as work:
        if desk.scope_secrets(work, at).is_erased(Scope.ROUND, name):
            raise RoundOverError("the round's secret was erased since it was shown")
        _check_open(work.applications.hold(number), at)
        done = work.proposals.keep(kept, claimed)
        there = work.proposals.find(number)
        if done is Keeping.USED and _is_joined(there, shown):
            return outcome_in(there.proposal)
        if there is not None and there.decision is not None:
            raise DecidedError("an officer has decided already")
        if done is not Keeping.KEPT:
            raise _REFUSALS[done]("the presentation cannot be joined")  # undoes the transaction
        if basis.evidence:
            finish_application(work, number, at, [shown.request])
        else:
            # What anybody can make up finishes no application.
            work.applications.grow(number, len(judged) + len(first) + len(sealed) + ROW_BYTES)
    return outcome_in(judged)


_REFUSALS: Final[Mapping[Keeping, type[ActionError]]] = {
    Keeping.USED: OtherPresentationError,
    Keeping.PERSON_TAKEN: PersonAppliedError,
    Keeping.COPY_SPENT: CopySpentError,
}


def _check_open(application: Application | None, at: datetime) -> None:
    if application is None or application.is_over(at):
        raise ApplicationNotFoundError("the application has ended")
    if application.state is ApplicationState.WITHDRAWN:
        raise WithdrawnError("the application was withdrawn")
    if application.state is ApplicationState.DECIDED:
        raise DecidedError("an officer has decided already")


def _is_joined(there: KeptProposal | None, shown: Shown) -> TypeGuard[KeptProposal]:
    """Whether this very presentation was joined before: the same request may be sent again."""
    return there is not None and there.request == shown.request


def _basis(progress: Progress) -> bytes:
    """What stands behind the answer, sealed.

    Raises:
        OtherPresentationError: it was answered before this was kept; it is shown again.
    """
    if progress.answered is None or progress.answered.basis is None:
        raise OtherPresentationError("nothing is known of what stands behind it")
    return progress.answered.basis


def _proposal(application: Application, progress: Progress) -> dict[str, Json]:
    """The proposal under the application's number.

    Raises:
        RecordingError: it waits until its credentials are anchored.
        OtherPresentationError: there is none that fits.
    """
    answered, asked = progress.answered, progress.asked
    if answered is not None and answered.kind is AnswerKind.RECORDING:
        raise RecordingError("a credential is not anchored yet")
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
