"""Invite somebody to make an account: a link that works once.

An administrator invites to every role but their own, which two people grant. The first two
administrators are invited from the command line of the machine, because two are needed to grant.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from api.actions.ceremonies import hash_token, new_token
from api.actions.record_administration import CONSOLE, ID_BYTES, Deed, record_administration
from api.actions.staff_errors import InvitationRefusedError, RoleNeedsTwoError
from api.ports.accounts import Account, Role
from api.ports.means import Means
from api.ports.sessions import Invitation
from api.ports.storage import Work
from contracts.evidence.encoding import b64u_encode

INVITATION_TIME: Final = timedelta(hours=48)
FEWEST_ADMINISTRATORS: Final = 2
"""With fewer, no two people could grant the role: the command line helps."""


@dataclass(frozen=True, slots=True)
class InvitationOrder:
    """Whom to invite.

    Args:
        name: as colleagues know the person.
        person: the staff number.
        roles: at least one.
    """

    name: str = field(repr=False)
    person: str = field(repr=False)
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and the token for its link, which nobody can tell again."""

    invitation: Invitation
    token: str = field(repr=False)


def invite_staff(means: Means, inviter: str, order: InvitationOrder) -> Invited:
    """Invite somebody in the name of an administrator, whose role was checked.

    Raises:
        RoleNeedsTwoError: to the administrator's role.
    """
    if Role.ADMINISTRATOR in order.roles:
        raise RoleNeedsTwoError("the administrator's role is granted by two people")
    with means.storage.work() as work:
        return _invite(means, work, inviter, order)


def invite_first_administrator(means: Means, name: str, person: str) -> Invited:
    """Invite an administrator from the command line, while there are fewer than two.

    Raises:
        RoleNeedsTwoError: there are two already: they grant the role.
    """
    order = InvitationOrder(name, person, frozenset({Role.ADMINISTRATOR}))
    with means.storage.work() as work:
        work.accounts.alone()
        if len(administrators(work.accounts.all())) >= FEWEST_ADMINISTRATORS:
            raise RoleNeedsTwoError("there are two administrators: they grant the role")
        return _invite(means, work, CONSOLE, order)


def administrators(accounts: Sequence[Account]) -> list[Account]:
    """Those who are administrators now."""
    return [account for account in accounts if account.holds(Role.ADMINISTRATOR)]


def check_still_good(work: Work, invitation: Invitation) -> None:
    """An invitation is as good as its inviter is now.

    Raises:
        InvitationRefusedError: who invited is no administrator any more; or the command line did,
            and there are two administrators by now.
    """
    if invitation.inviter == CONSOLE:
        good = len(administrators(work.accounts.all())) < FEWEST_ADMINISTRATORS
    else:
        inviter = work.accounts.find(invitation.inviter)
        good = inviter is not None and inviter.holds(Role.ADMINISTRATOR)
    if not good:
        raise InvitationRefusedError("who invited may not invite any more")


def _invite(means: Means, work: Work, inviter: str, order: InvitationOrder) -> Invited:
    token, at = new_token(means), means.now()
    invitation = Invitation(
        hash_token("invitation", token),
        b64u_encode(means.rng(ID_BYTES)),
        order.name,
        order.person,
        order.roles,
        inviter,
        at + INVITATION_TIME,
    )
    work.sessions.invite(invitation)
    deed = Deed(
        "account.invite",
        inviter,
        invitation.id,
        {"roles": [role.value for role in sorted(order.roles)]},
    )
    record_administration(work, deed, at, means.rng)
    return Invited(invitation, token)
