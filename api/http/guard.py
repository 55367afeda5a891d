"""What stands before an application: everything that can be refused without understanding it.

In this order: the host's name, the headers' number and size, the rate, the body's size and time.
All answers, also of refusals, carry the origin's headers. Plain ASGI, because this runs for every
request. How long a request's first line and headers may take is ``api.http.connection``'s.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.cross_origin import NO_READERS, Readers, preflight_headers
from api.http.problems import problem
from api.http.rates import Rates
from api.ports.unfinished import NETWORK

MAX_HEADERS: Final = 64
MAX_HEADER_BYTES: Final = 16_384
MAX_TARGET_BYTES: Final = 4096
MAX_BODY_BYTES: Final = 65_536
BODY_SECONDS: Final = 10.0
_ALIVE: Final = "/livez"
"""Asked by machines under any name, and never limited: it looks nothing up."""
_READY: Final = "/readyz"
"""Asked by machines under any name."""
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LENGTH_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Limits:
    """What one origin takes.

    Args:
        hosts: what ``Host`` may say.
        reads: reading requests an address may send in a minute.
        writes: writing requests an address may send in a minute.
        bodies: the longest body by path prefix, where it is not ``MAX_BODY_BYTES``.
        body_seconds: how long a body may take to arrive.
        streamed: paths whose routes bound size and time of the body themselves, piece by piece.
    """

    hosts: frozenset[str]
    reads: int
    writes: int
    bodies: Mapping[str, int] = field(default_factory=dict)
    body_seconds: float = BODY_SECONDS
    streamed: frozenset[str] = frozenset()

    def longest_body(self, path: str) -> int:
        """Bytes that a body sent to this path may have."""
        fitting = [most for prefix, most in self.bodies.items() if path.startswith(prefix)]
        return max(fitting, default=MAX_BODY_BYTES)


@dataclass(frozen=True, slots=True)
class Guard:
    """An application behind its limits and headers.

    Args:
        app: what is guarded.
        limits: of this origin.
        rates: counts of this process.
        headers: set on every answer that does not set them itself.
        readers: other origins whose scripts may read answers, without cookies.
    """

    app: ASGIApp
    limits: Limits
    rates: Rates
    headers: Mapping[str, str]
    readers: Readers = NO_READERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's scope."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token = NETWORK.set(self.rates.network(_address(scope)))
        try:
            await self._answer(scope, receive, send)
        finally:
            NETWORK.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = _told(scope)
        answer = self._answering(scope, told, send)
        refusal = self._refusal(scope, told)
        if refusal is not None:
            code, headers = refusal
            await problem(scope, code, headers=headers)(scope, receive, answer)
        elif self.readers.is_preflight(scope["method"], scope["path"], told):
            await _allow(answer)
        else:
            await self._pass(scope, told, receive, answer)

    async def _pass(
        self, scope: Scope, told: Mapping[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        has_body = b"content-length" in told or b"transfer-encoding" in told
        if not has_body or scope["path"] in self.limits.streamed:
            await self.app(scope, receive, send)
            return
        most = self.limits.longest_body(scope["path"])
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                body = await _read(receive, most)
        except TimeoutError:
            await problem(scope, "http.request_timeout", headers=_CLOSE)(scope, receive, send)
        except _TooLargeError:
            await problem(scope, "http.content_too_large", headers=_CLOSE)(scope, receive, send)
        except _GoneError:
            return
        else:
            await self.app(scope, _replay(body, receive), send)

    def _refusal(
        self, scope: Scope, told: Mapping[bytes, bytes]
    ) -> tuple[str, Mapping[str, str]] | None:
        """Why the request is refused before its body is read."""
        if _is_oversized(scope):
            return "http.headers_too_large", _CLOSE
        if scope["path"] == _ALIVE:
            return None
        host = told.get(b"host", b"").decode("latin-1").lower()
        if host not in self.limits.hosts and scope["path"] != _READY:
            return "http.misdirected_request", _CLOSE
        wait = self._wait(scope)
        if wait:
            return "http.too_many_requests", {"Retry-After": str(wait)}
        code = self._body_refusal(scope["path"], told)
        return (code, _CLOSE) if code else None

    def _body_refusal(self, path: str, told: Mapping[bytes, bytes]) -> str | None:
        if told.get(b"content-encoding", b"identity") != b"identity":
            return "http.unsupported_media_type"
        length = told.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > _LENGTH_DIGITS:
            return "http.bad_request"
        return "http.content_too_large" if int(length) > self.limits.longest_body(path) else None

    def _wait(self, scope: Scope) -> int:
        address = _address(scope)
        if scope["method"] in _READS:
            return self.rates.wait("read", address, self.limits.reads)
        return self.rates.wait("write", address, self.limits.writes)

    def _answering(self, scope: Scope, told: Mapping[bytes, bytes], send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
                self.readers.tell(headers, scope["path"], told)
            await send(message)

        return answer


_CLOSE: Final = {"Connection": "close"}


async def _allow(send: Send) -> None:
    """Answer a preflight."""
    headers = preflight_headers()
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class _TooLargeError(Exception):
    """More came than is taken."""


class _GoneError(Exception):
    """The client went away in the middle of its body."""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _is_oversized(scope: Scope) -> bool:
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    return len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES or target > MAX_TARGET_BYTES


def _told(scope: Scope) -> dict[bytes, bytes]:
    """Headers by name; of one that is given twice, neither is believed."""
    told: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        told[name] = b"" if name in told and name in _ONCE else value
    return told


_ONCE: Final = frozenset({b"host", b"content-length", b"origin", b"content-encoding"})


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then whatever the connection says."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again


def _without_body(send: Send) -> Send:
    """A HEAD request gets the headers of GET and nothing else (RFC 9110 section 9.3.2)."""

    async def heads_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return heads_only
