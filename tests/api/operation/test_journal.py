"""The journal tells known fields only, and of an exception neither text nor values."""

import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.observation.journal import note, open_journal, warn
from api.observation.watching import NOBODY, Routed, Watched
from api.ports.errors import StorageUnavailableError

MARK = "홍길동-MARK"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    stream = io.StringIO()
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = list(root.handlers), root.level
    open_journal(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    open_journal.__globals__["structlog"].reset_defaults()


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
