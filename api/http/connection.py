"""Connections that are slow on purpose or too many; a request's head must arrive in time.

The server bounds the head's size and how long an idle connection is kept, but waits for ever for
the rest of a head that has begun, or for the first byte. Bodies are bounded by ``api.http.guard``.
"""

import asyncio
import json
import socket
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from api.http.problem_kinds import KINDS
from api.http.problems import MEDIA_TYPE

HEAD_SECONDS: Final = 10.0
MAX_HEAD_BYTES: Final = 32_768


MOST_CONNECTIONS: Final = 1000
"""Of one process, so that there are files left for answering those that are held."""


def _problem(code: str, phrase: str) -> bytes:
    """A problem as a body: who has not asked yet has no language that it prefers."""
    kind = KINDS[code]
    told = {"type": "about:blank", "title": phrase, "status": kind.status}
    return json.dumps(told | {"code": code, "detail": kind.ko}, ensure_ascii=False).encode()


_NO_HTTP: Final = _problem("http.bad_request", "Bad Request")
_TOO_MANY: Final = _problem("http.overloaded", "Service Unavailable")


class PatientConnection(H11Protocol):
    """uvicorn's own connection, whose patience for a head ends."""

    head_seconds = HEAD_SECONDS
    most_connections = MOST_CONNECTIONS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Start waiting for the first head, or tell one connection too many that it is."""
        super().connection_made(transport)
        _send_at_once(transport)
        if len(self.connections) > self.most_connections:
            self._refuse(503, b"Service Unavailable", _TOO_MANY)
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """A head that is complete ends the wait; a first piece of the next one begins it."""
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting()
        elif self._deadline is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the wait."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 # uvicorn's sentence is not ours
        """Tell what is no HTTP in the form of every other problem."""
        self._refuse(400, b"Bad Request", _NO_HTTP)

    def _refuse(self, status: int, phrase: bytes, body: bytes) -> None:
        headers = [
            (b"content-type", MEDIA_TYPE.encode("ascii")),
            (b"content-length", str(len(body)).encode("ascii")),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=status, headers=headers, reason=phrase),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _await_head(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self, *_: Any) -> None:  # noqa: ANN401 - a timer gives nothing
        self._deadline = None
        if not self._is_answering() and not self.transport.is_closing():
            self.transport.close()


def _send_at_once(transport: asyncio.Transport) -> None:
    """Head and body are two writes: without this the second waits 40 ms for the first's receipt.

    The event loop does this itself only for listeners that were opened with a protocol number.
    """
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
