"""Issue nothing that would not be believed: a credential has to be anchored within a day.

While an agency's log cannot be anchored, or what the chain lost of it is not back, its credentials
wait. After half a day nothing new is signed: the wallet gets a deferred issuance and asks again.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from api.openid.agencies import Agency
from api.openid.ports import OpenIdWork
from api.openid.register import NotYetKnownError

MAX_WAITING: Final = timedelta(hours=12)
"""Half of the day within which a credential is anchored (SPEC C-43)."""


class AnchoringLateError(NotYetKnownError):
    """What was issued before waits for the chain for too long: ask again later."""

    code: ClassVar[str] = "issuing.anchoring_late"


def check_anchoring(work: OpenIdWork, agency: Agency, at: datetime) -> None:
    """Look whether the agency's oldest credential that is not on chain is young enough.

    Raises:
        AnchoringLateError: it is not.
    """
    confirmed = work.logs.last_confirmed(agency.log)
    size = 0 if confirmed is None else confirmed.size
    first = work.issuing.first_issued(agency.id, size)
    if first is not None and at - first >= MAX_WAITING:
        raise AnchoringLateError("the agency's log has not been anchored for too long")
