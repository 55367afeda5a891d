"""Errors as ``application/problem+json`` (RFC 9457) with a stable ``code``.

The sentence is Korean, or English where the request prefers it. No value of the request is ever
repeated: what was wrong is told by JSON pointer and by kind.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from api.actions.errors import ActionError
from api.http.languages import preferred_language
from api.http.problem_kinds import KINDS
from api.ports.errors import NoRoomError, StorageError, StorageUnavailableError
from contracts.evidence.errors import LedgerUnavailableError

MEDIA_TYPE: Final = "application/problem+json"
MAX_FAULTS: Final = 10
RETRY_SECONDS: Final = 5
FULL_SECONDS: Final = 60
"""What was begun ends within minutes; who asks at once again is refused at once again."""
_MAX_NAME: Final = 40
_BY_STATUS: Final = {kind.status: code for code, kind in KINDS.items() if code.startswith("http.")}
_BY_STATUS[400] = "http.bad_request"
_METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")


class ProblemError(HTTPException):
    """A problem raised in ``api.http``; actions raise their own errors."""

    def __init__(self, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(KINDS[code].status, code, dict(headers or {}))
        self.code = code


def problem(
    scope: Scope,
    code: str,
    *,
    faults: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem in the language of the request.

    Args:
        scope: the request's, for its language.
        code: of ``KINDS``.
        faults: pointers to what is wrong, each with its kind.
        headers: more headers.
    """
    kind = KINDS[code]
    language = preferred_language(Headers(scope=scope).get("accept-language", ""))
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(kind.status).phrase,
        "status": kind.status,
        "code": code,
        "detail": kind.ko if language == "ko" else kind.en,
    }
    if faults:
        content["errors"] = list(faults)
    told = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return JSONResponse(content, kind.status, told | dict(headers or {}), MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error be told as a problem."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(ActionError, _action_error)
    app.add_exception_handler(StorageError, _storage_error)
    app.add_exception_handler(LedgerUnavailableError, _ledger_unavailable)
    app.add_exception_handler(Exception, _unexpected)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ProblemError):
        return problem(request.scope, error.code, headers=error.headers)
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request)
    return problem(request.scope, _BY_STATUS.get(status, "http.bad_request"), headers=headers)


def _allowed(request: Request) -> str:
    """All methods of the address: the framework names those of the first route only."""
    methods = {
        method
        for method in _METHODS
        for route in request.app.routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(fault["loc"][0] == "path" for fault in found):
        return problem(request.scope, "http.not_found")
    faults = [{"pointer": _pointer(fault["loc"]), "kind": fault["type"]} for fault in found]
    return problem(request.scope, "http.invalid_request", faults=faults[:MAX_FAULTS])


def _pointer(place: Sequence[str | int]) -> str:
    """Where a fault is, as a JSON pointer under ``body``, ``query`` or ``header``.

    Names that the request made up are told as ``*``: they may be anything.
    """
    known = [str(step) if _is_plain(step) else "*" for step in place[:8]]
    return "/" + "/".join(known)


def _is_plain(step: str | int) -> bool:
    return isinstance(step, int) or (
        len(step) <= _MAX_NAME and step.isascii() and step.replace("-", "_").isidentifier()
    )


def _action_error(request: Request, error: Exception) -> JSONResponse:
    code = error.code if isinstance(error, ActionError) else "http.internal_error"
    return problem(request.scope, code)


def _storage_error(request: Request, error: Exception) -> JSONResponse:
    code = error.code if isinstance(error, StorageError) else ""
    if isinstance(error, StorageUnavailableError):
        code = StorageUnavailableError.code  # of which kind it is concerns operators only
    if code not in KINDS:
        raise error
    seconds = FULL_SECONDS if isinstance(error, NoRoomError) else RETRY_SECONDS
    return problem(request.scope, code, headers={"Retry-After": str(seconds)})


def _ledger_unavailable(request: Request, _error: Exception) -> JSONResponse:
    """As when the job worker, which owns the chain, does not run: nothing was done, ask again."""
    retry = {"Retry-After": str(RETRY_SECONDS)}
    return problem(request.scope, LedgerUnavailableError.code, headers=retry)


def _unexpected(request: Request, _error: Exception) -> JSONResponse:
    return problem(request.scope, "http.internal_error")
