"""Confirm an act that another person proposed: it is done in the same transaction, once.

What lies outside the database, as a key on chain, is done by an errand that the transaction keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions.end_issuer_keys import key_errand
from api.actions.invite_staff import administrators, two_independent
from api.actions.propose_act import check_point, roles_of
from api.actions.record_administration import Deed, record_administration
from api.actions.staff_errors import (
    ActEndedError,
    ActUnknownError,
    LastAdministratorError,
    RoleMissingError,
    SameLineageError,
    SamePersonError,
)
from api.ports.accounts import Account, AccountReader, Role
from api.ports.acts import ROLE_OF, ActKind, ActState, TwoPersonAct
from api.ports.means import Means
from api.ports.storage import Work


@dataclass(frozen=True, slots=True)
class _Doing:
    """An act that is being done."""

    work: Work
    means: Means
    act: TwoPersonAct
    at: datetime


def confirm_act(means: Means, who: str, act: str) -> TwoPersonAct:
    """Confirm an act, and do it; asked for twice by the same account, it is done once.

    Args:
        means: storage, clock and randomness.
        who: id of the account that confirms.
        act: the act's id.

    Raises:
        ActUnknownError: there is none, or it is none of theirs.
        SamePersonError: they proposed it, under whatever account.
        SameLineageError: one administrator may stand behind both accounts.
        ActEndedError: done or withdrawn by somebody, or too old.
        RoleMissingError: the proposer does not hold the role any more.
        ActPointlessError: what it would do holds already.
        LastAdministratorError: nobody could administer afterwards.
    """
    at = means.now()
    with means.storage.work() as work:
        work.accounts.alone()
        found = work.acts.find(act)
        account = work.accounts.find(who)
        if found is None or account is None or not account.holds(ROLE_OF[found.kind]):
            raise ActUnknownError("there is no such act")
        if found.state is ActState.DONE and found.decider == who:
            return found
        check_two_people(work.accounts, found, account)
        if found.state is not ActState.WAITING or found.expires <= at:
            raise ActEndedError("the act was done or withdrawn, or its time is over")
        check_point(work, found)
        done = replace(found, state=ActState.DONE, decider=who, decided=at)
        work.acts.decide(done)
        _record(_Doing(work, means, done, at))
        _DOING[found.kind](_Doing(work, means, done, at))
    return done


def check_two_people(accounts: AccountReader, act: TwoPersonAct, account: Account) -> None:
    """Two people: another staff number, and an account that another administrator stands for.

    Whether the account holds the role that the act needs is not checked here.

    Args:
        accounts: where the proposer is looked up.
        act: what waits.
        account: whose confirmation it would be.

    Raises:
        SamePersonError: they proposed it, under whatever account.
        SameLineageError: one administrator may stand behind both accounts.
        RoleMissingError: the proposer does not hold the role any more.
    """
    if act.kind is ActKind.RECOVER_ACCOUNT:
        _check_against(accounts.find(act.object), account)
        return
    proposer = accounts.find(act.proposer)
    if act.proposer == account.id:
        raise SamePersonError("who proposed an act does not confirm it")
    if proposer is not None and proposer.is_same_person(account):
        raise SamePersonError("both accounts are of one person")
    if proposer is None or not proposer.holds(ROLE_OF[act.kind]):
        raise RoleMissingError("who proposed the act does not hold the role any more")
    if not proposer.is_independent_of(account):
        raise SameLineageError("both accounts come from one administrator's invitations")


def _check_against(lost: Account | None, account: Account) -> None:
    """A recovery is confirmed by the other lineage; the command line asked for it."""
    if lost is None or lost.is_same_person(account):
        raise SamePersonError("nobody confirms the recovery of their own account")
    if not lost.is_independent_of(account):
        raise SameLineageError("both accounts come from one administrator's invitations")


def _record(doing: _Doing) -> None:
    act = doing.act
    told = {"kind": act.kind.value, "object": act.object, "proposer": act.proposer}
    deed = Deed("act.confirm", act.decider or "", act.id, {**told})
    record_administration(doing.work, deed, doing.at, doing.means.rng)


def _grant_administrator(doing: _Doing) -> None:
    doing.work.accounts.grant(doing.act.object, Role.ADMINISTRATOR, doing.at)


def _grant_roles(doing: _Doing) -> None:
    for role in sorted(roles_of(doing.act.detail)):
        doing.work.accounts.grant(doing.act.object, role, doing.at)


def _remove_account(doing: _Doing) -> None:
    """What the account began ends with it: its sessions and its invitations are worth nothing."""
    work, removed = doing.work, doing.act.object
    left = [one for one in administrators(work.accounts.all()) if one.id != removed]
    if not two_independent(left):
        raise LastAdministratorError("no two people could administer any more")
    work.sessions.end_all(removed)
    work.accounts.remove(removed)


def _begin_waiting(_: _Doing) -> None:
    """Nothing is done yet: the waiting time of a recovery runs from here (``recover_account``)."""


def _revoke_issuer_key(doing: _Doing) -> None:
    doing.work.outbox.put(key_errand(doing.act.id, doing.act.detail, doing.at))


_DOING: Final[dict[ActKind, Callable[[_Doing], None]]] = {
    ActKind.GRANT_ADMINISTRATOR: _grant_administrator,
    ActKind.GRANT_ROLES: _grant_roles,
    ActKind.REMOVE_ACCOUNT: _remove_account,
    ActKind.RECOVER_ACCOUNT: _begin_waiting,
    ActKind.REVOKE_ISSUER_KEY: _revoke_issuer_key,
}
