"""A way back for an administrator who lost every passkey: never one person's, and never quiet.

Whoever has the machine asks for it (``dojang admin recover``), which makes a link that opens
nothing yet. An administrator of the other lineage confirms it. Then a waiting time runs, in which
every administrator sees it at sign-in and may withdraw it, and in which a sign-in of the account
itself ends it. Only then does the link make an account that takes the place of the old one: with
its roles and its lineage, under an id of its own, and the old one is removed. It serves only where
the administrators who are left could not do the same together (decision 0014).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from api.actions.invite_staff import (
    InvitationOrder,
    Invited,
    administrators,
    keep_invitation,
    two_independent,
)
from api.actions.propose_act import ACT_TIME, ActOrder, keep_proposal, record_act
from api.actions.record_administration import CONSOLE, Deed, record_administration
from api.actions.staff_errors import (
    AccountUnknownError,
    ActEndedError,
    ActOccupiedError,
    InvitationRefusedError,
    RecoveryNeedlessError,
    RecoveryWaitsError,
    SamePersonError,
)
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ActKind, ActState, TwoPersonAct
from api.ports.means import Means
from api.ports.sessions import Invitation
from api.ports.storage import Reading, Work

RECOVERY_WAIT: Final = timedelta(days=3)
"""From the confirmation until the link opens: a long weekend has passed by then."""
RECOVERY_USE: Final = timedelta(days=7)
"""How long the link is good afterwards."""


@dataclass(frozen=True, slots=True)
class OpenRecovery:
    """A recovery that is not over.

    Args:
        act: what was asked for, confirmed or not.
        invitation: of the link; says who shall have the account.
        account: which one it would replace.
    """

    act: TwoPersonAct
    invitation: Invitation
    account: Account

    @property
    def opens(self) -> datetime | None:
        """From when the link opens; None while nobody confirmed."""
        is_confirmed = self.act.state is ActState.DONE and self.act.decided is not None
        return self.act.decided + RECOVERY_WAIT if is_confirmed and self.act.decided else None


def ask_recovery(means: Means, account: str, name: str = "", person: str = "") -> Invited:
    """Ask from the command line that somebody gets an administrator's place back.

    Args:
        means: storage, clock and randomness.
        account: id of the administrator's account.
        name: of who shall have it; empty for the same person.
        person: their staff number; empty for the same person.

    Raises:
        AccountUnknownError: no administrator's account has this id.
        RecoveryNeedlessError: the administrators who are left can do it together.
        SamePersonError: the staff number is of somebody who would have to confirm.
        ActOccupiedError: it was asked for already, and is not over.
    """
    with means.storage.work() as work:
        work.accounts.alone()
        lost = work.accounts.find(account)
        if lost is None or not lost.holds(Role.ADMINISTRATOR):
            raise AccountUnknownError("no administrator's account has this id")
        heir = replace(lost, name=name or lost.name, person=person or lost.person)
        _check_need(work, heir)
        if any(one.account.id == lost.id for one in open_recoveries(work, means.now())):
            raise ActOccupiedError("it was asked for already, and is not over")
        act = keep_proposal(work, means, CONSOLE, ActOrder(ActKind.RECOVER_ACCOUNT, lost.id))
        order = InvitationOrder(heir.name, heir.person, frozenset())
        time = ACT_TIME + RECOVERY_WAIT + RECOVERY_USE
        return keep_invitation(means, work, CONSOLE, order, time=time, act=act.id)


def _check_need(work: Work, heir: Account) -> None:
    left = [one for one in administrators(work.accounts.all()) if one.id != heir.id]
    if two_independent(left):
        raise RecoveryNeedlessError("two administrators are left: they invite and remove")
    if any(one.is_same_person(heir) for one in left):
        raise SamePersonError("the staff number is an administrator's who is left")


def open_recoveries(reading: Reading, at: datetime) -> list[OpenRecovery]:
    """All recoveries that are not over: neither withdrawn nor used, in time."""
    found = []
    for invitation in reading.sessions.invitations_of_acts():
        act = reading.acts.find(invitation.act)
        account = reading.accounts.find(act.object) if act else None
        if act is None or account is None or invitation.expires <= at:
            continue
        waits = act.state is ActState.WAITING and act.expires > at
        if account.state is AccountState.ACTIVE and (waits or act.state is ActState.DONE):
            found.append(OpenRecovery(act, invitation, account))
    return found


def find_recovery(reading: Reading, invitation: Invitation, at: datetime) -> OpenRecovery:
    """The recovery of a link that may be used now.

    Raises:
        RecoveryWaitsError: nobody confirmed yet, or the waiting time is not over.
        InvitationRefusedError: withdrawn, too old, or the account was removed otherwise.
    """
    for found in open_recoveries(reading, at):
        if found.invitation.id == invitation.id:
            if found.opens is None or found.opens > at:
                raise RecoveryWaitsError("the recovery is not confirmed, or waits")
            return found
    raise InvitationRefusedError("the recovery was withdrawn, or its time is over")


def replace_account(work: Work, means: Means, recovery: OpenRecovery, made: Account) -> Account:
    """Let the account that is being made take the place of the old one, which is removed.

    Returns:
        The account as it is to be kept, with roles and lineage of the old one.
    """
    old = recovery.account
    work.sessions.end_all(old.id)
    work.accounts.remove(old.id)
    deed = Deed("account.recover", made.id, old.id, {"act": recovery.act.id})
    record_administration(work, deed, means.now(), means.rng)
    return replace(made, roles=old.roles, lineage=old.lineage)


def withdraw_recovery(work: Work, means: Means, act: TwoPersonAct, who: str) -> TwoPersonAct:
    """End a recovery, confirmed or not; its link is worth nothing afterwards.

    Raises:
        ActEndedError: it was used, or its time is over.
    """
    at = means.now()
    if all(one.act.id != act.id for one in open_recoveries(work, at)):
        raise ActEndedError("the recovery was used, or its time is over")
    work.sessions.drop_invitation_of(act.id)
    ended = replace(act, state=ActState.WITHDRAWN, decider=who, decided=at)
    work.acts.decide(ended)
    record_act(work, means, ended, "act.withdraw", who)
    return ended


def end_recovery_of(work: Work, means: Means, account: str) -> None:
    """Somebody signed in to an account: it is not lost, so nobody needs its place."""
    for found in open_recoveries(work, means.now()):
        if found.account.id == account:
            withdraw_recovery(work, means, found.act, account)
