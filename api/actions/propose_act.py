"""Propose an act that needs two people, or withdraw it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from api.actions.record_administration import ID_BYTES, Deed, record_administration
from api.actions.staff_errors import (
    ActEndedError,
    ActOccupiedError,
    ActPointlessError,
    ActUnknownError,
    RoleMissingError,
)
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ROLE_OF, ActKind, ActState, TwoPersonAct
from api.ports.means import Means
from api.ports.storage import Work
from contracts.evidence.encoding import Json, b64u_encode, canonical

ACT_TIME: Final = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class ActOrder:
    """What is to be done.

    Args:
        kind: which act.
        object: an account's id, or a key's name in 64 hexadecimal digits.
        detail: what else is needed; names nobody.
    """

    kind: ActKind
    object: str
    detail: dict[str, Json] = field(default_factory=dict)


def propose_act(means: Means, proposer: Account, order: ActOrder) -> TwoPersonAct:
    """Propose an act; asked for twice by the same person, it is proposed once.

    Raises:
        RoleMissingError: the act is not the proposer's to propose.
        ActPointlessError: what it would do holds already, or cannot be done.
        ActOccupiedError: somebody else proposed it, or proposed it otherwise.
    """
    if not proposer.holds(ROLE_OF[order.kind]):
        raise RoleMissingError("the act needs a role that the account does not hold")
    at, detail = means.now(), canonical(order.detail)
    with means.storage.work() as work:
        work.accounts.alone()
        earlier = work.acts.waiting(order.kind, order.object, at)
        if earlier is not None:
            if (earlier.proposer, earlier.detail) == (proposer.id, detail):
                return earlier
            raise ActOccupiedError("the act is proposed already")
        check_point(work, order.kind, order.object)
        identifier = b64u_encode(means.rng(ID_BYTES))
        act = TwoPersonAct(
            identifier, order.kind, order.object, detail, proposer.id, at, at + ACT_TIME
        )
        work.acts.propose(act)
        _record(work, means, act, "act.propose", proposer.id)
    return act


def withdraw_act(means: Means, who: Account, act: str) -> TwoPersonAct:
    """Withdraw an act that waits; anybody who could confirm or propose it may.

    Raises:
        ActUnknownError: there is none, or it is none of theirs.
        ActEndedError: it was done, or its time is over.
    """
    at = means.now()
    with means.storage.work() as work:
        work.accounts.alone()
        found = work.acts.find(act)
        if found is None or not who.holds(ROLE_OF[found.kind]):
            raise ActUnknownError("there is no such act")
        if found.state is ActState.WITHDRAWN:
            return found
        if found.state is not ActState.WAITING or found.expires <= at:
            raise ActEndedError("the act was done, or its time is over")
        ended = replace(found, state=ActState.WITHDRAWN, decider=who.id, decided=at)
        work.acts.decide(ended)
        _record(work, means, ended, "act.withdraw", who.id)
    return ended


def check_point(work: Work, kind: ActKind, object_: str) -> None:
    """Whether there is something to do.

    Raises:
        ActPointlessError: the account is unknown, removed, or an administrator already.
    """
    if kind is ActKind.REVOKE_ISSUER_KEY:
        return
    account = work.accounts.find(object_)
    if account is None or account.state is not AccountState.ACTIVE:
        raise ActPointlessError("there is no such account, or it was removed")
    if kind is ActKind.GRANT_ADMINISTRATOR and Role.ADMINISTRATOR in account.roles:
        raise ActPointlessError("the account holds the role already")


def _record(work: Work, means: Means, act: TwoPersonAct, deed: str, account: str) -> None:
    told: dict[str, Json] = {"kind": act.kind.value, "object": act.object}
    record_administration(work, Deed(deed, account, act.id, told), means.now(), means.rng)
