"""Pages of those who are signed in: start, passkeys, accounts, acts of two people."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Request, Response

from api.actions.add_passkey import passkeys_of
from api.actions.confirm_act import confirm_act
from api.actions.invite_staff import InvitationOrder, invite_staff
from api.actions.keep_session import SignedIn
from api.actions.propose_act import ActOrder, propose_act, roles_detail, roles_of
from api.actions.read_staff import acts_for, all_accounts, recoveries_for
from api.actions.withdraw_act import withdraw_act
from api.http.problem_kinds import KINDS
from api.http.problems import ProblemError
from api.http.staff.account_routes import invitation_link
from api.http.staff.act_routes import PROPOSERS
from api.http.staff.forms import ACCOUNT, NAME22, PERSON
from api.http.staff.gate import Gate
from api.http.text import ShortText
from api.pages.staff_route import StaffPage, page, see_other
from api.ports.accounts import Role
from api.ports.acts import ActKind, TwoPersonAct
from api.ports.door import Door

ACTS: Final = "/staff/acts"
_NOT_BY_FORM: Final = frozenset({ActKind.REVOKE_ISSUER_KEY, ActKind.RECOVER_ACCOUNT})
_NO_ROLES: Final[list[Role]] = []
_ActId = Annotated[str, Path(pattern=NAME22)]


def desk_pages(door: Door, gate: Gate) -> APIRouter:
    """``/staff``: everything behind the door."""
    routes = APIRouter(route_class=StaffPage, include_in_schema=False)

    @routes.get("/staff")
    def start(request: Request, who: Annotated[SignedIn, gate.signed_in()]) -> Response:
        found = recoveries_for(door.means, who.account)
        return page(request, "staff_start.html", {"who": who, "recoveries": found})

    @routes.get("/staff/passkeys")
    def passkeys(request: Request, who: Annotated[SignedIn, gate.signed_in()]) -> Response:
        found = passkeys_of(door.means, who.account.id)
        return page(request, "staff_passkeys.html", {"who": who, "passkeys": found})

    _add_accounts(routes, door, gate)
    _add_acts(routes, door, gate)
    return routes


def _add_accounts(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get("/staff/accounts")
    def accounts(
        request: Request, who: Annotated[SignedIn, gate.holding(Role.ADMINISTRATOR, Role.AUDITOR)]
    ) -> Response:
        found = all_accounts(door.means)
        names = {one.id: one.name for one in found}
        told = {"who": who, "accounts": found, "names": names, "roles": _invited_roles()}
        return page(request, "staff_accounts.html", told)

    @routes.post("/staff/invitations")
    def invite(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ADMINISTRATOR, recent=True)],
        name: Annotated[ShortText, Form()],
        person: Annotated[str, Form(pattern=PERSON)],
        roles: Annotated[list[Role], Form(min_length=1, max_length=len(Role))],
    ) -> Response:
        order = InvitationOrder(name, person, frozenset(roles))
        invited = invite_staff(door.means, who.account.id, order)
        link = invitation_link(gate.origin, invited.token)
        told = {"who": who, "link": link, "expires": invited.invitation.expires}
        return page(request, "staff_invited.html", told, 201)


def _add_acts(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get(ACTS)
    def acts(request: Request, who: Annotated[SignedIn, gate.holding(*PROPOSERS)]) -> Response:
        found = acts_for(door.means, who.account)
        roles = {one.act.id: _given_roles(one.act) for one in found}
        told = {"who": who, "acts": found, "roles": roles, "at": door.means.now(), "kinds": KINDS}
        return page(request, "staff_acts.html", told)

    @routes.post(ACTS)
    def propose(
        request: Request,
        who: Annotated[SignedIn, gate.holding(Role.ADMINISTRATOR, recent=True)],
        kind: Annotated[ActKind, Form()],
        account: Annotated[str, Form(pattern=ACCOUNT)],
        roles: Annotated[list[Role], Form(max_length=len(Role))] = _NO_ROLES,
        sure: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        propose_act(door.means, who.account, _order(kind, account, roles, sure=sure == "yes"))
        return see_other(ACTS, request)

    @routes.post(f"{ACTS}/{{act}}/confirmation")
    def confirm(
        request: Request,
        who: Annotated[SignedIn, gate.holding(*PROPOSERS, recent=True)],
        act: _ActId,
    ) -> Response:
        confirm_act(door.means, who.account.id, act)
        return see_other(ACTS, request)

    @routes.post(f"{ACTS}/{{act}}/withdrawal")
    def withdraw(
        request: Request,
        who: Annotated[SignedIn, gate.holding(*PROPOSERS, recent=True)],
        act: _ActId,
    ) -> Response:
        withdraw_act(door.means, who.account, act)
        return see_other(ACTS, request)


def _order(kind: ActKind, account: str, roles: list[Role], *, sure: bool) -> ActOrder:
    """What a form asks for; removing an account is said twice.

    Raises:
        ProblemError: the form lacks something, or has what does not belong to it.
    """
    gives = kind is ActKind.GRANT_ROLES
    if kind in _NOT_BY_FORM or gives is not bool(roles):
        raise ProblemError("http.invalid_request")
    if kind is ActKind.REMOVE_ACCOUNT and not sure:
        raise ProblemError("http.invalid_request")
    if Role.ADMINISTRATOR in roles:
        raise ProblemError("staff.role_needs_two")
    return ActOrder(kind, account, roles_detail(roles) if gives else {})


def _given_roles(act: TwoPersonAct) -> list[Role]:
    return sorted(roles_of(act.detail)) if act.kind is ActKind.GRANT_ROLES else []


def _invited_roles() -> list[Role]:
    """Roles that can be given without the administrator's own."""
    return [role for role in Role if role is not Role.ADMINISTRATOR]
