"""Confirm an act that another person proposed: it is done in the same transaction, once.

What lies outside the database, as a key on chain, is done by an errand that the transaction keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions.end_issuer_keys import key_errand
from api.actions.invite_staff import administrators
from api.actions.propose_act import check_point
from api.actions.record_administration import Deed, record_administration
from api.actions.staff_errors import (
    ActEndedError,
    ActUnknownError,
    LastAdministratorError,
    RoleMissingError,
    SamePersonError,
)
from api.ports.accounts import Account, Role
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
        _check_two_people(work, found, account)
        if found.state is not ActState.WAITING or found.expires <= at:
            raise ActEndedError("the act was done or withdrawn, or its time is over")
        check_point(work, found.kind, found.object)
        done = replace(found, state=ActState.DONE, decider=who, decided=at)
        work.acts.decide(done)
        _record(_Doing(work, means, done, at))
        _DOING[found.kind](_Doing(work, means, done, at))
    return done


def _check_two_people(work: Work, act: TwoPersonAct, account: Account) -> None:
    """Two people, as far as is known: another account, and another staff number."""
    proposer = work.accounts.find(act.proposer)
    if act.proposer == account.id:
        raise SamePersonError("who proposed an act does not confirm it")
    if proposer is not None and proposer.person == account.person:
        raise SamePersonError("both accounts are of one person")
    if proposer is None or not proposer.holds(ROLE_OF[act.kind]):
        raise RoleMissingError("who proposed the act does not hold the role any more")


def _record(doing: _Doing) -> None:
    act = doing.act
    told = {"kind": act.kind.value, "object": act.object, "proposer": act.proposer}
    deed = Deed("act.confirm", act.decider or "", act.id, {**told})
    record_administration(doing.work, deed, doing.at, doing.means.rng)


def _grant_administrator(doing: _Doing) -> None:
    doing.work.accounts.grant(doing.act.object, Role.ADMINISTRATOR, doing.at)


def _remove_account(doing: _Doing) -> None:
    """What the account began ends with it: its sessions and its invitations are worth nothing."""
    work, removed = doing.work, doing.act.object
    left = [one for one in administrators(work.accounts.all()) if one.id != removed]
    if not left:
        raise LastAdministratorError("nobody could administer any more")
    work.sessions.end_all(removed)
    work.accounts.remove(removed)


def _revoke_issuer_key(doing: _Doing) -> None:
    doing.work.outbox.put(key_errand(doing.act.id, doing.act.detail, doing.at))


_DOING: Final[dict[ActKind, Callable[[_Doing], None]]] = {
    ActKind.GRANT_ADMINISTRATOR: _grant_administrator,
    ActKind.REMOVE_ACCOUNT: _remove_account,
    ActKind.REVOKE_ISSUER_KEY: _revoke_issuer_key,
}
