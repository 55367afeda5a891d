"""An officer looks at a case; that they did is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.decide_application import MAX_PROPOSAL_BYTES
from api.actions.errors import ApplicationNotFoundError
from api.actions.note_access import note_access
from api.actions.paper_errors import NoProposalError
from api.ports.access_log import PersonalAccess
from api.ports.means import Means
from contracts.evidence.encoding import Json, parse_canonical

CASE_READ: Final = "case.read"
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules propose on an application, and whether somebody has decided."""

    proposal: Mapping[str, Json]
    attached: datetime
    decided: bool


def read_case(means: Means, officer: str, number: str, alarm_reads: int) -> Case:
    """The proposal on an application, for an officer.

    Args:
        means: storage, clock and randomness.
        officer: id of the account that looks.
        number: of the application.
        alarm_reads: cases that somebody may read within an hour before an alarm is raised.

    Raises:
        ApplicationNotFoundError: no such application.
        NoProposalError: nobody has joined a presentation with it.
    """
    at = means.now()
    with means.storage.work() as work:
        application = work.applications.find(number)
        if application is None or application.is_over(at):
            raise ApplicationNotFoundError("no such application")
        found = work.proposals.find(number)
        if found is None:
            raise NoProposalError("nobody has joined a presentation with it")
        access = PersonalAccess(officer, "application", number, CASE_READ, at)
        note_access(work, access, alarm_reads, means.rng(SALT_BYTES))
    proposal = parse_canonical(found.proposal, max_bytes=MAX_PROPOSAL_BYTES)
    return Case(
        proposal=proposal if isinstance(proposal, dict) else {},
        attached=found.attached,
        decided=found.decision is not None,
    )
