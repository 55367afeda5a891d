"""Whose scripts may read an answer, always without cookies (Fetch standard, CORS protocol)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders

_ORIGIN: Final = b"origin"
_ASKED: Final = b"access-control-request-method"
_SECONDS: Final = 600
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": str(_SECONDS),
}
_TOLD: Final = "Retry-After, WWW-Authenticate, X-Request-Id"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read answers of one origin, besides its own pages.

    Credentials are never allowed: a browser sends no cookie, and keeps the answer from the script
    if it was told to send one.

    Args:
        origin: the one other origin that may read everything; empty: none.
        open_paths: prefixes of paths that scripts of every origin may read, because nothing there
            is told by cookie: a wallet may be a page (Token Status List, section 8.1).
    """

    origin: str = ""
    open_paths: tuple[str, ...] = ()

    def allowed(self, path: str, told: Mapping[bytes, bytes]) -> str | None:
        """What ``Access-Control-Allow-Origin`` says; None: nothing."""
        if path.startswith(self.open_paths):
            return "*"
        named = bool(self.origin) and told.get(_ORIGIN) == self.origin.encode("ascii")
        return self.origin if named else None

    def is_preflight(self, method: str, path: str, told: Mapping[bytes, bytes]) -> bool:
        """Whether a browser asks if it may send a request that will be allowed."""
        return method == "OPTIONS" and _ASKED in told and self.allowed(path, told) is not None

    def tell(self, headers: MutableHeaders, path: str, told: Mapping[bytes, bytes]) -> None:
        """Set the headers of an answer."""
        allowed = self.allowed(path, told)
        if self.origin:
            headers.add_vary_header("Origin")
        if allowed is not None:
            headers["Access-Control-Allow-Origin"] = allowed
            headers["Access-Control-Expose-Headers"] = _TOLD


NO_READERS: Final = Readers()


def preflight_headers() -> list[tuple[bytes, bytes]]:
    """Headers of the answer to a preflight."""
    return [(name.lower().encode(), value.encode()) for name, value in _PREFLIGHT.items()]
