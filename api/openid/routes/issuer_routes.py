"""OpenID4VCI 1.0 over HTTP: metadata, token, nonce, credential, deferred, notification, status."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.openid.errors import (
    InvalidCredentialRequestError,
    InvalidTokenRequestError,
    UnknownResourceError,
)
from api.openid.granting import give_nonce, grant_token
from api.openid.issuing import credential, deferred, notify
from api.openid.metadata import ISSUER_PATH, SERVER_PATH, issuer_metadata, server_metadata
from api.openid.office import Office
from api.openid.routes.wallet_route import (
    FORM_TYPE,
    JSON_TYPE,
    Bearer,
    Body,
    ContentType,
    WalletRoute,
    json_answer,
)

ISSUERS: Final = "/issuers"
STATUS_TYPE: Final = "application/statuslist+jwt"
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "A standard error code"},
    404: {"description": "No such issuer"},
}
_GUARDED: Final[dict[int | str, dict[str, Any]]] = {
    **_REFUSALS,
    401: {"description": "No good access token"},
}


def issuer_routes(office: Office, now: Callable[[], datetime]) -> APIRouter:
    """Everything a wallet calls at an issuer."""
    routes = APIRouter(include_in_schema=False, route_class=WalletRoute, tags=["OpenID4VCI"])
    _add_metadata(routes, office)
    _add_grants(routes, office, now)
    _add_credentials(routes, office, now)
    return routes


def _add_metadata(routes: APIRouter, office: Office) -> None:
    for path in (f"{ISSUER_PATH}{ISSUERS}/{{agency}}", f"{ISSUERS}/{{agency}}{ISSUER_PATH}"):

        @routes.get(path, summary="Credential issuer metadata", responses=_REFUSALS)
        def issuer(agency: str) -> JSONResponse:
            return JSONResponse(issuer_metadata(office.agency(agency)))

    for path in (f"{SERVER_PATH}{ISSUERS}/{{agency}}", f"{ISSUERS}/{{agency}}{SERVER_PATH}"):

        @routes.get(path, summary="Authorization server metadata", responses=_REFUSALS)
        def server(agency: str) -> JSONResponse:
            return JSONResponse(server_metadata(office.agency(agency)))

    @routes.get(f"{ISSUERS}/{{agency}}/status/1", summary="Status list", responses=_REFUSALS)
    def status(agency: str) -> Response:
        uri = office.agency(agency).status_uri
        with office.storage.reading() as reading:
            release = reading.issuing.release(uri)
        if release is None:
            raise UnknownResourceError("no list was published")
        return Response(release.token, media_type=STATUS_TYPE)


def _add_grants(routes: APIRouter, office: Office, now: Callable[[], datetime]) -> None:
    @routes.post(f"{ISSUERS}/{{agency}}/token", summary="Token endpoint", responses=_REFUSALS)
    def token(agency: str, kind: ContentType, body: Body) -> JSONResponse:
        if kind != FORM_TYPE:
            raise InvalidTokenRequestError("the body is a form")
        return json_answer(grant_token(office, agency, body, now()))

    @routes.post(f"{ISSUERS}/{{agency}}/nonce", summary="Nonce endpoint", responses=_REFUSALS)
    def nonce(agency: str) -> JSONResponse:
        return json_answer(give_nonce(office, agency, now()))


def _add_credentials(routes: APIRouter, office: Office, now: Callable[[], datetime]) -> None:
    place = f"{ISSUERS}/{{agency}}"

    @routes.post(f"{place}/credential", summary="Credential endpoint", responses=_GUARDED)
    def issue(agency: str, token: Bearer, kind: ContentType, body: Body) -> JSONResponse:
        if kind != JSON_TYPE:
            raise InvalidCredentialRequestError("the body is JSON")
        made = credential(office, agency, token, body, now())
        return json_answer(made.body, made.status)

    @routes.post(f"{place}/deferred", summary="Deferred credential endpoint", responses=_GUARDED)
    def later(agency: str, token: Bearer, body: Body) -> JSONResponse:
        made = deferred(office, agency, token, body, now())
        return json_answer(made.body, made.status)

    @routes.post(
        f"{place}/notification",
        summary="Notification endpoint",
        status_code=204,
        responses=_GUARDED,
    )
    def told(agency: str, token: Bearer, body: Body) -> Response:
        notify(office, agency, token, body, now())
        return Response(status_code=204)
