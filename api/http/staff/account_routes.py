"""Accounts over JSON: one's own passkeys, everybody's roles, invitations, what was administered."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from api.actions.add_passkey import begin_adding, finish_adding, passkeys_of, remove_passkey
from api.actions.change_roles import withdraw_role
from api.actions.invite_staff import InvitationOrder, invite_staff
from api.actions.keep_session import SignedIn
from api.actions.read_staff import all_accounts, newest_entries
from api.http.openapi import WITH_BODY, describe_problems
from api.http.staff.cookies import ceremony_token, set_ceremony
from api.http.staff.door_routes import CHANGING, INSIDE, PREFIX, attestation_of
from api.http.staff.forms import (
    ACCOUNT,
    NAME22,
    AccountAnswer,
    EntryAnswer,
    InvitationAnswer,
    NewInvitation,
    NewPasskey,
    Options,
    PasskeyAnswerItem,
)
from api.http.staff.gate import Gate, StaffRoute
from api.ports.accounts import Account, Passkey, Role
from api.ports.acts import AdministrativeEntry
from api.ports.door import Door
from contracts.evidence.encoding import format_time

DANGEROUS: Final = (*CHANGING, "staff.verify_again")
MOST_ENTRIES: Final = 200
INVITATION_PAGE: Final = "/staff/invitation"


def account_routes(door: Door, gate: Gate) -> APIRouter:
    """``/api/v1/staff``: accounts."""
    routes = APIRouter(prefix=PREFIX, route_class=StaffRoute, tags=["staff"])
    _add_passkeys(routes, door, gate)
    _add_accounts(routes, door, gate)
    _add_roles(routes, door, gate)
    _add_administration(routes, door, gate)
    return routes


def _add_passkeys(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get(
        "/passkeys",
        summary="One's own passkeys",
        operation_id="read_passkeys",
        responses=describe_problems(*INSIDE),
    )
    def passkeys(who: Annotated[SignedIn, gate.signed_in()]) -> list[PasskeyAnswerItem]:
        return [_passkey(one) for one in passkeys_of(door.means, who.account.id)]

    @routes.post(
        "/passkeys/options",
        summary="Begin another passkey",
        operation_id="begin_passkey",
        responses=describe_problems(*DANGEROUS),
    )
    def options(
        who: Annotated[SignedIn, gate.signed_in(recent=True)], response: Response
    ) -> Options:
        adding = begin_adding(door, who.account)
        set_ceremony(response, adding.begun.token)
        return Options(public_key=adding.options)

    @routes.post(
        "/passkeys",
        status_code=201,
        summary="Add another passkey",
        operation_id="add_passkey",
        responses=describe_problems(
            *WITH_BODY, *DANGEROUS, "staff.sign_in_refused", "staff.passkey_known"
        ),
    )
    def add(
        who: Annotated[SignedIn, gate.signed_in(recent=True)], answer: NewPasskey, request: Request
    ) -> PasskeyAnswerItem:
        made, token = attestation_of(answer), ceremony_token(request)
        return _passkey(finish_adding(door, token, who.account, made, answer.label))

    @routes.delete(
        "/passkeys/{passkey}",
        status_code=204,
        summary="Remove a passkey",
        operation_id="remove_passkey",
        responses=describe_problems(*DANGEROUS, "staff.passkey_unknown", "staff.last_passkey"),
    )
    def remove(
        who: Annotated[SignedIn, gate.signed_in(recent=True)],
        passkey: Annotated[str, Path(pattern=NAME22)],
    ) -> None:
        remove_passkey(door.means, who.account.id, passkey)


def _add_accounts(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get(
        "/accounts",
        summary="All accounts",
        operation_id="read_accounts",
        dependencies=[gate.holding(Role.ADMINISTRATOR, Role.AUDITOR)],
        responses=describe_problems(*INSIDE, "staff.role_missing"),
    )
    def accounts() -> list[AccountAnswer]:
        return [_account(one) for one in all_accounts(door.means)]

    @routes.post(
        "/invitations",
        status_code=201,
        summary="Invite somebody",
        operation_id="invite",
        responses=describe_problems(
            *WITH_BODY, *DANGEROUS, "staff.role_missing", "staff.role_needs_two"
        ),
    )
    def invite(
        who: Annotated[SignedIn, gate.holding(Role.ADMINISTRATOR, recent=True)], new: NewInvitation
    ) -> InvitationAnswer:
        order = InvitationOrder(new.name, new.person, frozenset(new.roles))
        invited = invite_staff(door.means, who.account.id, order)
        return InvitationAnswer(
            id=invited.invitation.id,
            link=invitation_link(gate.origin, invited.token),
            expires=format_time(invited.invitation.expires),
        )


def _add_roles(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.delete(
        "/accounts/{account}/roles/{role}",
        summary="Take a role",
        operation_id="withdraw_role",
        responses=describe_problems(
            *DANGEROUS, "staff.role_missing", "staff.role_needs_two", "staff.account_unknown"
        ),
    )
    def withdraw(
        who: Annotated[SignedIn, gate.holding(Role.ADMINISTRATOR, recent=True)],
        account: Annotated[str, Path(pattern=ACCOUNT)],
        role: Role,
    ) -> AccountAnswer:
        return _account(withdraw_role(door.means, who.account.id, account, role))


def _add_administration(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get(
        "/administration",
        summary="The newest administrative acts",
        operation_id="read_administration",
        dependencies=[gate.holding(Role.AUDITOR, Role.ADMINISTRATOR)],
        responses=describe_problems(*INSIDE, "http.invalid_request", "staff.role_missing"),
    )
    def administration(
        limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 50,
    ) -> list[EntryAnswer]:
        return [_entry(one) for one in newest_entries(door.means, limit)]


def invitation_link(origin: str, token: str) -> str:
    """An invitation's link. The token stands behind ``#``, so no server and no log ever sees it."""
    return f"{origin}{INVITATION_PAGE}#{token}"


def _passkey(passkey: Passkey) -> PasskeyAnswerItem:
    return PasskeyAnswerItem(
        id=passkey.id,
        label=passkey.label,
        made=format_time(passkey.made),
        used=format_time(passkey.used) if passkey.used else None,
        suspended=passkey.suspended is not None,
        backed_up=passkey.backed_up,
    )


def _account(account: Account) -> AccountAnswer:
    return AccountAnswer(
        id=account.id,
        name=account.name,
        person=account.person,
        state=account.state.value,
        roles=sorted(account.roles),
        made=format_time(account.made),
        inviter=account.inviter,
        lineage=account.lineage,
    )


def _entry(entry: AdministrativeEntry) -> EntryAnswer:
    return EntryAnswer(
        id=entry.id,
        act=entry.act,
        account=entry.account,
        object=entry.object,
        time=format_time(entry.at),
        entry=entry.entry.decode("utf-8"),
        detail=entry.detail.decode("utf-8"),
    )
