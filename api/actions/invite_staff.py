"""Invite somebody to make an account: a link that works once.

An administrator's invitation makes an account without roles. Those that it names are proposed when
it is accepted, and given by an administrator of another lineage (decision 0013). The first two
administrators are invited from the command line of the machine; each begins a lineage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
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


@dataclass(frozen=True, slots=True)
class InvitationOrder:
    """Whom to invite.

    Args:
        name: as colleagues know the person.
        person: the staff number.
        roles: what two administrators shall give.
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
        return keep_invitation(means, work, inviter, order)


def invite_first_administrator(means: Means, name: str, person: str) -> Invited:
    """Invite one of the first two administrators from the command line.

    That is over for good once two different people accepted: whoever has the machine alone makes
    no third. Whether the two are different people is as true as the staff numbers that were typed.

    Raises:
        RoleNeedsTwoError: there were two already: they grant the role.
    """
    order = InvitationOrder(name, person, frozenset({Role.ADMINISTRATOR}))
    with means.storage.work() as work:
        work.accounts.alone()
        if is_founded(work.accounts.all()):
            raise RoleNeedsTwoError("there were two administrators: they grant the role")
        return keep_invitation(means, work, CONSOLE, order)


def administrators(accounts: Sequence[Account]) -> list[Account]:
    """Those who are administrators now."""
    return [account for account in accounts if account.holds(Role.ADMINISTRATOR)]


def two_independent(accounts: Iterable[Account]) -> bool:
    """Whether two of the accounts can be the two people of an act."""
    return any(one.is_independent_of(other) for one, other in combinations(accounts, 2))


def is_founded(accounts: Iterable[Account]) -> bool:
    """Whether the first two administrators joined, whatever became of them since."""
    return two_independent(one for one in accounts if one.inviter == CONSOLE)


def check_still_good(work: Work, invitation: Invitation) -> None:
    """An invitation is as good as its inviter is now.

    Raises:
        InvitationRefusedError: who invited is no administrator any more; or the command line did,
            and the first two administrators joined meanwhile.
    """
    if invitation.inviter == CONSOLE:
        good = not is_founded(work.accounts.all())
    else:
        inviter = work.accounts.find(invitation.inviter)
        good = inviter is not None and inviter.holds(Role.ADMINISTRATOR)
    if not good:
        raise InvitationRefusedError("who invited may not invite any more")


def keep_invitation(
    means: Means,
    work: Work,
    inviter: str,
    order: InvitationOrder,
    *,
    time: timedelta = INVITATION_TIME,
    act: str = "",
) -> Invited:
    """Keep and record an invitation in a transaction; who may invite was checked.

    Args:
        means: clock and randomness.
        work: the transaction.
        inviter: id of an account, or the command line's name.
        order: whom to invite.
        time: how long it is good.
        act: the two people's act that it belongs to; empty for an ordinary one.
    """
    token, at = new_token(means), means.now()
    invitation = Invitation(
        hash_token("invitation", token),
        b64u_encode(means.rng(ID_BYTES)),
        order.name,
        order.person,
        order.roles,
        inviter,
        at + time,
        act,
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
