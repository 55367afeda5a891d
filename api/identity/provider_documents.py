"""Fetching from the identity provider: few bytes, little time, no redirect, no plain HTTP.

The provider is named by the operator's settings, so its address is trusted; what it answers is not.
Plain HTTP is taken to this machine only, for trials and tests.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus, urlsplit

import httpx2

from api.ports.door import ProviderUnavailableError
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError

MAX_BYTES: Final = 262_144
MAX_SECONDS: Final = 10.0
STEP_SECONDS: Final = 5.0
MAX_ADDRESS: Final = 2048
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OK: Final = 200


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

    def get(self, address: str) -> dict[str, Json]:
        """The object at an address.

        Raises:
            ProviderUnavailableError: none in time, or none that can be read.
        """
        return self._ask("GET", address, None, None)

    def post(
        self, address: str, form: Mapping[str, str], client: tuple[str, str] | None
    ) -> dict[str, Json]:
        """The object that comes back for a form; ``client`` is name and secret.

        Raises:
            ProviderUnavailableError: none in time, or none that can be read.
        """
        return self._ask("POST", address, form, client)

    def _ask(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None,
        client: tuple[str, str] | None,
    ) -> dict[str, Json]:
        deadline = time.monotonic() + self.seconds
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        auth = httpx2.BasicAuth(*map(quote_plus, client)) if client else None  # RFC 6749 2.3.1
        try:
            with (
                self._caller(headers) as caller,
                caller.stream(method, check_address(address), data=form, auth=auth) as answer,
            ):
                body = _read(answer, deadline)
            value = parse_json(body, max_bytes=MAX_BYTES)
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise ProviderUnavailableError("no answer of the provider") from error
        except EncodingError as error:
            raise ProviderUnavailableError("the provider's answer is no JSON") from error
        if not isinstance(value, dict):
            raise ProviderUnavailableError("the provider's answer is no object")
        return value

    def _caller(self, headers: dict[str, str]) -> httpx2.Client:
        return httpx2.Client(
            timeout=STEP_SECONDS, trust_env=False, headers=headers, verify=self.context
        )


def _read(answer: httpx2.Response, deadline: float) -> bytes:
    if answer.status_code != _OK:
        raise ProviderUnavailableError(f"the provider answers {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise ProviderUnavailableError("the provider's answer is compressed")
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > MAX_BYTES or time.monotonic() > deadline:
            raise ProviderUnavailableError("the provider's answer is too long or too slow")
    return bytes(body)
