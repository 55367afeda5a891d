"""Bodies that a route reads itself, after it has seen who sends them: bounded in size and time."""

import asyncio
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.http.problems import ProblemError

_CLOSE: Final = {"Connection": "close"}


async def read_bounded(request: Request, most: int, seconds: float) -> bytes:
    """The whole body.

    Args:
        request: whose body nobody has read.
        most: bytes that it may have.
        seconds: in which it must arrive.

    Raises:
        ProblemError: too long, too slow, or given up.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise ProblemError("http.content_too_large", _CLOSE)
    except TimeoutError as error:
        raise ProblemError("http.request_timeout", _CLOSE) from error
    except ClientDisconnect as error:
        raise ProblemError("http.bad_request", _CLOSE) from error
    return bytes(body)
