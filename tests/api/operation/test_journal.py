"""The journal tells known fields only, and of an exception neither text nor values."""

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest

from api.observation.journal import note, open_journal, warn
from api.observation.lines import MOST_PENDING
from api.observation.watching import NOBODY, Routed, Watched
from api.ports.errors import StorageUnavailableError

MARK = "홍길동-MARK"


@contextmanager
def opened(folder: Path) -> Iterator[tuple[TextIO, Callable[[], list[dict[str, Any]]]]]:
    path = folder / "journal"
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    with path.open("w") as stream:
        open_journal(stream)
        yield stream, lambda: [json.loads(line) for line in path.read_text().splitlines()]
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    open_journal.__globals__["structlog"].reset_defaults()


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    with opened(tmp_path) as (_, read):
        yield read


def test_an_unknown_field_is_left_out(lines: Callable[[], list[dict[str, Any]]]) -> None:
    note("request", route="/x", name=MARK)
    assert lines()[0]["route"] == "/x"
    assert MARK not in json.dumps(lines(), ensure_ascii=False)


def test_a_library_tells_its_name_and_not_its_text(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    logging.getLogger("some.library").warning("person %s", MARK)
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received: %s", MARK)
    told = lines()
    assert [line["library"] for line in told] == ["some.library", "uvicorn.error"]
    assert "Invalid HTTP" in told[1]["kind"]
    assert MARK not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("error", [ValueError(MARK), StorageUnavailableError(MARK)])
def test_an_exception_is_told_by_class_and_place(
    lines: Callable[[], list[dict[str, Any]]], error: Exception
) -> None:
    def fail() -> None:
        raise error

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (told,) = lines()
    assert told["exception"] == type(error).__name__
    assert told["code"] in {"", "storage.unavailable"}
    assert told["frames"]
    assert MARK not in json.dumps(told, ensure_ascii=False)


def answered(app: Any, path: str) -> list[dict[str, Any]]:
    """Send one request through an application and collect what it sends."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    return sent


def test_a_request_is_told_by_its_template_and_gets_a_number(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    class Route:
        path = "/a/{number}"

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        scope["route"], scope["endpoint"] = Route(), app
        await send({"type": "http.response.start", "status": 200, "headers": []})

    watched = Watched(Routed(app), NOBODY, lambda count: b"\x01" * count)
    (start,) = answered(watched, f"/a/{MARK}")
    (told,) = lines()
    assert dict(start["headers"])[b"x-request-id"] == told["request"].encode()
    assert (told["route"], told["status"]) == ("/a/{number}", 200)
    assert MARK not in json.dumps(told, ensure_ascii=False)


def test_a_path_without_a_route_is_not_told(lines: Callable[[], list[dict[str, Any]]]) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    answered(Watched(Routed(app), NOBODY, bytes), f"/{MARK}")
    assert lines()[0]["route"] == "(none)"


def test_an_error_after_the_answer_began_ends_here(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        raise ValueError(MARK)

    answered(Watched(Routed(app), NOBODY, bytes), "/")
    warn("end")
    assert [line["event"] for line in lines()] == ["request.failed", "request", "end"]
    assert MARK not in json.dumps(lines(), ensure_ascii=False)


@contextmanager
def full(stream: TextIO) -> Iterator[None]:
    """Let a stream have no room for as long as the block lasts."""
    kept = os.dup(stream.fileno())
    with Path("/dev/full").open("w") as no_room:
        os.dup2(no_room.fileno(), stream.fileno())
    yield
    os.dup2(kept, stream.fileno())
    os.close(kept)


def test_a_full_disk_fails_nothing_and_is_told_afterwards(tmp_path: Path) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    with opened(tmp_path) as (stream, lines):
        note("request")
        with full(stream):
            note("request")
            assert answered(Watched(app, NOBODY, bytes), "/")
        note("request")
        note("request")
        assert [line.get("missed") for line in lines()] == [None, None, 1, 2, None]


def test_lines_that_wait_for_room_are_bounded(tmp_path: Path) -> None:
    with opened(tmp_path) as (stream, lines):
        with full(stream):
            for _ in range(5):
                note("request", route="x" * (MOST_PENDING // 2))
        note("request")
        note("end")
        assert [line["event"] for line in lines()] == ["request"] * 3 + ["end"]
        assert lines()[2]["missed"] >= 5
