"""Issue nothing that would not be believed: ``iat`` has to lie near the time of anchoring (C-43).

While an agency's log cannot be anchored, or what the chain lost of it is not back, its credentials
wait. After half a day nothing new is signed: the wallet gets a deferred issuance and asks again.

The same while the time of day cannot be trusted, since it would stand in every credential: a clock
behind the chain's newest block is wrong, and one that jumped is believed as soon as a block agrees.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from api.openid.agencies import Agency
from api.openid.office import Office
from api.openid.ports import OpenIdWork
from api.openid.register import NotYetKnownError
from verifier.credential.trust import MAX_ISSUER_CLOCK_LEAD

MAX_WAITING: Final = timedelta(hours=12)
"""Half of the day within which a credential is anchored (SPEC C-43)."""
AGREED: Final = timedelta(minutes=15)
"""A block of so long ago says what time it is."""


class AnchoringLateError(NotYetKnownError):
    """What was issued before waits for the chain for too long: ask again later."""

    code: ClassVar[str] = "issuing.anchoring_late"


class ClockDoubtedError(NotYetKnownError):
    """Nobody knows what time it is: ask again later."""

    code: ClassVar[str] = "issuing.clock_doubted"


def check_anchoring(work: OpenIdWork, office: Office, agency: Agency, at: datetime) -> None:
    """Look whether what is issued now can be anchored in time.

    Raises:
        AnchoringLateError: the agency's oldest credential that is not on chain is too old.
        ClockDoubtedError: the time of day is behind the chain's, or jumped and no block agrees yet.
    """
    confirmed = work.logs.last_confirmed(agency.log)
    size = 0 if confirmed is None else confirmed.size
    first = work.issuing.first_issued(agency.id, size)
    if first is not None and at - first >= MAX_WAITING:
        raise AnchoringLateError("the agency's log has not been anchored for too long")
    if confirmed is not None and confirmed.time is not None:
        _check_behind(confirmed.time, at)
    if abs(office.clock_shift()) > MAX_ISSUER_CLOCK_LEAD.total_seconds():
        _check_agreed(work, at)


def _check_behind(block: datetime, at: datetime) -> None:
    if block - at > MAX_ISSUER_CLOCK_LEAD:
        raise ClockDoubtedError("the time of day is behind the chain's")


def _check_agreed(work: OpenIdWork, at: datetime) -> None:
    """The clock jumped: the newest block of all logs must be of just now."""
    found = [work.logs.last_confirmed(name) for name in work.continuity.log_names()]
    blocks = [one.time for one in found if one is not None and one.time is not None]
    newest = max(blocks, default=None)
    if newest is None or not -MAX_ISSUER_CLOCK_LEAD <= at - newest <= AGREED:
        raise ClockDoubtedError("the time of day jumped, and the chain does not bear it out yet")
