"""Propose an act that needs two people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from api.actions.record_administration import ID_BYTES, Deed, record_administration
from api.actions.staff_errors import (
    ActOccupiedError,
    ActPointlessError,
    RoleMissingError,
)
from api.ports.accounts import Account, AccountState, Role
from api.ports.acts import ROLE_OF, ActKind, TwoPersonAct
from api.ports.means import Means
from api.ports.storage import Work
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, b64u_encode, canonical, parse_canonical

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

    Who may confirm it is looked at when somebody does.

    Raises:
        RoleMissingError: the act is not the proposer's to propose.
        ActPointlessError: what it would do holds already, or cannot be done.
        ActOccupiedError: somebody else proposed it, or proposed it otherwise.
    """
    if not proposer.holds(ROLE_OF[order.kind]):
        raise RoleMissingError("the act needs a role that the account does not hold")
    with means.storage.work() as work:
        work.accounts.alone()
        return keep_proposal(work, means, proposer.id, order)


def keep_proposal(work: Work, means: Means, proposer: str, order: ActOrder) -> TwoPersonAct:
    """Keep a proposal in a transaction that nobody else changes accounts in.

    Args:
        work: the transaction.
        means: clock and randomness.
        proposer: id of an account, or the command line's name; its role was checked.
        order: what is to be done.

    Raises:
        ActPointlessError: what it would do holds already, or cannot be done.
        ActOccupiedError: somebody else proposed it, or proposed it otherwise.
    """
    at, detail = means.now(), canonical(order.detail)
    earlier = work.acts.waiting(order.kind, order.object, at)
    if earlier is not None:
        if (earlier.proposer, earlier.detail) == (proposer, detail):
            return earlier
        raise ActOccupiedError("the act is proposed already")
    identifier = b64u_encode(means.rng(ID_BYTES))
    act = TwoPersonAct(identifier, order.kind, order.object, detail, proposer, at, at + ACT_TIME)
    check_point(work, act)
    work.acts.propose(act)
    record_act(work, means, act, "act.propose", proposer)
    return act


def check_point(work: Work, act: TwoPersonAct) -> None:
    """Whether there is something to do.

    Raises:
        ActPointlessError: the account is unknown, removed, or holds what it would be given.
    """
    if act.kind is ActKind.REVOKE_ISSUER_KEY:
        return
    account = work.accounts.find(act.object)
    if account is None or account.state is not AccountState.ACTIVE:
        raise ActPointlessError("there is no such account, or it was removed")
    if act.kind in _GIVEN and not _GIVEN[act.kind](act.detail) - account.roles:
        raise ActPointlessError("the account holds the roles already")


def roles_detail(roles: Iterable[Role]) -> dict[str, Json]:
    """What an act says of the roles that it gives."""
    return {"roles": [*sorted(role.value for role in roles)]}


def roles_of(detail: bytes) -> frozenset[Role]:
    """The roles that an act gives; the administrator's never is among them.

    Raises:
        EncodingError: the detail is none of such an act.
    """
    document = Document.of(parse_canonical(detail), ActKind.GRANT_ROLES)
    told = document.values("roles", len(Role))
    document.close()
    return frozenset(role for role in Role if role.value in told) - {Role.ADMINISTRATOR}


_GIVEN: Final[dict[ActKind, Callable[[bytes], frozenset[Role]]]] = {
    ActKind.GRANT_ADMINISTRATOR: lambda _: frozenset({Role.ADMINISTRATOR}),
    ActKind.GRANT_ROLES: roles_of,
}


def record_act(work: Work, means: Means, act: TwoPersonAct, deed: str, account: str) -> None:
    """Record what became of an act, in the same transaction."""
    told: dict[str, Json] = {"kind": act.kind.value, "object": act.object}
    record_administration(work, Deed(deed, account, act.id, told), means.now(), means.rng)
