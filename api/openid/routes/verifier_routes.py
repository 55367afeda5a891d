"""OpenID4VP 1.0 over HTTP: ask, fetch, answer, look."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from api.http.qr import fits_qr, qr_svg
from api.openid.asking import AskOrder, Device, RequestForm, ResponseMode
from api.openid.errors import InvalidAnswerError
from api.openid.forms import parse_form
from api.openid.receiving import Desk, OpenedRequest, fetch_request, look, open_request, receive
from api.openid.request_object import REQUEST_MEDIA_TYPE
from api.openid.routes.described import CHAINED, describe_wallet, fields, takes
from api.openid.routes.wallet_route import (
    FORM_TYPE,
    NO_STORE,
    Bearer,
    Body,
    ContentType,
    WalletRoute,
    json_answer,
)
from api.ports.means import korean_day
from contracts.evidence.encoding import Json, format_time
from contracts.evidence.errors import EncodingError

REQUESTS: Final = "/openid4vp/requests"
MAX_WALLET_NONCE: Final = 512
_ANSWER: Final = takes(
    FORM_TYPE, fields(**{name: {"type": "string"} for name in ("state", "vp_token", "response")})
)
_WALLET_NONCE: Final = takes(FORM_TYPE, fields(wallet_nonce={"type": "string"}), required=False)
_BODY: Final = ("http.malformed_json", "http.invalid_request")
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]


class AskBody(BaseModel):
    """What a page may choose. The papers and claims follow from the service's rules alone."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"service": "document-delivery", "device": "other"}]},
    )

    service: _Id
    round: _Id | None = None
    form: RequestForm = RequestForm.REFERENCE
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    device: Device = Device.OTHER


def verifier_routes(desk: Desk, now: Callable[[], datetime]) -> APIRouter:
    """Everything that pages and wallets call at the verifier."""
    routes = APIRouter(route_class=WalletRoute, tags=["OpenID4VP"])
    _add_asking(routes, desk, now)
    _add_wallet(routes, desk, now)
    return routes


def asked_json(opened: OpenedRequest) -> dict[str, Json]:
    """What the page that asked gets: the link, the QR, the secret, and what is asked."""
    asked = opened.asking.asked
    return {
        "id": asked.request.id,
        "link": opened.link,
        "qr": qr_svg(opened.link) if fits_qr(opened.link) else None,
        "session": opened.asking.session,
        "consent": asked.consent_text,
        "expires": format_time(asked.request.expires),
    }


def _add_asking(routes: APIRouter, desk: Desk, now: Callable[[], datetime]) -> None:
    @routes.post(
        REQUESTS,
        summary="Ask for presentations",
        description="`qr` is null where the link is longer than a QR holds, as one by value may "
        "be: such a link is opened on the same device.",
        status_code=201,
        responses=describe_wallet(404, status=201, problems=_BODY),
    )
    def ask(body: AskBody) -> JSONResponse:
        at = now()
        query = desk.query(body.service, body.round, korean_day(at))
        order = AskOrder(query, body.form, body.mode, body.device)
        return json_answer(asked_json(open_request(desk, order, at)), 201)

    @routes.get(
        f"{REQUESTS}/{{name}}/result",
        summary="What came of it",
        description="Needs the session that came with the request as a bearer token; without it "
        "there is nothing of that name.",
        responses=describe_wallet(404, problems=("http.invalid_request",)),
    )
    def result(
        name: str,
        session: Bearer,
        response_code: Annotated[str | None, Query(max_length=128)] = None,
    ) -> JSONResponse:
        progress = look(desk, name, session or "", response_code)
        if progress.answered is None:
            expired = now() >= progress.asked.request.expires
            return json_answer({"status": "expired" if expired else "waiting"})
        return json_answer(progress.answered.result)


def _add_wallet(routes: APIRouter, desk: Desk, now: Callable[[], datetime]) -> None:
    place = f"{REQUESTS}/{{name}}"

    @routes.get(
        place,
        summary="Fetch the signed request",
        response_class=Response,
        responses=describe_wallet(400, 404, media=REQUEST_MEDIA_TYPE),
    )
    def fetch(name: str) -> Response:
        return _signed(fetch_request(desk, name, None, now()))

    @routes.post(
        place,
        summary="Fetch the signed request for a wallet",
        response_class=Response,
        responses=describe_wallet(400, 404, media=REQUEST_MEDIA_TYPE),
        openapi_extra=_WALLET_NONCE,
    )
    def fetch_for(name: str, kind: ContentType, body: Body) -> Response:
        return _signed(fetch_request(desk, name, _wallet_nonce(kind, body), now()))

    @routes.post(
        f"{place}/response",
        summary="The wallet's answer",
        responses=describe_wallet(400, 404, problems=CHAINED),
        openapi_extra=_ANSWER,
    )
    def answer(name: str, kind: ContentType, body: Body) -> JSONResponse:
        if kind != FORM_TYPE:
            raise InvalidAnswerError("the body is a form")
        receipt = receive(desk, name, body, now())
        return json_answer(
            {} if receipt.redirect_uri is None else {"redirect_uri": receipt.redirect_uri}
        )


def _signed(text: str) -> Response:
    return Response(text, media_type=REQUEST_MEDIA_TYPE, headers=NO_STORE)


def _wallet_nonce(kind: str, body: bytes) -> str | None:
    """The wallet's own nonce (5.10); its metadata is not needed, since nothing depends on it."""
    if not body:
        return None
    try:
        fields = parse_form(body) if kind == FORM_TYPE else None
    except EncodingError as error:
        raise InvalidAnswerError(str(error)) from error
    if fields is None:
        raise InvalidAnswerError("the body is a form")
    nonce = fields.get("wallet_nonce")
    if nonce is not None and not 0 < len(nonce) <= MAX_WALLET_NONCE:
        raise InvalidAnswerError("wallet_nonce is empty or too long")
    return nonce
