"""Keys that sign transactions."""

import secrets
from pathlib import Path
from typing import Any, Final, Protocol

from eth_account import Account

from contracts.chain.files import write_durably
from contracts.evidence.errors import LedgerIdentityError

KEY_BYTES: Final = 32
KEY_MODE: Final = 0o600
_OTHERS: Final = 0o077


class Signer(Protocol):
    """Something that signs transactions for one account: a key file now, an HSM elsewhere."""

    @property
    def address(self) -> bytes:
        """The account, 20 bytes."""

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """The raw signed transaction."""


class LocalSigner:
    """A key in memory."""

    def __init__(self, key: bytes) -> None:
        self._account = Account.from_key(key)

    @property
    def address(self) -> bytes:
        """The account, 20 bytes."""
        return bytes.fromhex(self._account.address.removeprefix("0x"))

    def sign(self, transaction: dict[str, Any]) -> bytes:
        """The raw signed transaction (deterministic signature, RFC 6979)."""
        return bytes(self._account.sign_transaction(transaction).raw_transaction)


def create_key(path: Path) -> None:
    """Write a new random key that only the owner of the file may read."""
    # A secp256k1 key is below the group's order, which all but 2^-127 of 32-byte strings are.
    write_durably(path, secrets.token_bytes(KEY_BYTES).hex().encode() + b"\n", KEY_MODE)


def load_signer(path: Path) -> LocalSigner:
    """Read a key file.

    Raises:
        LedgerIdentityError: no key in it, or others may read it.
    """
    if path.stat().st_mode & _OTHERS:
        raise LedgerIdentityError(f"{path.name} may be read by others: chmod 600")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != 2 * KEY_BYTES or set(text) - set("0123456789abcdef"):
        raise LedgerIdentityError(f"{path.name} holds no key of 64 hexadecimal characters")
    return LocalSigner(bytes.fromhex(text))
