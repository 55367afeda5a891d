"""Fetching from other services, so that no address that we are handed can be turned against us.

HTTPS only, no credentials in the address, every hop's name resolved here and all its addresses
public, the connection made to the very address that was looked at, few redirects, little time, few
bytes. On trial plain HTTP on this machine is taken as well.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import ClassVar, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from verifier.credential.bundle import MAX_BUNDLE_BYTES, FetchedStatusList, decode_bundle
from verifier.credential.inclusion import LeafTile
from verifier.errors import BundleFormError

MAX_ADDRESS: Final = 2048
MAX_REDIRECTS: Final = 3
MAX_SECONDS: Final = 10.0
MAX_LIST_BYTES: Final = 4 << 20
MAX_TILE_BYTES: Final = 1 << 20
_CHUNK: Final = 1 << 16
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_PORTS: Final = {"https": 443, "http": 80}

Resolver = Callable[[str, int], Sequence[str]]


class RetrievalError(Exception):
    """Nothing was fetched; why is for the log, never for whoever named the address."""

    code: ClassVar[str] = "retrieval"


class ForbiddenAddressError(RetrievalError):
    """The address, or one it led to, is none that may be called."""

    code: ClassVar[str] = "retrieval.forbidden"


class UnreachableError(RetrievalError):
    """No answer, a bad one, too slow, or too long."""

    code: ClassVar[str] = "retrieval.unreachable"


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class SafeFetcher:
    """Fetches bytes from an address that somebody else chose.

    ``local`` allows plain HTTP to this machine (on trial), and nothing else besides.
    """

    local: bool = False
    resolver: Resolver = resolve
    seconds: float = MAX_SECONDS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def fetch(self, address: str, most: int) -> bytes:
        """The body behind an address, redirects followed.

        Args:
            address: absolute, with scheme.
            most: bytes that the body may have.

        Raises:
            ForbiddenAddressError: it may not be called, or one it leads to may not.
            UnreachableError: no usable answer in time.
        """
        deadline = time.monotonic() + self.seconds
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._hop(address, most, deadline)
            if isinstance(answer, bytes):
                return answer
            address = urljoin(address, answer)
        raise UnreachableError("too many redirects")

    def _hop(self, address: str, most: int, deadline: float) -> bytes | str:
        parts = _split(address)
        target = self._target(parts)
        try:
            connection = self._connect(parts, target, deadline)
        except (OSError, ValueError) as error:
            raise UnreachableError("no connection") from error
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Accept-Encoding": "identity", "User-Agent": "dojang"}
            connection.request("GET", path, headers=headers)
            return _read(connection, connection.getresponse(), most, deadline)
        except (OSError, HTTPException, ValueError) as error:
            raise UnreachableError("no usable answer") from error
        finally:
            connection.close()

    def _target(self, parts: SplitResult) -> str:
        """The one network address to call, after all of the name's were looked at."""
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        try:
            addresses = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError("the name is not known") from error
        allowed = _is_loopback if parts.scheme == "http" else _is_public
        if parts.scheme == "http" and not self.local:
            raise ForbiddenAddressError("only https is called")
        if not addresses or not all(allowed(text) for text in addresses):
            raise ForbiddenAddressError("the name leads to an address that is not called")
        return addresses[0]

    def _connect(self, parts: SplitResult, target: str, deadline: float) -> HTTPConnection:
        port = parts.port or _PORTS[parts.scheme]
        plain = socket.create_connection((target, port), _left(deadline))
        connection = HTTPConnection(parts.hostname or "", port)
        connection.sock = plain
        if parts.scheme == "https":
            try:
                connection.sock = self.context.wrap_socket(plain, server_hostname=parts.hostname)
            except BaseException:
                plain.close()
                raise
        return connection


def _split(address: str) -> SplitResult:
    if len(address) > MAX_ADDRESS or not address.isascii() or not address.isprintable():
        raise ForbiddenAddressError("an address is short and plain")
    try:
        parts = urlsplit(address)
        known = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ForbiddenAddressError("this is no address") from error
    if not known or parts.username is not None or parts.password is not None or " " in address:
        raise ForbiddenAddressError("only https without credentials is called")
    return parts


def _read(
    connection: HTTPConnection, answer: HTTPResponse, most: int, deadline: float
) -> bytes | str:
    if answer.status in _MOVED:
        location = answer.getheader("location")
        if not location:
            raise UnreachableError("a redirect to nowhere")
        return location
    if answer.status != _OK or answer.getheader("content-encoding", "identity") != "identity":
        raise UnreachableError("not found, or not as it was asked for")
    body = bytearray()
    while len(body) <= most:
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline))
        part = answer.read1(_CHUNK)
        if not part:
            return bytes(body)
        body += part
    raise UnreachableError("the body is too long")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise UnreachableError("it took too long")
    return left


def _is_public(text: str) -> bool:
    address = _unwrapped(text)
    return address is not None and address.is_global and not address.is_multicast


def _is_loopback(text: str) -> bool:
    address = _unwrapped(text)
    return address is not None and address.is_loopback


def _unwrapped(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address; one of IPv4 inside one of IPv6 (mapped, 6to4, NAT64) is the inner one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class HttpMirror:
    """``api.openid.trusting.Mirror``: other services' evidence, none of it believed by itself.

    ``tiles`` says by a log's origin where its bulk tiles are; the tile's number is appended.
    """

    fetcher: SafeFetcher
    tiles: Mapping[str, str]

    def tile(self, origin: str, number: int) -> LeafTile | None:
        """A whole tile, from a bundle with that tile; None where it cannot be had."""
        if origin not in self.tiles:
            return None
        try:
            data = self.fetcher.fetch(f"{self.tiles[origin]}/{number}", MAX_TILE_BYTES)
            found = decode_bundle(data[:MAX_BUNDLE_BYTES]).tiles
        except (RetrievalError, BundleFormError):
            return None
        return found[0] if len(found) == 1 else None

    def status_list(self, uri: str, at: datetime) -> FetchedStatusList | None:
        """A whole status list; None where it cannot be had."""
        try:
            token = self.fetcher.fetch(uri, MAX_LIST_BYTES).decode("ascii").strip()
        except (RetrievalError, UnicodeDecodeError):
            return None
        return FetchedStatusList(uri, token, at)
