"""Withdraw an offer: made for the wrong person or type, or its slip of paper was lost."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from api.actions.issuer_errors import (
    OfferClosedError,
    OfferExpiredError,
    OfferRedeemedError,
    OfferUnknownError,
)
from api.actions.record_administration import Deed
from api.openid.counter import Counter
from api.openid.offering import Offer, OfferState

ACT: Final = "credential.withdraw"


def withdraw_offer(counter: Counter, clerk: str, name: str) -> Offer:
    """Withdraw an offer that nobody has redeemed; its codes give no token from then on.

    The row is locked as a wallet's redeeming locks it: of the two, one comes first, and the other
    is told so. Any issuer may withdraw, because roles know no agency.

    Args:
        counter: the counter.
        clerk: id of the account that withdraws.
        name: the offer's id.

    Returns:
        The offer as it stands now.

    Raises:
        OfferUnknownError: no offer of that id, or it ended so long ago that it was removed.
        OfferRedeemedError: a wallet has used it.
        OfferExpiredError: its time was over.
        OfferClosedError: it was withdrawn before, or locked by wrong transaction codes.
    """
    with counter.office.storage.work() as work:
        found = work.issuing.offer(name)
        if found is None:
            raise OfferUnknownError("no offer has this id")
        withdrawn = _withdrawn(found, counter.clock())
        work.issuing.keep_offer(withdrawn)
        counter.record(work, Deed(ACT, clerk, found.id, {"agency": found.agency}))
    return withdrawn


def _withdrawn(offer: Offer, at: datetime) -> Offer:
    if offer.state is OfferState.REDEEMED:
        raise OfferRedeemedError("a wallet has used the offer")
    if offer.state is not OfferState.OPEN:
        raise OfferClosedError("the offer was withdrawn or locked before")
    if at >= offer.expires:
        raise OfferExpiredError("the offer's time was over")
    return replace(offer, state=OfferState.WITHDRAWN)
