"""The three origins of the service, kept apart so that no page of one can act in another.

People's pages hold credentials and sessions; the ballot's page holds votes; the registration knows
who may vote. A browser keeps their storage and scripts apart by their origins.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from api.settings import Settings

_LOCAL: Final = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Origins:
    """What a browser calls each part, as ``http://localhost:8000``."""

    people: str
    ballot: str
    registration: str

    @classmethod
    def of(cls, settings: Settings, ports: tuple[int, int, int]) -> "Origins":
        """The configured origins; those that are not, on this machine at the ports listened on."""
        told = (settings.people_origin, settings.ballot_origin, settings.registration_origin)
        filled = [
            origin or f"http://localhost:{port}" for origin, port in zip(told, ports, strict=True)
        ]
        return cls(*filled)


def allowed_hosts(origin: str) -> frozenset[str]:
    """What ``Host`` may say at an origin; a local one goes by all names of this machine."""
    parts = urlsplit(origin)
    if parts.hostname != "localhost":
        return frozenset({parts.netloc})
    port = "" if parts.port is None else f":{parts.port}"
    return frozenset(name + port for name in _LOCAL)
