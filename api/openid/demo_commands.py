"""``dojang demo offer`` and ``dojang demo request``: try any wallet against a running service."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlsplit

from verifier.services import SERVICE_IDS

DEFAULT_SERVER: Final = "http://localhost:8000"
DEFAULT_PERSON: Final = "synthetic-1"
DEFAULT_SERVICE: Final = "youth-allowance"
TYPES: Final = (
    "resident-registration",
    "school-record",
    "employment-insurance",
    "health-premium",
    "benefit",
    "programme-record",
    "voter",
    "bulk-agreement",
    "delivery-entitlement",
)
"""What the test agencies issue; written again here, so that ``--help`` loads nothing."""
PEOPLE: Final = ("synthetic-1", "synthetic-2", "synthetic-3")
"""The invented people, of whom the first is entitled to everything."""
TIMEOUT: Final = 30
POLL_SECONDS: Final = 0.3
MAX_ANSWER: Final = 1 << 22
DONE, FAILED = 0, 1
_OK: Final = range(200, 300)
_NO_ROUTE: Final = "http.not_found"
_WAITING, _EXPIRED = "waiting", "expired"


class ServerError(Exception):
    """The service cannot be reached, or refuses."""


def add_demo_commands(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands below ``dojang demo``."""
    _add_offer(kinds)
    _add_request(kinds)


def _add_offer(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    offer = kinds.add_parser("offer", help="a credential offer for any wallet")
    offer.add_argument("--type", required=True, help=f"credential type: {', '.join(TYPES)}")
    services = f"service it is meant for: {', '.join(SERVICE_IDS)} (default {DEFAULT_SERVICE})"
    offer.add_argument("--service", default=DEFAULT_SERVICE, help=services)
    people = f"which of the invented people: {', '.join(PEOPLE)} (default {DEFAULT_PERSON})"
    offer.add_argument("--person", default=DEFAULT_PERSON, help=people)
    offer.set_defaults(command=_offer)
    _add_server(offer)


def _add_request(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    request = kinds.add_parser("request", help="a presentation request for any wallet")
    request.add_argument("--service", required=True, help=f"service: {', '.join(SERVICE_IDS)}")
    request.add_argument("--round", help="round of the service (default: the latest)")
    request.add_argument(
        "--form",
        choices=("reference", "value", "plain"),
        default="reference",
        help="signed and fetched, signed in the link, or unsigned (default reference)",
    )
    request.add_argument(
        "--mode",
        choices=("direct_post", "direct_post.jwt"),
        default="direct_post.jwt",
        help="how the wallet answers (default direct_post.jwt, which is encrypted)",
    )
    wait = "wait for the wallet and print the result; status 0 if it answered, whatever it said"
    request.add_argument("--wait", action="store_true", help=f"{wait}, 1 if not in time")
    request.set_defaults(command=_request)
    _add_server(request)


def _add_server(command: argparse.ArgumentParser) -> None:
    help_text = f"where `dojang serve` runs (default {DEFAULT_SERVER})"
    command.add_argument("--server", default=DEFAULT_SERVER, help=help_text)


def _offer(options: argparse.Namespace) -> int:
    def order() -> int:
        wanted = {"type": options.type, "service": options.service, "person": options.person}
        _print(_call(options.server, "POST", "/demo/openid/offers", wanted))
        return DONE

    return _guarded(order)


def _request(options: argparse.Namespace) -> int:
    return _guarded(lambda: _ask(options))


def _ask(options: argparse.Namespace) -> int:
    wanted = {"service": options.service} | ({"round": options.round} if options.round else {})
    opened = _call(options.server, "POST", "/api/v1/applications", wanted)
    order = {
        "application": opened["number"],
        "device": "other",
        "form": options.form,
        "mode": options.mode,
    }
    asked = _call(options.server, "POST", "/openid4vp/requests", order, opened["secret"])
    told = {"application": opened["number"], "word": asked["word"], "expires": asked["expires"]}
    _print({"request": asked["link"], "id": asked["id"], **told})
    return _wait(options.server, asked) if options.wait else DONE


def _wait(server: str, asked: dict[str, Any]) -> int:
    """Print what came of a request; until then look again and again."""
    path = f"/openid4vp/requests/{quote(asked['id'])}/result"
    while True:
        result = _call(server, "GET", path, None, asked["session"])
        if result["status"] != _WAITING:
            _print(result)
            return FAILED if result["status"] == _EXPIRED else DONE
        time.sleep(POLL_SECONDS)


def _guarded(act: Callable[[], int]) -> int:
    try:
        return act()
    except ServerError as error:
        sys.stderr.write(f"dojang: {error} (demo.server)\n")
        return FAILED


def _call(
    server: str, method: str, path: str, body: dict[str, str] | None, token: str = ""
) -> dict[str, Any]:
    headers = {
        "Content-Type": "application/json",
        "Accept-Language": "en",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    connection = _connection(server)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        status, data = answer.status, answer.read(MAX_ANSWER)
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ServerError(
            f"{connection.host}:{connection.port} cannot be reached: {why}; does `dojang serve` run"
            " there? --server names another address"
        ) from error
    finally:
        connection.close()
    return _read(status, data)


def _connection(server: str) -> HTTPConnection:
    try:
        parts = urlsplit(server)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in {"http", "https"} or not host:
        raise ServerError(f"--server is an address as {DEFAULT_SERVER}")
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    return kind(host, port, timeout=TIMEOUT)


def _read(status: int, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise ServerError(f"the service answered {status} without JSON") from error
    if status not in _OK or not isinstance(value, dict):
        raise ServerError(f"the service answered {status}{_told(value)}")
    return value


def _told(value: object) -> str:
    """Code and sentence of a refusal, as our problems and the standards' errors have them."""
    if not isinstance(value, dict):
        return ""
    code = value.get("code") or value.get("error") or ""
    if code == _NO_ROUTE:
        return f" {code}; is it started in demonstration mode (DOJANG_TRIAL=1)?"
    sentence = value.get("detail") or value.get("error_description") or ""
    return f" {code}: {sentence}" if sentence else f" {code}"


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
