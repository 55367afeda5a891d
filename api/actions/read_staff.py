"""Look at accounts, acts of two people, and what was administered."""

from collections.abc import Sequence
from typing import Final

from api.ports.accounts import Account
from api.ports.acts import ROLE_OF, AdministrativeEntry, TwoPersonAct
from api.ports.means import Means

MOST_ACTS: Final = 200


def all_accounts(means: Means) -> Sequence[Account]:
    """All accounts, the oldest first."""
    with means.storage.reading() as reading:
        return reading.accounts.all()


def acts_for(means: Means, who: Account) -> Sequence[TwoPersonAct]:
    """The newest acts that somebody may propose or confirm."""
    with means.storage.reading() as reading:
        found = reading.acts.newest(MOST_ACTS)
    return [act for act in found if who.holds(ROLE_OF[act.kind])]


def newest_entries(means: Means, limit: int) -> Sequence[AdministrativeEntry]:
    """The newest administrative entries."""
    with means.storage.reading() as reading:
        return reading.acts.entries(limit)
