"""Places in an agency's status lists, given out to copies at issuance.

Every list has an order of its places that was shuffled before the list opened. Drawing reads on in
it: no place is looked for, and the last one costs what the first did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.openid.agencies import Agency
from api.openid.errors import NoStatusPlaceError
from api.openid.office import Office
from api.openid.ports import OpenIdWork, StatusListState
from api.ports.outbox import Errand
from contracts.evidence.encoding import canonical
from verifier.credential.status import StatusReference

LISTS: Final = "issuer.lists"
"""The kind of errand that opens the next list."""


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """A place of a list; ``number`` is the list's."""

    number: int
    reference: StatusReference


def reserve(agency: Agency) -> int:
    """How many places are free at least while the worker follows; below, a list is opened.

    Three quarters of a new list: the next one is there before the newest is half full.
    """
    return agency.terms.status_entries * 3 // 4


def places_left(lists: Sequence[StatusListState]) -> int:
    """Places that may be given out now, in all lists."""
    return sum(one.left for one in lists)


def count_free_places(office: Office, agency: str) -> int | None:
    """Places that an agency may give out now; None where it has no list."""
    with office.storage.reading() as reading:
        lists = reading.issuing.status_lists(agency)
    return places_left(lists) if lists else None


def draw_status_places(
    work: OpenIdWork, agency: Agency, count: int, expires: datetime, at: datetime
) -> tuple[StatusPlace, ...]:
    """Give out places, of the list that is fullest first, and ask for another list in time.

    The caller holds the agency's log open, so that nobody draws beside it.

    Args:
        work: the transaction.
        agency: whose lists.
        count: how many.
        expires: when the credentials end that get them.
        at: now.

    Raises:
        NoStatusPlaceError: fewer are left; nothing was given out, because the transaction fails.
    """
    lists = work.issuing.giving_lists(agency.id)
    before, drawn = places_left(lists), list[StatusPlace]()
    for one in sorted(lists, key=lambda one: (-one.drawn, one.number)):
        if one.left and len(drawn) < count:
            uri = agency.status_uri(one.number)
            found = work.issuing.draw_places(one, min(one.left, count - len(drawn)), expires)
            drawn += [StatusPlace(one.number, StatusReference(uri, place)) for place in found]
    if before - count < reserve(agency) <= before:
        work.outbox.put(_errand(agency, lists[-1].number, at))
    if len(drawn) < count:
        raise NoStatusPlaceError("no place in a status list is free now; try again later")
    return tuple(drawn)


def _errand(agency: Agency, newest: int, at: datetime) -> Errand:
    """One for each newest list; asked for before or not, the worker looks every minute."""
    return Errand(LISTS, f"{agency.id}/{newest}", canonical({"agency": agency.id}), at)
