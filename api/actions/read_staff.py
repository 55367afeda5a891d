"""Look at accounts, acts of two people, and what was administered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.confirm_act import check_two_people
from api.actions.errors import ActionError
from api.actions.recover_account import OpenRecovery, open_recoveries
from api.ports.accounts import Account, Role
from api.ports.acts import ROLE_OF, AdministrativeEntry, TwoPersonAct
from api.ports.means import Means
from api.ports.storage import Reading

MOST_ACTS: Final = 200


@dataclass(frozen=True, slots=True)
class SeenAct:
    """An act as one account sees it.

    Args:
        act: the act.
        proposer: the account that proposed it.
        object: the account that it is about; None for a key.
        opens: of a recovery that is not over and was confirmed, when its link opens.
        refusal: code of what forbids this account to confirm it; None where nothing does. Whether
            the act can still be confirmed by anybody is the act's to say.
    """

    act: TwoPersonAct
    proposer: Account | None
    object: Account | None
    opens: datetime | None
    refusal: str | None


def all_accounts(means: Means) -> Sequence[Account]:
    """All accounts, the oldest first."""
    with means.storage.reading() as reading:
        return reading.accounts.all()


def acts_for(means: Means, who: Account) -> Sequence[SeenAct]:
    """The newest acts that somebody may propose or, if another proposed them, confirm."""
    with means.storage.reading() as reading:
        found = reading.acts.newest(MOST_ACTS)
        opens = {one.act.id: one.opens for one in open_recoveries(reading, means.now())}
        mine = [act for act in found if who.holds(ROLE_OF[act.kind])]
        return [see_act(reading, act, who, opens.get(act.id)) for act in mine]


def recoveries_for(means: Means, who: Account) -> Sequence[OpenRecovery]:
    """The recoveries that somebody must know of: all for administrators and auditors, one's own."""
    sees_all = who.holds(Role.ADMINISTRATOR) or who.holds(Role.AUDITOR)
    with means.storage.reading() as reading:
        found = open_recoveries(reading, means.now())
    return [one for one in found if sees_all or one.account.id == who.id]


def look_at_act(means: Means, act: TwoPersonAct, who: Account) -> SeenAct:
    """An act as an account sees it; its role was checked."""
    with means.storage.reading() as reading:
        opens = {one.act.id: one.opens for one in open_recoveries(reading, means.now())}
        return see_act(reading, act, who, opens.get(act.id))


def see_act(
    reading: Reading, act: TwoPersonAct, who: Account, opens: datetime | None = None
) -> SeenAct:
    """An act as an account sees it; its role was checked."""
    try:
        check_two_people(reading.accounts, act, who)
        refusal = None
    except ActionError as error:
        refusal = error.code
    find = reading.accounts.find
    return SeenAct(act, find(act.proposer), find(act.object), opens, refusal)


def newest_entries(means: Means, limit: int) -> Sequence[AdministrativeEntry]:
    """The newest administrative entries."""
    with means.storage.reading() as reading:
        return reading.acts.entries(limit)
