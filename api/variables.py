"""Environment variables: how each is read, and texts that must not be printed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

MAX_SECRET_BYTES: Final = 8192
MAX_CLIENT: Final = 255
MAX_VOUCHER: Final = 100
"""An offer's record says by whom the person was identified, in so many characters."""
_ISSUER: Final = re.compile(
    r"(https://[a-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*"
)
_CLAIM: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{0,127}")
_SCOPE: Final = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_NAME: Final = re.compile(r"[a-z0-9.-]+(/[a-z0-9.-]+)*")


class SettingsError(Exception):
    """A setting that cannot be used; the message names the variable and what it may be."""

    code: ClassVar[str] = "settings"


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that must not be printed: its ``repr`` and ``str`` do not tell it."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself; for the one place that needs it."""
        return self._text

    def __str__(self) -> str:
        return "(secret)"

    def __bool__(self) -> bool:
        return bool(self._text)


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable: its name, how it is read, and what it is for."""

    name: str
    read: Callable[[str], Any]
    ko: str
    en: str
    secret: bool = False

    def value(self, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - the field says which type
        """What the environment says; None where it says nothing.

        Raises:
            SettingsError: a value that cannot be used, or a secret given twice.
        """
        text = environment.get(self.name)
        if self.secret and environment.get(f"{self.name}_FILE"):
            if text is not None:
                raise SettingsError(f"{self.name} and {self.name}_FILE are both set: give one")
            text = self._text_of(Path(environment[f"{self.name}_FILE"]))
        if text is None:
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise SettingsError(f"{self.name} {error}") from None

    def _text_of(self, path: Path) -> str:
        try:
            with path.open("rb") as file:
                return file.read(MAX_SECRET_BYTES).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{self.name}_FILE cannot be read: {type(error).__name__}"
            ) from None


def number(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers in a range, both ends included."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text[:12]) <= high:
            raise ValueError(f"is a whole number from {low} to {high}")
        return int(text)

    return read


def read_origin(text: str) -> str:
    """A web origin, as a browser sends it: scheme, host, and port where it is not the usual."""
    if not _ORIGIN.fullmatch(text):
        raise ValueError("is an origin like https://dojang.example, without a slash at the end")
    return text


def read_issuer(text: str) -> str:
    """An identity provider's address: https without query, or this machine for trials."""
    if not _ISSUER.fullmatch(text):
        raise ValueError("is an address like https://door.example/realm, without / at the end")
    return text


def read_client(text: str) -> str:
    """A name that an identity provider knows us by."""
    if not text or not text.isascii() or not text.isprintable() or len(text) > MAX_CLIENT:
        raise ValueError("is a client_id")
    return text


def read_voucher(text: str) -> str:
    """The address of an identity provider that vouches for people; it stands in records."""
    if len(text) > MAX_VOUCHER:
        raise ValueError(f"is an address of at most {MAX_VOUCHER} characters")
    return read_issuer(text)


def read_claim(text: str) -> str:
    """A claim's name (RFC 7519 section 4), without spaces."""
    if not _CLAIM.fullmatch(text):
        raise ValueError("is the name of a claim, as sub")
    return text


def read_scope(text: str) -> str:
    """A scope (RFC 6749 section 3.3) with ``openid`` among its words."""
    if not _SCOPE.fullmatch(text) or len(text) > MAX_CLIENT or "openid" not in text.split(" "):
        raise ValueError("is words with one space between them, openid among them")
    return text


def read_switch(text: str) -> bool:
    """``1`` or ``0``."""
    if text not in {"0", "1"}:
        raise ValueError("is 1 (on) or 0 (off)")
    return text == "1"


def read_name(text: str) -> str:
    """A name for logs, as a host and a path without a scheme."""
    if not _NAME.fullmatch(text):
        raise ValueError("is a name like dojang.example/logs: small letters, digits, . - /")
    return text


def read_host(text: str) -> str:
    """An address to listen on."""
    if not text or any(character.isspace() for character in text):
        raise ValueError("is an address to listen on, as 127.0.0.1 or ::")
    return text


def read_path(text: str) -> Path:
    """A path that is not empty."""
    if not text or "\0" in text:
        raise ValueError("is a path")
    return Path(text)


def read_tiles(text: str) -> tuple[str, ...]:
    """``name=address`` pairs, separated by commas: a log's name, and where its tiles are."""
    pairs = read_addresses(text)
    names = [pair.partition("=")[0] for pair in pairs]
    for pair in pairs:
        name, _, address = pair.partition("=")
        read_name(name)
        read_issuer(address)
    if len(set(names)) != len(names):
        raise ValueError("names every log once")
    return pairs


def read_database(text: str) -> Secret:
    """A database address; it may hold a password."""
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("starts with sqlite:/// or postgresql://")
    return Secret(text)


def read_addresses(text: str) -> tuple[str, ...]:
    """Addresses or networks, separated by commas."""
    return tuple(word for word in (part.strip() for part in text.split(",")) if word)
