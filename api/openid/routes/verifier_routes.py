"""OpenID4VP 1.0 over HTTP: ask, fetch, answer, look."""

from typing import Annotated, Final, Self

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.http.applications import NUMBER
from api.http.browser_cookie import Browser, set_browser
from api.http.problems import ProblemError
from api.http.qr import fits_qr, qr_svg
from api.openid.asking import Device, Reader, RequestForm, ResponseMode
from api.openid.desk import Desk
from api.openid.errors import InvalidAnswerError
from api.openid.forms import parse_form
from api.openid.holding import look_now
from api.openid.opening import Mine, Way, open_for_applicant, open_for_nobody
from api.openid.receiving import OpenedRequest, Shown, fetch_request, receive
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
from api.ports.means import Means
from contracts.evidence.encoding import Json, format_time
from contracts.evidence.errors import EncodingError

REQUESTS: Final = "/openid4vp/requests"
MAX_WALLET_NONCE: Final = 512
_ANSWER: Final = takes(
    FORM_TYPE, fields(**{name: {"type": "string"} for name in ("state", "vp_token", "response")})
)
_WALLET_NONCE: Final = takes(FORM_TYPE, fields(wallet_nonce={"type": "string"}), required=False)
_BODY: Final = ("http.malformed_json", "http.invalid_request")
_ASKING: Final = (
    *_BODY,
    "service.closed",
    "application.secret_required",
    "application.not_found",
    "application.decided",
    "application.other_presentation",
    "application.unsigned_request",
)
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="application"'}
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]


class AskBody(BaseModel):
    """What a page may choose. The papers and claims follow from the service's rules alone.

    With ``application`` service and round are the application's, named or not; without it
    ``service`` is named.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"application": "7K3M-X9QT-0A2B-HV5N", "device": "other"},
                {"service": "document-delivery"},
            ]
        },
    )

    application: str | None = Field(
        None,
        pattern=NUMBER,
        description="The application that it is asked for; its secret is the bearer token. Who "
        "opens the request so is told what comes of it. Without an application nobody is.",
    )
    service: _Id | None = None
    round: _Id | None = None
    form: RequestForm = RequestForm.REFERENCE
    mode: ResponseMode = ResponseMode.DIRECT_POST_JWT
    device: Device = Field(
        Device.SAME,
        description="`other` shows a QR to another device: for an application, and by its secret.",
    )

    @model_validator(mode="after")
    def _name_one(self) -> Self:
        """An application says what is asked; who names none says the service."""
        if self.application is None and self.service is None:
            raise ValueError("an application, or a service")
        return self


def verifier_routes(desk: Desk, means: Means) -> APIRouter:
    """Everything that pages and wallets call at the verifier."""
    routes = APIRouter(route_class=WalletRoute, tags=["OpenID4VP"])
    _add_asking(routes, desk, means)
    _add_wallet(routes, desk, means)
    return routes


def asked_json(opened: OpenedRequest) -> dict[str, Json]:
    """What the page that asked gets: the link, the QR, the secret, what is asked, and the word."""
    asked = opened.asking.asked
    word = asked.word
    return {
        "id": asked.request.id,
        "link": opened.link,
        "qr": qr_svg(opened.link) if fits_qr(opened.link) else None,
        "session": opened.asking.session,
        "consent": asked.consent_text,
        "expires": format_time(asked.request.expires),
        "application": asked.application,
        "word": None if word is None else {"ko": word.ko, "en": word.en},
    }


def _open(desk: Desk, means: Means, body: AskBody, secret: str | None, way: Way) -> OpenedRequest:
    if body.application is not None and secret:
        named = (body.service, body.round)
        return open_for_applicant(desk, means, Mine(body.application, secret, named), way)
    if body.application is not None or way.device is Device.OTHER:
        raise ProblemError("application.secret_required", _CHALLENGE)
    return open_for_nobody(desk, means, body.service or "", body.round, way)


def _add_asking(routes: APIRouter, desk: Desk, means: Means) -> None:
    @routes.post(
        REQUESTS,
        summary="Ask for presentations",
        description="`qr` is null where the link is longer than a QR holds, as one by value may "
        "be: such a link is opened on the same device. `word` is shown beside the link or QR, and "
        "the wallet gets it too: the person compares them.",
        status_code=201,
        responses=describe_wallet(404, status=201, problems=_ASKING),
        openapi_extra={"security": [{"applicationSecret": []}, {}]},
    )
    def ask(body: AskBody, secret: Bearer, browser: Browser) -> JSONResponse:
        opened = _open(desk, means, body, secret, Way(body.form, body.mode, body.device, browser))
        answer = json_answer(asked_json(opened), 201)
        if opened.asking.browser:
            set_browser(answer, opened.asking.browser)
        return answer

    @routes.get(
        f"{REQUESTS}/{{name}}/result",
        summary="What came of it",
        description="Needs the session that came with the request as a bearer token; without it "
        "there is nothing of that name. On the same device the browser's cookie and the response "
        "code are needed as well; until then it is `waiting`. Of a request that was opened for no "
        "application nothing is told but its `status`.",
        responses=describe_wallet(404, problems=("http.invalid_request",)),
    )
    def result(
        name: str,
        session: Bearer,
        browser: Browser,
        response_code: Annotated[str | None, Query(max_length=128)] = None,
    ) -> JSONResponse:
        shown = Shown(name, session or "", response_code, browser)
        progress = look_now(desk, shown, Reader.APPLICANT, means.now())
        if progress.answered is None:
            expired = means.now() >= progress.asked.request.expires
            return json_answer({"status": "expired" if expired else "waiting"})
        return json_answer(progress.answered.result)


def _add_wallet(routes: APIRouter, desk: Desk, means: Means) -> None:
    place = f"{REQUESTS}/{{name}}"

    @routes.get(
        place,
        summary="Fetch the signed request",
        response_class=Response,
        responses=describe_wallet(400, 404, media=REQUEST_MEDIA_TYPE),
    )
    def fetch(name: str) -> Response:
        return _signed(fetch_request(desk, name, None, means.now()))

    @routes.post(
        place,
        summary="Fetch the signed request for a wallet",
        response_class=Response,
        responses=describe_wallet(400, 404, media=REQUEST_MEDIA_TYPE),
        openapi_extra=_WALLET_NONCE,
    )
    def fetch_for(name: str, kind: ContentType, body: Body) -> Response:
        return _signed(fetch_request(desk, name, _wallet_nonce(kind, body), means.now()))

    @routes.post(
        f"{place}/response",
        summary="The wallet's answer",
        responses=describe_wallet(400, 404, problems=CHAINED),
        openapi_extra=_ANSWER,
    )
    def answer(name: str, kind: ContentType, body: Body) -> JSONResponse:
        if kind != FORM_TYPE:
            raise InvalidAnswerError("the body is a form")
        receipt = receive(desk, name, body, means.now())
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
