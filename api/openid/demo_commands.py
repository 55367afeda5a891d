"""``dojang demo offer`` and ``dojang demo request``: try any wallet against a running service."""

import argparse
import json
import sys
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlsplit

DEFAULT_SERVER: Final = "http://localhost:8000"
TIMEOUT: Final = 30
POLL_SECONDS: Final = 0.3
MAX_ANSWER: Final = 1 << 22
DONE, FAILED = 0, 1
_OK: Final = range(200, 300)


class ServerError(Exception):
    """The service cannot be reached, or refuses."""


def add_demo_commands(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands below ``dojang demo``."""
    offer = kinds.add_parser("offer", help="a credential offer for any wallet")
    offer.add_argument("--type", required=True, help="credential type, as resident-registration")
    offer.add_argument("--service", default="youth-allowance", help="service it is meant for")
    offer.add_argument("--person", default="synthetic-1", help="which of the invented people")
    offer.set_defaults(command=_offer)
    request = kinds.add_parser("request", help="a presentation request for any wallet")
    request.add_argument("--service", required=True, help="service, as document-delivery")
    request.add_argument("--round", help="round of the service; the latest by default")
    request.add_argument("--form", choices=("reference", "value", "plain"), default="reference")
    modes = ("direct_post", "direct_post.jwt")
    request.add_argument("--mode", choices=modes, default="direct_post.jwt")
    request.add_argument(
        "--wait", action="store_true", help="wait for the wallet, print the result"
    )
    request.set_defaults(command=_request)
    for one in (offer, request):
        one.add_argument("--server", default=DEFAULT_SERVER, help="where `dojang serve` runs")


def _offer(options: argparse.Namespace) -> int:
    order = {"type": options.type, "service": options.service, "person": options.person}
    return _guarded(lambda: _print(_call(options.server, "POST", "/demo/openid/offers", order)))


def _request(options: argparse.Namespace) -> int:
    return _guarded(lambda: _ask(options))


def _ask(options: argparse.Namespace) -> None:
    order = {"service": options.service, "form": options.form, "mode": options.mode}
    if options.round:
        order["round"] = options.round
    asked = _call(options.server, "POST", "/openid4vp/requests", order)
    _print({"request": asked["link"], "id": asked["id"], "expires": asked["expires"]})
    path = f"/openid4vp/requests/{quote(asked['id'])}/result"
    while options.wait:
        result = _call(options.server, "GET", path, None, asked["session"])
        if result["status"] != "waiting":
            _print(result)
            return
        time.sleep(POLL_SECONDS)


def _guarded(act: Any) -> int:  # noqa: ANN401 - a call without arguments
    try:
        act()
    except (ServerError, OSError, HTTPException) as error:
        sys.stderr.write(f"dojang: {error} (demo.server)\n")
        return FAILED
    return DONE


def _call(
    server: str, method: str, path: str, body: dict[str, str] | None, token: str = ""
) -> dict[str, Any]:
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ServerError("--server is an address as http://localhost:8000")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
    headers = {
        "Content-Type": "application/json",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        data = answer.read(MAX_ANSWER)
    finally:
        connection.close()
    return _read(answer.status, data)


def _read(status: int, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise ServerError(f"the service answered {status} without JSON") from error
    if status not in _OK or not isinstance(value, dict):
        word = value.get("error") or value.get("code") if isinstance(value, dict) else ""
        hint = "; is it started in demonstration mode (DOJANG_TRIAL=1)?" if status == 404 else ""  # noqa: PLR2004 - HTTP
        raise ServerError(f"the service answered {status} {word}{hint}")
    return value


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
