"""Cookies of staff, and of a citizen's identity step.

``__Host-``: this host only, every path, never over plain HTTP but locally.

SameSite is Lax, because the identity provider sends the browser back from another site; what
changes anything is guarded by ``Origin`` besides.
"""

from typing import Final

from fastapi import Request, Response

from api.actions.ceremonies import CEREMONY_TIME
from api.actions.keep_session import LONGEST_TIME

SESSION: Final = "__Host-dojang-session"
CEREMONY: Final = "__Host-dojang-door"
IDENTITY: Final = "__Host-dojang-identity"
MAX_TOKEN: Final = 64


def session_token(request: Request) -> str:
    """What the browser sends as its session; empty where it sends none."""
    return _told(request, SESSION)


def ceremony_token(request: Request) -> str:
    """What the browser sends as its ceremony; empty where it sends none."""
    return _told(request, CEREMONY)


def set_session(response: Response, token: str) -> None:
    """Give a new session to the browser, and take its ceremony."""
    _set(response, SESSION, token, int(LONGEST_TIME.total_seconds()))
    _set(response, CEREMONY, "", 0)


def set_ceremony(response: Response, token: str) -> None:
    """Give a ceremony to the browser."""
    _set(response, CEREMONY, token, int(CEREMONY_TIME.total_seconds()))


def clear_session(response: Response) -> None:
    """Take the session from the browser."""
    _set(response, SESSION, "", 0)


def identity_step(request: Request) -> tuple[str, str]:
    """Token and language of a citizen's identity step; empty where the browser sends none."""
    token, _, language = _told(request, IDENTITY).partition(".")
    return token, language


def set_identity_step(response: Response, token: str, language: str) -> None:
    """Give an identity step to the browser, and the language that its answer is told in."""
    _set(response, IDENTITY, f"{token}.{language}", int(CEREMONY_TIME.total_seconds()))


def clear_identity_step(response: Response) -> None:
    """Take the identity step from the browser."""
    _set(response, IDENTITY, "", 0)


def _told(request: Request, name: str) -> str:
    token = request.cookies.get(name, "")
    return token if len(token) <= MAX_TOKEN and token.isascii() else ""


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )
