"""A real server with slow clients: heads and bodies that do not come are given up."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import ClassVar

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.http.connection import MAX_HEAD_BYTES, PatientConnection

SECONDS = 20


class HastyConnection(PatientConnection):
    """The product's connection with little patience."""

    head_seconds = 0.3
    most_connections = 4
    sockets: ClassVar[list[socket.socket]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Remember what the server sees."""
        super().connection_made(transport)
        self.sockets.append(transport.get_extra_info("socket"))


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, and say how long it was."""
    length, more = 0, True
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await PlainTextResponse(str(length))(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        answer,
        http=HastyConnection,
        lifespan="off",
        log_level="critical",
        timeout_keep_alive=1,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(SECONDS)
    listener.close()


def connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    made.settimeout(SECONDS)
    return made


def until_closed(connection: socket.socket) -> bytes:
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def answered(connection: socket.socket, body: bytes) -> bool:
    """Whether an answer with this body comes; the connection stays open."""
    received = b""
    while not received.endswith(b"\r\n\r\n" + body):
        piece = connection.recv(65_536)
        if not piece:
            return False
        received += piece
    return received.startswith(b"HTTP/1.1 200")


HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n"


@pytest.mark.parametrize("first", [b"", b"G", HEAD], ids=["silent", "one byte", "half a head"])
def test_a_head_that_does_not_come_is_given_up(port: int, first: bytes) -> None:
    with connect(port) as connection:
        connection.sendall(first)
        assert until_closed(connection) == b""


def test_a_head_that_drips_is_given_up(port: int) -> None:
    with connect(port) as connection:
        try:
            for n in range(1000):
                connection.sendall(b"x" if n else HEAD + b"x-slow: ")
                time.sleep(0.01)
        except (BrokenPipeError, ConnectionResetError):
            return
    pytest.fail("a dripping head was waited for")


def test_a_head_that_comes_is_answered_also_the_second(port: int) -> None:
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"\r\n")
            assert answered(connection, b"0")


def test_a_second_head_that_does_not_come_is_given_up(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert answered(connection, b"0")
        connection.sendall(HEAD)
        assert until_closed(connection) == b""


def test_an_answer_that_takes_longer_than_a_head_is_not_cut(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nab")
        time.sleep(0.5)
        connection.sendall(b"cd")
        assert answered(connection, b"4")


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"x: " + b"a" * (2 * MAX_HEAD_BYTES))
        assert until_closed(connection).startswith(b"HTTP/1.1 4")


def test_what_is_no_http_is_told_as_a_problem(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        told = until_closed(connection)
    assert told.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in told
    assert b'"code": "http.bad_request"' in told


def test_one_connection_too_many_is_told_so_and_the_others_are_served(port: int) -> None:
    with ExitStack() as stack:
        held = []
        for _ in range(HastyConnection.most_connections):
            held.append(stack.enter_context(connect(port)))
            held[-1].sendall(HEAD + b"\r\n")
            assert answered(held[-1], b"0")
        told = until_closed(stack.enter_context(connect(port)))
        assert told.startswith(b"HTTP/1.1 503")
        assert b"application/problem+json" in told
        assert b'"code": "http.overloaded"' in told
        held[0].sendall(HEAD + b"\r\n")
        assert answered(held[0], b"0")


def test_an_answer_in_two_pieces_does_not_wait_for_a_receipt(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"\r\n")
        assert answered(connection, b"0")
        seen = HastyConnection.sockets[-1]
        assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_head_with_two_hosts_is_refused(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(HEAD + b"Host: there\r\n\r\n")
        assert until_closed(connection).startswith(b"HTTP/1.1 400")


def test_a_body_with_two_lengths_is_refused(port: int) -> None:
    lengths = b"Content-Length: 4\r\nContent-Length: 5\r\n"
    with connect(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: here\r\n" + lengths + b"\r\nabcd")
        assert until_closed(connection).startswith(b"HTTP/1.1 400")


def test_a_body_with_length_and_pieces_is_read_in_one_way_only(port: int) -> None:
    both = b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n"
    head = b"POST / HTTP/1.1\r\nHost: here\r\n" + both + b"\r\n"
    with connect(port) as connection:
        connection.sendall(head + b"2\r\nab\r\n0\r\n\r\n" + HEAD)
        assert until_closed(connection).count(b"HTTP/1.1") == 1
