"""Errors of papers and decisions; each code has its words in ``api.http.problem_kinds.papers``.

ActionError
├── NotDecidedError          there is no decision on the application yet
├── DecidedError             there is one already
├── NoProposalError          nobody has joined a checked presentation with the application
├── OtherPresentationError   it is not of this application, or belongs to another
├── UnfinishedError          nothing was shown for the application that would keep it
├── UnsignedRequestError     an unsigned request would be shown to another device
├── PersonAppliedError       somebody has another application in this round
├── CopySpentError           a copy of a credential was shown for another application
├── RoundOverError           nobody can be told apart in that round any more
├── RecordingError           a credential is not anchored yet; what was shown is judged then
├── WithdrawnError           the applicant has withdrawn it
├── EvidenceChangedError     a credential is judged otherwise now than when it was shown
├── EvidenceUndeterminedError  it cannot be determined now whether one is still good
├── WrittenReasonMissingError  a decision that departs from the proposal needs one
├── PaperUnknownError        no such paper, or it was revoked before
├── RegisterRefusedError     the register does not bear the certificate out
├── RegisterPendingError     the register does not say at the moment
├── UnprintableTextError     a character cannot be printed
└── PrinterError             papers cannot be made at the moment
"""

from api.actions.errors import ActionError
from api.ports.printing import PrintingError, UnprintableError


class NotDecidedError(ActionError):
    """No officer has decided yet."""

    code = "application.undecided"


class DecidedError(ActionError):
    """An officer has decided, or the proposal is another one now."""

    code = "application.decided"


class NoProposalError(ActionError):
    """There is nothing to decide on."""

    code = "application.no_proposal"


class OtherPresentationError(ActionError):
    """The presentation was not checked, or for something else, or serves another application."""

    code = "application.other_presentation"


class UnfinishedError(ActionError):
    """The application was begun and not finished; it may end before anybody sees it."""

    code = "application.unfinished"


class UnsignedRequestError(ActionError):
    """A request that anybody could alter on its way to another device."""

    code = "application.unsigned_request"


class PersonAppliedError(ActionError):
    """Another application of the round is about the same person."""

    code = "application.person_applied"


class CopySpentError(ActionError):
    """A one-time copy was shown for another application before."""

    code = "application.copy_spent"


class RoundOverError(ActionError):
    """The round's secret was erased: its time to apply and to object is over."""

    code = "application.round_over"


class RecordingError(ActionError):
    """What was shown is held until its credentials are anchored, and judged by itself then."""

    code = "application.recording"


class WithdrawnError(ActionError):
    """The applicant has withdrawn the application."""

    code = "application.withdrawn"


class EvidenceChangedError(ActionError):
    """What was shown is judged otherwise now; the new proposal is kept, and nothing is decided."""

    code = "application.evidence_changed"


class EvidenceUndeterminedError(ActionError):
    """It cannot be determined now whether what was shown is still good; that is no refusal."""

    code = "application.evidence_undetermined"


class WrittenReasonMissingError(ActionError):
    """The officer departs from the proposal and does not say why."""

    code = "application.reason_missing"


class PaperUnknownError(ActionError):
    """There is no such paper that is valid."""

    code = "paper.unknown"


class RegisterRefusedError(ActionError):
    """The register knows nobody of that id, or issues nothing of that kind."""

    code = "paper.not_in_register"


class RegisterPendingError(ActionError):
    """The register cannot be read at the moment, or knows later; nothing was refused."""

    code = "paper.register_pending"


class UnprintableTextError(ActionError):
    """A text holds a character that the typeface has not."""

    code = "paper.unprintable"


class PrinterError(ActionError):
    """The typeface is missing: set-up was not run."""

    code = "paper.unavailable"


def told(error: PrintingError) -> ActionError:
    """A printer's error as an action's."""
    if isinstance(error, UnprintableError):
        return UnprintableTextError(str(error))
    return PrinterError(str(error))
