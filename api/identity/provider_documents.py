"""Fetching from the identity provider: few bytes, little time, no redirect, no plain HTTP.

The provider is named by the operator's settings, so its address is trusted; what it answers is not.
Plain HTTP is taken to this machine only, for trials and tests.
"""

import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import SplitResult, quote_plus, urlencode, urlsplit

from api.ports.door import ProviderUnavailableError
from api.waiting.http import Answer, ExchangeError, Question, Target, exchange
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

MAX_BYTES: Final = 262_144
MAX_SECONDS: Final = 5.0
MAX_ADDRESS: Final = 2048
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OK: Final = 200
_HEADERS: Final = {"Accept": "application/json"}


def check_address(text: str) -> str:
    """An address that may be called: https, or this machine; no credentials, no fragment.

    Raises:
        ProviderUnavailableError: anything else.
    """
    try:
        parts = urlsplit(text)
        known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        plain = parts.username is None and parts.password is None and not parts.fragment
        port = parts.port != 0
    except ValueError as error:
        raise ProviderUnavailableError("this is no address") from error
    printable = text.isascii() and text.isprintable() and " " not in text
    if not (known and plain and port and parts.hostname and printable) or len(text) > MAX_ADDRESS:
        raise ProviderUnavailableError("the provider names an address that is not called")
    return text


@dataclass(frozen=True, slots=True)
class Documents:
    """Fetches JSON objects."""

    seconds: float = MAX_SECONDS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def get(self, address: str, deadline: float | None = None) -> dict[str, Json]:
        """The object at an address.

        Args:
            address: absolute; see ``check_address``.
            deadline: by ``time.monotonic``; where none is given, so long as ``seconds`` says.

        Raises:
            ProviderUnavailableError: none in time, or none that can be read.
        """
        return self._ask(address, Question("GET", "", _HEADERS), deadline)

    def post(
        self,
        address: str,
        form: Mapping[str, str],
        client: tuple[str, str] | None,
        deadline: float | None = None,
    ) -> dict[str, Json]:
        """The object that comes back for a form; ``client`` is name and secret.

        Raises:
            ProviderUnavailableError: none in time, or none that can be read.
        """
        headers = {**_HEADERS, "Content-Type": "application/x-www-form-urlencoded"}
        if client is not None:
            known = ":".join(map(quote_plus, client))  # RFC 6749 2.3.1
            headers["Authorization"] = f"Basic {b64encode(known.encode()).decode()}"
        question = Question("POST", "", headers, urlencode(form).encode())
        return self._ask(address, question, deadline)

    def _ask(self, address: str, question: Question, deadline: float | None) -> dict[str, Json]:
        end = time.monotonic() + self.seconds if deadline is None else deadline
        parts = urlsplit(check_address(address))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            target = self._target(parts)
            answer = exchange(target, replace(question, path=path), MAX_BYTES, end)
            value = parse_json(_content(answer), max_bytes=MAX_BYTES)
        except (OSError, UnicodeError) as error:
            raise ProviderUnavailableError("the provider's name is not known") from error
        except ExchangeError as error:
            raise ProviderUnavailableError(f"no answer of the provider: {error}") from error
        except EncodingError as error:
            raise ProviderUnavailableError("the provider's answer is no JSON") from error
        if not isinstance(value, dict):
            raise ProviderUnavailableError("the provider's answer is no object")
        return value

    def _target(self, parts: SplitResult) -> Target:
        is_plain = parts.scheme == "http"
        host, port = parts.hostname or "", parts.port or (80 if is_plain else 443)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        return Target(addresses, host, port, None if is_plain else self.context)


def _content(answer: Answer) -> bytes:
    if answer.status != _OK:
        raise ProviderUnavailableError(f"the provider answers {answer.status}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ProviderUnavailableError("the provider's answer is compressed")
    return answer.body
