"""Every request is counted and told by its route's template, status and time; by nothing else.

A request's number is made here and sent back, so that somebody who asks for help can name it.
What the client sends as such a number is not looked at. A client that goes away while its request
is still read is no failure of the service: it is told as ``GONE``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observation.journal import describe, note, warn

REQUEST_BYTES: Final = 8
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
UNKNOWN_ROUTE: Final = "(none)"
STATIC_ROUTE: Final = "/static"
_SEEN: Final = "dojang.seen"
_MISSING: Final = 500
GONE: Final = 499
"""Told and counted where the client went away before an answer began; nobody is sent this status.

The number is what other web servers write in their journals for it; no standard has one.
"""


class Observer(Protocol):
    """Counts requests."""

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request that was answered."""


class NobodyWatches:
    """Counts nothing: for tests of other things."""

    def seen(self, route: str, method: str, status: int, seconds: float) -> None:
        """Forget it."""


NOBODY: Final = NobodyWatches()


@dataclass(frozen=True, slots=True)
class Watched:
    """An application whose requests are told.

    Args:
        app: everything that answers, its guard included.
        observer: counts.
        rng: makes request numbers.
    """

    app: ASGIApp
    observer: Observer
    rng: Callable[[int], bytes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's scope."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, begun = self.rng(REQUEST_BYTES).hex(), time.perf_counter()
        seen: dict[str, object] = {"status": _MISSING, "started": False}
        scope[_SEEN] = seen

        async def ask() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and not seen["started"]:
                seen["status"] = GONE
            return message

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                gone = seen["status"] == GONE
                seen["status"], seen["started"] = GONE if gone else message["status"], True
                MutableHeaders(scope=message)["X-Request-Id"] = number
            await send(message)

        try:
            await self.app(scope, ask, answer)
        except Exception as error:  # noqa: BLE001 - the edge of the process, see below
            # The edge of the process: whatever it was has been answered, or the server closes the
            # connection. Its text may hold a person's data and goes no further than this.
            warn("request.failed", request=number, **describe(error))
            if not seen["started"]:
                raise RequestFailedError from None
        finally:
            self._tell(number, scope, seen, time.perf_counter() - begun)

    def _tell(self, number: str, scope: Scope, seen: dict[str, object], seconds: float) -> None:
        route = str(seen.get("route", UNKNOWN_ROUTE))
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        status = int(str(seen["status"]))
        self.observer.seen(route, method, status, seconds)
        note(
            "request",
            request=number,
            route=route,
            method=method,
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


class RequestFailedError(Exception):
    """A request failed before anything was answered; the journal has told how."""


@dataclass(frozen=True, slots=True)
class Routed:
    """An application that leaves its route's template for whoever watches."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then look which route it was."""
        try:
            await self.app(scope, receive, send)
        finally:
            if _SEEN in scope:
                scope[_SEEN]["route"] = _template(scope)


def _template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str) and scope.get("endpoint") is not None:
        return path
    return STATIC_ROUTE if scope["path"].startswith(f"{STATIC_ROUTE}/") else UNKNOWN_ROUTE
