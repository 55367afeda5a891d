"""``dojang demo offer`` and ``request`` against a service that answers as it is told to.

Against the service itself they run in tests/peers.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from api.cli import main
from api.openid.demo_commands import DEFAULT_SERVER, PEOPLE, TYPES
from verifier.services import SERVICE_IDS

OPENED = {"number": "7K3M-X9QT-0A2B-HV5N", "secret": "t"}
WORD = {"ko": "소나무 42", "en": "pine 42"}
ASKED = {
    "link": "openid4vp://",
    "id": "a",
    "expires": "2026-11-20T07:10:00Z",
    "session": "s",
    "word": WORD,
}


class Scripted(HTTPServer):
    """Gives prepared answers, one after the other."""

    answers: Sequence[tuple[int, Mapping[str, object]]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, body = self.server.answers[0]
        self.server.answers = self.server.answers[1:]
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Scripted]:
    with Scripted(("127.0.0.1", 0), _Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def request(service: Scripted, *options: str) -> int:
    return main(
        ["demo", "request", "--service", "youth-allowance", "--server", service.address, *options]
    )


@pytest.mark.parametrize(
    ("status", "code"), [("checked", 0), ("refused", 0), ("wallet_error", 0), ("expired", 1)]
)
def test_waiting_ends_with_the_outcome(
    service: Scripted, capsys: pytest.CaptureFixture[str], status: str, code: int
) -> None:
    waiting = (200, {"status": "waiting"})
    service.answers = [(201, OPENED), (201, ASKED), waiting, (200, {"status": status})]
    assert request(service, "--wait") == code
    asked, came = capsys.readouterr().out.splitlines()
    told = json.loads(asked)
    assert told["request"] == ASKED["link"]
    assert (told["application"], told["word"]) == (OPENED["number"], WORD)
    assert OPENED["secret"] not in told.values()
    assert json.loads(came) == {"status": status}


def test_without_waiting_only_the_request_is_printed(
    service: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers = [(201, OPENED), (201, ASKED)]
    assert request(service) == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("body", "told", "hinted"),
    [
        ({"code": "http.not_found", "detail": "There is nothing here."}, "DOJANG_TRIAL=1", True),
        ({"code": "service.unknown", "detail": "No such service."}, "No such service.", False),
        ({"error": "not_found", "error_description": "no such round"}, "no such round", False),
        ({"error": "not_found"}, "404 not_found", False),
    ],
)
def test_only_a_missing_route_is_explained_by_the_mode(
    service: Scripted,
    capsys: pytest.CaptureFixture[str],
    body: dict[str, str],
    told: str,
    hinted: bool,
) -> None:
    service.answers = [(404, body)]
    assert main(["demo", "offer", "--type", "benefit", "--server", service.address]) == 1
    error = capsys.readouterr().err
    assert told in error
    assert ("DOJANG_TRIAL" in error) == hinted


@pytest.mark.parametrize("server", ["ftp://localhost", "localhost", "http://a:x", "http://"])
def test_a_server_that_is_no_address_is_refused(
    capsys: pytest.CaptureFixture[str], server: str
) -> None:
    assert main(["demo", "offer", "--type", "benefit", "--server", server]) == 1
    assert DEFAULT_SERVER in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("offer", (*TYPES, *PEOPLE, *SERVICE_IDS, "default youth-allowance", DEFAULT_SERVER)),
        ("request", (*SERVICE_IDS, "default reference", "default direct_post.jwt", "latest")),
    ],
)
def test_help_names_choices_and_defaults(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    named: tuple[str, ...],
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit) as ended:
        main(["demo", command, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(name in told for name in named)
