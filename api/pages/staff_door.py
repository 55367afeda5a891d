"""Pages at the door: sign in, accept an invitation, come back from the identity provider."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api.actions.ceremonies import own_path
from api.actions.keep_session import SignedIn, end_all_sessions, end_session
from api.actions.sign_in_by_provider import finish_at_provider
from api.http.staff.cookies import ceremony_token, clear_session, session_token, set_session
from api.http.staff.gate import Gate
from api.pages.staff_route import SIGN_IN, StaffPage, page, see_other
from api.ports.door import Door, ProviderAnswer

MAX_PARAMETER: Final = 2048
CALLBACK: Final = f"{SIGN_IN}/callback"
_Parameter = Annotated[str, Query(max_length=MAX_PARAMETER)]


def door_pages(door: Door, gate: Gate) -> APIRouter:
    """``/staff/sign-in`` and ``/staff/invitation``."""
    routes = APIRouter(route_class=StaffPage, include_in_schema=False)
    has_provider = door.provider is not None

    @routes.get(SIGN_IN, dependencies=[gate.anyone()])
    def sign_in(request: Request, next: _Parameter = "/staff", again: str = "") -> Response:  # noqa: A002 - the name in the address
        told = {"next": own_path(next), "again": again == "1", "provider": has_provider}
        return page(request, "staff_sign_in.html", told)

    @routes.get("/staff/invitation", dependencies=[gate.anyone()])
    def invitation(request: Request) -> Response:
        return page(request, "staff_invitation.html", {"provider": has_provider})

    @routes.get(CALLBACK, dependencies=[gate.anyone()])
    def callback(
        request: Request, state: _Parameter = "", code: _Parameter = "", iss: str | None = None
    ) -> Response:
        answer = ProviderAnswer(code, state, iss)
        old = session_token(request)
        entrance = finish_at_provider(door, ceremony_token(request), answer, old)
        response = see_other(entrance.next, request)
        set_session(response, entrance.token)
        return response

    _add_leaving(routes, door, gate)
    return routes


def _add_leaving(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.post("/staff/sign-out", dependencies=[gate.signed_in()])
    def sign_out(request: Request) -> Response:
        end_session(door.means, session_token(request))
        response = see_other(SIGN_IN, request)
        clear_session(response)
        return response

    @routes.post("/staff/sign-out-everywhere")
    def sign_out_everywhere(
        request: Request, who: Annotated[SignedIn, gate.signed_in()]
    ) -> Response:
        end_all_sessions(door.means, who.account.id)
        response = see_other(SIGN_IN, request)
        clear_session(response)
        return response
