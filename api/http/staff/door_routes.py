"""The door over JSON: accept an invitation, sign in, sign out."""

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from api.actions.accept_invitation import begin_joining, finish_joining
from api.actions.keep_session import Entrance, SignedIn, end_all_sessions, end_session
from api.actions.sign_in_by_provider import begin_at_provider
from api.actions.sign_in_staff import begin_sign_in, finish_sign_in
from api.http.openapi import ALWAYS, STORED, WITH_BODY, describe_problems
from api.http.staff.cookies import (
    ceremony_token,
    clear_session,
    session_token,
    set_ceremony,
    set_session,
)
from api.http.staff.forms import (
    Ended,
    Entered,
    JoinStart,
    Left,
    NewPasskey,
    Options,
    PasskeyAnswer,
    ProviderStart,
    SignedInAnswer,
    SignInStart,
)
from api.http.staff.gate import Gate, StaffRoute
from api.ports.door import Assertion, Attestation, Door
from contracts.evidence.encoding import b64u_decode, format_time

PREFIX: Final = "/api/v1/staff"
AT_THE_DOOR: Final = (*WITH_BODY, *STORED, "staff.foreign_origin")
INSIDE: Final = (*ALWAYS, *STORED, "staff.sign_in_required")
CHANGING: Final = (*INSIDE, "staff.foreign_origin")


def door_routes(door: Door, gate: Gate) -> APIRouter:
    """``/api/v1/staff``: what leads to a session, and what ends it."""
    routes = APIRouter(prefix=PREFIX, route_class=StaffRoute, tags=["staff"])
    _add_joining(routes, door, gate)
    _add_signing_in(routes, door, gate)
    _add_sessions(routes, door, gate)
    return routes


def attestation_of(answer: NewPasskey) -> Attestation:
    """The answer's bytes."""
    return Attestation(
        b64u_decode(answer.id), b64u_decode(answer.client_data), b64u_decode(answer.attestation)
    )


def _add_joining(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.post(
        "/invitation/options",
        summary="Begin to accept an invitation",
        operation_id="begin_joining",
        dependencies=[gate.anyone()],
        responses=describe_problems(
            *AT_THE_DOOR, "staff.invitation_refused", "staff.recovery_waits"
        ),
    )
    def options(start: JoinStart, response: Response) -> Options:
        joining = begin_joining(door, start.invitation)
        set_ceremony(response, joining.begun.token)
        return Options(public_key=joining.options)

    @routes.post(
        "/invitation",
        status_code=201,
        summary="Accept an invitation with a new passkey",
        operation_id="finish_joining",
        dependencies=[gate.anyone()],
        responses=describe_problems(
            *AT_THE_DOOR,
            "staff.sign_in_refused",
            "staff.invitation_refused",
            "staff.recovery_waits",
            "staff.passkey_known",
        ),
    )
    def join(answer: NewPasskey, request: Request, response: Response) -> Entered:
        made = attestation_of(answer)
        token, old = ceremony_token(request), session_token(request)
        return _entered(response, finish_joining(door, token, made, answer.label, old))


def _add_signing_in(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.post(
        "/sign-in/options",
        summary="Begin to sign in by passkey",
        operation_id="begin_sign_in",
        dependencies=[gate.anyone()],
        responses=describe_problems(*AT_THE_DOOR),
    )
    def options(start: SignInStart, response: Response) -> Options:
        signing = begin_sign_in(door, start.next)
        set_ceremony(response, signing.begun.token)
        return Options(public_key=signing.options)

    @routes.post(
        "/sign-in",
        summary="Sign in by passkey",
        operation_id="finish_sign_in",
        dependencies=[gate.anyone()],
        responses=describe_problems(*AT_THE_DOOR, "staff.sign_in_refused"),
    )
    def sign_in(answer: PasskeyAnswer, request: Request, response: Response) -> Entered:
        told = Assertion(
            b64u_decode(answer.id),
            b64u_decode(answer.client_data),
            b64u_decode(answer.authenticator_data),
            b64u_decode(answer.signature),
            b64u_decode(answer.user),
        )
        token, old = ceremony_token(request), session_token(request)
        return _entered(response, finish_sign_in(door, token, told, old))

    @routes.post(
        "/provider/options",
        summary="Begin to sign in, or to accept an invitation, at the identity provider",
        operation_id="begin_at_provider",
        dependencies=[gate.anyone()],
        responses=describe_problems(
            *AT_THE_DOOR,
            "staff.invitation_refused",
            "staff.recovery_waits",
            "staff.provider_missing",
            "staff.provider_unavailable",
        ),
    )
    def provider(start: ProviderStart, response: Response) -> Left:
        leaving = begin_at_provider(door, start.next, start.invitation)
        set_ceremony(response, leaving.begun.token)
        return Left(location=leaving.address)


def _add_sessions(routes: APIRouter, door: Door, gate: Gate) -> None:
    @routes.get(
        "/session",
        summary="Who is signed in",
        operation_id="read_session",
        responses=describe_problems(*INSIDE),
    )
    def session(who: Annotated[SignedIn, gate.signed_in()]) -> SignedInAnswer:
        return SignedInAnswer(
            account=who.account.id,
            roles=sorted(who.account.roles),
            verified=format_time(who.session.verified),
        )

    @routes.delete(
        "/session",
        status_code=204,
        summary="Sign out",
        operation_id="end_session",
        dependencies=[gate.signed_in()],
        responses=describe_problems(*CHANGING),
    )
    def sign_out(request: Request, response: Response) -> None:
        end_session(door.means, session_token(request))
        clear_session(response)

    @routes.delete(
        "/sessions",
        summary="Sign out everywhere",
        operation_id="end_all_sessions",
        responses=describe_problems(*CHANGING),
    )
    def sign_out_everywhere(
        who: Annotated[SignedIn, gate.signed_in()], response: Response
    ) -> Ended:
        ended = end_all_sessions(door.means, who.account.id)
        clear_session(response)
        return Ended(sessions=ended)


def _entered(response: Response, entrance: Entrance) -> Entered:
    set_session(response, entrance.token)
    return Entered(account=entrance.account.id, next=entrance.next)
