"""The cookie that binds a request on the same device to the browser that opened it.

``__Host-``: this host only, every path, never over plain HTTP but locally; scripts cannot read it.
One browser keeps one value, so that two tabs do not take it from each other.
"""

import re
from typing import Annotated, Final

from fastapi import Depends, Request, Response

COOKIE: Final = "__Host-dojang-browser"
SECONDS: Final = 15 * 60
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def browser_of(request: Request) -> str:
    """What the browser sends; empty where it sends none, or something that was not made here."""
    value = request.cookies.get(COOKIE, "")
    return value if _WORD.fullmatch(value) else ""


def set_browser(response: Response, value: str) -> None:
    """Give the browser its value for as long as a request may last."""
    response.set_cookie(
        COOKIE, value, max_age=SECONDS, path="/", secure=True, httponly=True, samesite="strict"
    )


Browser = Annotated[str, Depends(browser_of)]
