"""Settings by environment. Every one has a default that suits one machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

MAX_PORT: Final = 65_535


class SettingsError(Exception):
    """A setting that cannot be used; the message names the variable and what it may be."""

    code: ClassVar[str] = "settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is started with.

    Args:
        host: HOST; the address to listen on, loopback by default.
        port: PORT; 0 lets the system choose one.
        chain: DOJANG_CHAIN; folder of the embedded chain.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    chain: Path = Path("var/chain")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables.

        Raises:
            SettingsError: a PORT that is no number from 0 to 65535.
        """
        default = cls()
        port = environment.get("PORT", str(default.port))
        if not port.isdecimal() or int(port) > MAX_PORT:
            raise SettingsError(f"PORT is a number from 0 to {MAX_PORT}")
        return cls(
            host=environment.get("HOST", default.host),
            port=int(port),
            chain=Path(environment.get("DOJANG_CHAIN", str(default.chain))),
        )
