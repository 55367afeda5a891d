"""OpenID4VCI 1.0 over HTTP: metadata, token, nonce, credential, deferred, notification, status."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from fastapi.responses import JSONResponse

from api.http.openapi import Responses
from api.openid.errors import (
    AuthorizationDetailsError,
    CredentialRequestDeniedError,
    EncryptionParametersError,
    InvalidCredentialRequestError,
    InvalidGrantError,
    InvalidNonceError,
    InvalidNotificationIdError,
    InvalidNotificationRequestError,
    InvalidProofError,
    InvalidTokenRequestError,
    InvalidTransactionError,
    NoStatusPlaceError,
    UnknownConfigurationError,
    UnknownIdentifierError,
    UnknownResourceError,
    UnsupportedGrantTypeError,
)
from api.openid.granting import give_nonce, grant_token
from api.openid.issuing import credential, deferred, notify
from api.openid.metadata import ISSUER_PATH, SERVER_PATH, issuer_metadata, server_metadata
from api.openid.office import Office
from api.openid.routes.described import BEARING, describe_wallet, fields, takes
from api.openid.routes.wallet_route import (
    FORM_TYPE,
    JSON_TYPE,
    AccessToken,
    Body,
    ContentType,
    WalletRoute,
    json_answer,
)

ISSUERS: Final = "/issuers"
STATUS_TYPE: Final = "application/statuslist+jwt"
MAX_LIST_NUMBER: Final = 1 << 20
_Number = Annotated[int, Path(ge=1, le=MAX_LIST_NUMBER)]
_METADATA: Final = describe_wallet(404)
_NO_TOKEN: Final = (
    InvalidTokenRequestError,
    UnsupportedGrantTypeError,
    InvalidGrantError,
    AuthorizationDetailsError,
)
_NO_CREDENTIAL: Final = (
    InvalidCredentialRequestError,
    UnknownConfigurationError,
    UnknownIdentifierError,
    InvalidProofError,
    InvalidNonceError,
    EncryptionParametersError,
    CredentialRequestDeniedError,
    NoStatusPlaceError,
)
_NOT_LATER: Final = (InvalidTransactionError, CredentialRequestDeniedError, NoStatusPlaceError)
_NOT_NOTED: Final = (InvalidNotificationRequestError, InvalidNotificationIdError)
_PROOFS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"jwt": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
}
_TOKEN: Final = takes(FORM_TYPE, fields("grant_type", "pre-authorized_code", "tx_code"))
_CREDENTIAL: Final = takes(
    JSON_TYPE, fields(credential_configuration_id={"type": "string"}, proofs=_PROOFS)
)
_WAITING: Final[Responses] = {202: describe_wallet(status=202)[202]}
_DEFERRED: Final = takes(JSON_TYPE, fields("transaction_id"))
_NOTIFICATION: Final = takes(JSON_TYPE, fields("notification_id", "event"))


def issuer_routes(office: Office, now: Callable[[], datetime]) -> APIRouter:
    """Everything a wallet calls at an issuer."""
    routes = APIRouter(route_class=WalletRoute, tags=["OpenID4VCI"])
    _add_metadata(routes, office)
    _add_grants(routes, office, now)
    _add_credentials(routes, office, now)
    return routes


def _add_metadata(routes: APIRouter, office: Office) -> None:
    for path in (f"{ISSUER_PATH}{ISSUERS}/{{agency}}", f"{ISSUERS}/{{agency}}{ISSUER_PATH}"):

        @routes.get(path, summary="Credential issuer metadata", responses=_METADATA)
        def issuer(agency: str) -> JSONResponse:
            return JSONResponse(issuer_metadata(office.agency(agency)))

    for path in (f"{SERVER_PATH}{ISSUERS}/{{agency}}", f"{ISSUERS}/{{agency}}{SERVER_PATH}"):

        @routes.get(path, summary="Authorization server metadata", responses=_METADATA)
        def server(agency: str) -> JSONResponse:
            return JSONResponse(server_metadata(office.agency(agency)))

    @routes.get(
        f"{ISSUERS}/{{agency}}/status/{{number}}",
        summary="Status list",
        response_class=Response,
        responses=describe_wallet(404, media=STATUS_TYPE),
    )
    def status(agency: str, number: _Number) -> Response:
        uri = office.agency(agency).status_uri(number)
        with office.storage.reading() as reading:
            release = reading.issuing.anchored_release(uri)
        if release is None:
            raise UnknownResourceError("no list was published")
        return Response(release.token, media_type=STATUS_TYPE)


def _add_grants(routes: APIRouter, office: Office, now: Callable[[], datetime]) -> None:
    @routes.post(
        f"{ISSUERS}/{{agency}}/token",
        summary="Token endpoint",
        responses=describe_wallet(400, 404, errors=_NO_TOKEN),
        openapi_extra=_TOKEN,
    )
    def token(agency: str, kind: ContentType, body: Body) -> JSONResponse:
        if kind != FORM_TYPE:
            raise InvalidTokenRequestError("the body is a form")
        return json_answer(grant_token(office, agency, body, now()))

    @routes.post(
        f"{ISSUERS}/{{agency}}/nonce", summary="Nonce endpoint", responses=describe_wallet(404)
    )
    def nonce(agency: str) -> JSONResponse:
        return json_answer(give_nonce(office, agency, now()))


def _add_credentials(routes: APIRouter, office: Office, now: Callable[[], datetime]) -> None:
    place = f"{ISSUERS}/{{agency}}"

    @routes.post(
        f"{place}/credential",
        summary="Credential endpoint",
        responses=describe_wallet(400, 401, 404, 503, errors=_NO_CREDENTIAL) | _WAITING,
        openapi_extra={**_CREDENTIAL, **BEARING},
    )
    def issue(agency: str, token: AccessToken, kind: ContentType, body: Body) -> JSONResponse:
        if kind != JSON_TYPE:
            raise InvalidCredentialRequestError("the body is JSON")
        made = credential(office, agency, token, body, now())
        return json_answer(made.body, made.status)

    @routes.post(
        f"{place}/deferred",
        summary="Deferred credential endpoint",
        responses=describe_wallet(400, 401, 404, 503, errors=_NOT_LATER) | _WAITING,
        openapi_extra={**_DEFERRED, **BEARING},
    )
    def later(agency: str, token: AccessToken, body: Body) -> JSONResponse:
        made = deferred(office, agency, token, body, now())
        return json_answer(made.body, made.status)

    @routes.post(
        f"{place}/notification",
        summary="Notification endpoint",
        status_code=204,
        responses=describe_wallet(400, 401, 404, media="", errors=_NOT_NOTED),
        openapi_extra={**_NOTIFICATION, **BEARING},
    )
    def told(agency: str, token: AccessToken, body: Body) -> Response:
        notify(office, agency, token, body, now())
        return Response(status_code=204)
