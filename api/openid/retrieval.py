"""Fetching from other services, so that no address that we are handed can be turned against us.

HTTPS only, no credentials in the address, every hop's name resolved here and all its addresses
public, the connection made to the very address that was looked at, few redirects, little time, few
bytes. On trial plain HTTP on this machine is taken as well.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from api.waiting.bulkhead import Bulkhead, NeighbourError
from api.waiting.http import Answer, ExchangeError, Question, Target, exchange
from verifier.credential.bundle import MAX_BUNDLE_BYTES, FetchedStatusList, decode_bundle
from verifier.credential.inclusion import LeafTile
from verifier.errors import BundleFormError

MAX_ADDRESS: Final = 2048
MAX_REDIRECTS: Final = 3
MAX_SECONDS: Final = 4.0
HOST_SLOTS: Final = 4
"""Calls to one host that may be on their way at once."""
MAX_HOSTS: Final = 64
MAX_LIST_BYTES: Final = 4 << 20
MAX_TILE_BYTES: Final = 1 << 20
_HEADERS: Final = {"User-Agent": "dojang"}
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
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            answer = exchange(self._target(parts), Question("GET", path, _HEADERS), most, deadline)
        except ExchangeError as error:
            raise UnreachableError("no usable answer") from error
        return _content(answer)

    def _target(self, parts: SplitResult) -> Target:
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
        context = self.context if parts.scheme == "https" else None
        return Target(addresses[:1], host, port, context)


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


def _content(answer: Answer) -> bytes | str:
    """The body, or where it moved to."""
    if answer.status in _MOVED:
        location = answer.headers.get("location")
        if not location:
            raise UnreachableError("a redirect to nowhere")
        return location
    if answer.status != _OK or answer.headers.get("content-encoding", "identity") != "identity":
        raise UnreachableError("not found, or not as it was asked for")
    return answer.body


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


@dataclass(slots=True)
class Hosts:
    """A bulkhead for each host that is called: one that hangs takes no other's slots."""

    seconds: float = MAX_SECONDS
    _known: OrderedDict[str, Bulkhead] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def bulkhead(self, host: str) -> Bulkhead:
        """The host's; of those that were not called for longest, no more than so many are kept."""
        with self._lock:
            found = self._known.get(host) or Bulkhead("mirror", self.seconds, HOST_SLOTS)
            self._known[host] = found
            self._known.move_to_end(host)
            if len(self._known) > MAX_HOSTS:
                self._known.popitem(last=False)
            return found


@dataclass(frozen=True, slots=True)
class HttpMirror:
    """``api.openid.trusting.Mirror``: other services' evidence, none of it believed by itself.

    ``tiles`` says by a log's origin where its bulk tiles are; the tile's number is appended.
    """

    fetcher: SafeFetcher
    tiles: Mapping[str, str]
    hosts: Hosts = field(default_factory=Hosts)

    def tile(self, origin: str, number: int) -> LeafTile | None:
        """A whole tile, from a bundle with that tile; None where it cannot be had."""
        if origin not in self.tiles:
            return None
        try:
            data = self._fetch(f"{self.tiles[origin]}/{number}", MAX_TILE_BYTES)
            found = decode_bundle(data[:MAX_BUNDLE_BYTES]).tiles
        except (RetrievalError, BundleFormError):
            return None
        return found[0] if len(found) == 1 else None

    def status_list(self, uri: str, at: datetime) -> FetchedStatusList | None:
        """A whole status list; None where it cannot be had."""
        try:
            token = self._fetch(uri, MAX_LIST_BYTES).decode("ascii").strip()
        except (RetrievalError, UnicodeDecodeError):
            return None
        return FetchedStatusList(uri, token, at)

    def _fetch(self, address: str, most: int) -> bytes:
        """Fetch behind the bulkhead of the address's host.

        Raises:
            RetrievalError: nothing was fetched.
        """
        host = urlsplit(address).hostname or ""
        try:
            return self.hosts.bulkhead(host).ask(lambda: self.fetcher.fetch(address, most))
        except NeighbourError as error:
            raise UnreachableError("the host does not answer now") from error
