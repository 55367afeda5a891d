"""The one place of outgoing HTTP: one request, one answer, one deadline over all of it.

The deadline holds for everything after the name was resolved: connecting, TLS, sending, and every
byte of headers and body, however slowly they come. Nothing is retried and no redirect is followed.
"""

import io
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from socket import create_connection, socket
from typing import Any, Final

_CHUNK: Final = 1 << 16


class ExchangeError(Exception):
    """There was no usable answer in time; why is for the journal."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to call: the addresses of the host, its name, and how.

    Args:
        addresses: network addresses that may be called, tried in their order.
        host: the name, for ``Host`` and TLS.
        port: 1 to 65,535.
        context: of TLS; None for plain HTTP.
    """

    addresses: Sequence[str]
    host: str
    port: int
    context: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A request: method, path with query, headers and body."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers by name in small letters, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def exchange(target: Target, question: Question, most: int, deadline: float) -> Answer:
    """Ask once.

    Args:
        target: where.
        question: what.
        most: bytes that the body may have.
        deadline: by ``time.monotonic``, when all of it must have come.

    Raises:
        ExchangeError: no connection, no HTTP, too long, or too late.
    """
    try:
        plain = _connect(target, deadline)
        try:
            wire = plain if target.context is None else _secure(plain, target, deadline)
            return _ask(wire, target, question, most, deadline)
        finally:
            plain.close()
    except (OSError, HTTPException, ValueError) as error:
        raise ExchangeError("no usable answer") from error


def _connect(target: Target, deadline: float) -> socket:
    failure: OSError = ConnectionError("no address")
    for address in target.addresses:
        try:
            return create_connection((address, target.port), _left(deadline))
        except OSError as error:
            failure = error
    raise failure


def _secure(plain: socket, target: Target, deadline: float) -> ssl.SSLSocket:
    context = target.context or ssl.create_default_context()
    plain.settimeout(_left(deadline))  # of the handshake as a whole
    return context.wrap_socket(plain, server_hostname=target.host)


def _ask(wire: socket, target: Target, question: Question, most: int, deadline: float) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = _Wire(wire, deadline)
    try:
        headers = {"Accept-Encoding": "identity", "Connection": "close", **question.headers}
        connection.request(question.method, question.path, question.body, headers)
        got = connection.getresponse()
        body = bytearray()
        while part := got.read1(_CHUNK):
            body += part
            if len(body) > most:
                raise ExchangeError("the body is too long")
        told = {name.lower(): value for name, value in got.getheaders()}
        return Answer(got.status, told, bytes(body))
    finally:
        wire.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


class _Reading(io.RawIOBase):
    """What a socket receives, each piece within what is left of the time."""

    def __init__(self, wire: socket, deadline: float) -> None:
        self._wire, self._deadline = wire, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        self._wire.settimeout(_left(self._deadline))
        return self._wire.recv_into(buffer)


@dataclass(slots=True)
class _Wire:
    """As much of a socket as ``http.client`` uses."""

    wire: socket
    deadline: float

    def sendall(self, data: bytes) -> None:
        self.wire.settimeout(_left(self.deadline))
        self.wire.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self.wire, self.deadline))

    def close(self) -> None:
        """Do nothing: called before the body is read; whoever opened the socket closes it."""
