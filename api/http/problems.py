"""Errors as ``application/problem+json`` (RFC 9457) with a stable ``code``."""

from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

MEDIA_TYPE: Final = "application/problem+json"


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """One problem.

    Args:
        status: HTTP status.
        code: stable, for machines.
        detail: one plain sentence without personal data.
    """
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of the framework be told as a problem."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    phrase = HTTPStatus(status).phrase
    return problem(status, f"http.{phrase.lower().replace(' ', '_')}", f"{phrase}.")


def _invalid_request(_request: Request, _error: Exception) -> JSONResponse:
    return problem(422, "http.invalid_request", "A parameter is missing or out of range.")
