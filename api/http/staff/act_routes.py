"""Acts of two people over JSON."""

from typing import Annotated, Final

from fastapi import APIRouter, Path

from api.actions.confirm_act import confirm_act
from api.actions.end_issuer_keys import key_detail, key_name
from api.actions.keep_session import SignedIn
from api.actions.propose_act import ActOrder, propose_act, roles_detail, roles_of
from api.actions.read_staff import SeenAct, acts_for, look_at_act
from api.actions.withdraw_act import withdraw_act
from api.http.openapi import WITH_BODY, describe_problems
from api.http.staff.account_routes import DANGEROUS
from api.http.staff.door_routes import INSIDE, PREFIX
from api.http.staff.forms import NAME22, AccountAct, ActAnswer, KeyAct, NewAct, RolesAct
from api.http.staff.gate import Gate, StaffRoute
from api.ports.accounts import Role
from api.ports.acts import ROLE_OF, ActKind, TwoPersonAct
from api.ports.door import Door
from contracts.evidence.encoding import format_time
from contracts.evidence.snapshot import Ending

PROPOSERS: Final = tuple(sorted(set(ROLE_OF.values()), key=list(Role).index))
"""Roles that can do any of the acts; the action checks the one that an act needs."""
_ActId = Annotated[str, Path(pattern=NAME22)]


def act_routes(door: Door, gate: Gate) -> APIRouter:
    """``/api/v1/staff/acts``."""
    routes = APIRouter(prefix=f"{PREFIX}/acts", route_class=StaffRoute, tags=["staff"])

    @routes.get(
        "",
        summary="Acts of two people that one may propose or confirm",
        operation_id="read_acts",
        responses=describe_problems(*INSIDE, "staff.role_missing"),
    )
    def acts(who: Annotated[SignedIn, gate.holding(*PROPOSERS)]) -> list[ActAnswer]:
        return [_answer(seen) for seen in acts_for(door.means, who.account)]

    @routes.post(
        "",
        status_code=201,
        summary="Propose an act",
        operation_id="propose_act",
        responses=describe_problems(
            *WITH_BODY, *DANGEROUS, "staff.role_missing", "act.pointless", "act.occupied"
        ),
    )
    def propose(
        who: Annotated[SignedIn, gate.holding(*PROPOSERS, recent=True)], new: NewAct
    ) -> ActAnswer:
        act = propose_act(door.means, who.account, _order(new))
        return _answer(look_at_act(door.means, act, who.account))

    _add_decisions(routes, door, gate)
    return routes


def _add_decisions(routes: APIRouter, door: Door, gate: Gate) -> None:
    def seen(act: TwoPersonAct, who: SignedIn) -> ActAnswer:
        return _answer(look_at_act(door.means, act, who.account))

    @routes.put(
        "/{act}/confirmation",
        summary="Confirm an act that another person proposed; it is done",
        operation_id="confirm_act",
        responses=describe_problems(
            *DANGEROUS,
            "staff.role_missing",
            "staff.last_administrator",
            "act.unknown",
            "act.same_person",
            "act.same_lineage",
            "act.ended",
            "act.pointless",
        ),
    )
    def confirm(
        who: Annotated[SignedIn, gate.holding(*PROPOSERS, recent=True)], act: _ActId
    ) -> ActAnswer:
        return seen(confirm_act(door.means, who.account.id, act), who)

    @routes.put(
        "/{act}/withdrawal",
        summary="Withdraw an act that waits",
        operation_id="withdraw_act",
        responses=describe_problems(*DANGEROUS, "staff.role_missing", "act.unknown", "act.ended"),
    )
    def withdraw(
        who: Annotated[SignedIn, gate.holding(*PROPOSERS, recent=True)], act: _ActId
    ) -> ActAnswer:
        return seen(withdraw_act(door.means, who.account, act), who)


def _order(new: AccountAct | RolesAct | KeyAct) -> ActOrder:
    if isinstance(new, AccountAct):
        return ActOrder(new.kind, new.account)
    if isinstance(new, RolesAct):
        return ActOrder(new.kind, new.account, roles_detail(new.roles))
    issuer, point = bytes.fromhex(new.key.issuer), bytes.fromhex(new.key.point)
    detail = key_detail(issuer, point, Ending(new.key.ending))
    return ActOrder(new.kind, key_name(issuer, point), {**detail})


def _answer(seen: SeenAct) -> ActAnswer:
    act = seen.act
    return ActAnswer(
        id=act.id,
        kind=act.kind,
        object=act.object,
        proposer=act.proposer,
        proposed=format_time(act.proposed),
        expires=format_time(act.expires),
        state=act.state,
        decider=act.decider,
        decided=format_time(act.decided) if act.decided else None,
        roles=sorted(roles_of(act.detail)) if act.kind is ActKind.GRANT_ROLES else [],
        opens=format_time(seen.opens) if seen.opens else None,
        refusal=seen.refusal,
    )
