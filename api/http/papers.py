"""Papers over JSON: receipts and decisions for applicants, and verifying for everybody."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from api.actions.decide_application import read_decision
from api.actions.issue_paper import PaperDesk
from api.actions.issue_receipt import issue_receipt
from api.actions.verify_paper import (
    MAX_CODE_TEXT,
    PaperAnswer,
    PaperCheck,
    Reason,
    Verdict,
    read_code,
    verify_code,
    verify_file,
)
from api.http.applications import NUMBER
from api.http.openapi import ALWAYS, STORED, WITH_BODY, Responses, describe_problems
from api.http.problems import ProblemError
from api.http.rates import Rates
from api.http.strict_json import is_json
from api.http.uploads import read_file, read_small
from api.http.verdict_words import SENTENCES
from api.ports.papers import Paper
from contracts.evidence.encoding import format_time, parse_json
from contracts.evidence.errors import EncodingError

VERIFY: Final = "/api/v1/documents/verify"
VERIFY_PER_MINUTE: Final = 120
"""Papers that one address may verify in a minute: an office behind one address can still work."""
PDF: Final = "application/pdf"
BINARY: Final = "application/octet-stream"
_BEARER: Final = "Bearer "
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="application"'}
_EXAMPLE_NUMBER: Final = "7K3M-X9QT-0A2B-HV5N"
_EXAMPLE_CODE: Final = "kk7-x2_Zr5tYb8nQ4mV9cW.q0Y1vJ3m5sT7x9Zb2dF4hK6nP8rU0wA1cE3gI5kM7oQ"
_OWN: Final = (*ALWAYS, *STORED, "application.secret_required", "application.not_found")
_Number = Annotated[str, Path(pattern=NUMBER, examples=[_EXAMPLE_NUMBER])]
_Authorization = Annotated[str, Header(include_in_schema=False)]


class PaperQuestion(BaseModel):
    """What a QR holds: the address with its code, or the code alone."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": _EXAMPLE_CODE}]}
    )
    code: str = Field(min_length=1, max_length=MAX_CODE_TEXT)


class Words(BaseModel):
    """A text in Korean and English."""

    model_config = ConfigDict(extra="forbid")
    ko: str
    en: str


class PaperVerdict(BaseModel):
    """Issued by whom, anchored when, valid now; nothing of what the paper says."""

    model_config = ConfigDict(extra="forbid")
    verdict: Verdict
    reason: Reason
    sentence: Words
    issuer: Words | None = Field(description="Who issued it; null where it is not known as ours.")
    anchored: str | None = Field(
        description="Block time of the first checkpoint on chain that covers it.",
        examples=["2026-11-22T01:23:45Z"],
    )


def paper_routes(desk: PaperDesk) -> APIRouter:
    """``/api/v1/applications/{number}``: papers for the holder of its secret."""
    routes = APIRouter(prefix="/api/v1/applications/{number}", tags=["documents"])

    @routes.post(
        "/receipt",
        summary="Make the receipt of an application, or get it again",
        operation_id="issue_receipt",
        response_class=Response,
        responses=_pdf(*_OWN, "application.unfinished", "paper.unavailable"),
        openapi_extra={"security": [{"applicationSecret": []}]},
    )
    def receipt(number: _Number, authorization: _Authorization = "") -> Response:
        return file_answer(issue_receipt(desk, number, secret_of(authorization)))

    @routes.get(
        "/decision",
        summary="Get the decision on an application",
        operation_id="read_decision",
        response_class=Response,
        responses=_pdf(*_OWN, "application.undecided", "paper.unavailable"),
        openapi_extra={"security": [{"applicationSecret": []}]},
    )
    def decision(number: _Number, authorization: _Authorization = "") -> Response:
        return file_answer(read_decision(desk, number, secret_of(authorization)))

    return routes


def verify_routes(check: PaperCheck, rates: Rates) -> APIRouter:
    """``/api/v1/documents/verify``."""
    routes = APIRouter(tags=["documents"])

    @routes.post(
        VERIFY,
        summary="Verify a document by its QR or its file",
        operation_id="verify_document",
        responses=describe_problems(*WITH_BODY, *STORED, "paper.nothing_sent"),
        openapi_extra={"requestBody": _BODY},
    )
    async def verify(request: Request) -> PaperVerdict:
        count_verification(rates, request)
        content_type = request.headers.get("content-type", "")
        if is_json(content_type):
            code = await _asked(request)
            return verdict_of(await run_in_threadpool(answer_code, check, code))
        if content_type.partition(";")[0].strip().lower() not in {PDF, BINARY}:
            raise ProblemError("http.unsupported_media_type")
        seen = await read_file(request)
        return verdict_of(await run_in_threadpool(verify_file, check, seen))

    return routes


def count_verification(rates: Rates, request: Request) -> None:
    """Count one verification of an address.

    Raises:
        ProblemError: too many.
    """
    address = request.client.host if request.client else ""
    wait = rates.wait("verify", address, VERIFY_PER_MINUTE)
    if wait:
        raise ProblemError("http.too_many_requests", {"Retry-After": str(wait)})


def answer_code(check: PaperCheck, text: str) -> PaperAnswer:
    """The answer to what a QR held; what holds no code of ours is not known."""
    code = read_code(text)
    return PaperAnswer(Reason.UNKNOWN) if code is None else verify_code(check, code)


def verdict_of(answer: PaperAnswer) -> PaperVerdict:
    """An answer as it is told."""
    sentence = SENTENCES[answer.reason]
    issuer = answer.issuer
    return PaperVerdict(
        verdict=answer.verdict,
        reason=answer.reason,
        sentence=Words(ko=sentence.ko, en=sentence.en),
        issuer=Words(ko=issuer.ko, en=issuer.en) if issuer else None,
        anchored=format_time(answer.anchored) if answer.anchored else None,
    )


def secret_of(authorization: str) -> str:
    """The application's secret in a request's header.

    Raises:
        ProblemError: there is none.
    """
    secret = authorization.removeprefix(_BEARER)
    if not authorization.startswith(_BEARER) or not secret.isascii():
        raise ProblemError("application.secret_required", _CHALLENGE)
    return secret


def file_answer(paper: Paper, status: int = 200) -> Response:
    """A paper's file, for saving under a name that tells nobody's."""
    headers = {
        "Content-Disposition": f'attachment; filename="dojang-{paper.kind.value}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(paper.file, status, headers, PDF)


async def _asked(request: Request) -> str:
    """The code in a JSON body.

    Raises:
        ProblemError: no such JSON.
    """
    data = await read_small(request)
    try:
        return PaperQuestion.model_validate(parse_json(data)).code
    except EncodingError as error:
        raise ProblemError("http.malformed_json") from error
    except ValidationError as error:
        raise ProblemError("http.invalid_request") from error


def _pdf(*codes: str) -> Responses:
    binary = {"schema": {"type": "string", "format": "binary"}}
    told = describe_problems(*codes)
    return {200: {"description": "The PDF", "content": {PDF: binary}}, **told}


_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {"schema": PaperQuestion.model_json_schema()},
        PDF: _FILE,
        BINARY: _FILE,
    },
}
