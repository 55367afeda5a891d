"""The ledger port: what the product asks of a chain. Adapters live in ``contracts.chain``.

Every act is idempotent: asking for what already holds returns what holds, because an act may have
been mined without its acknowledgement having arrived. All ids are 32 bytes (``names``).
"""

from typing import Protocol

from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    StatusVersion,
    TrustSnapshot,
)


class Ledger(Protocol):
    """A chain with the product's contracts on it.

    Every method may raise ``LedgerUnavailableError`` (nothing is known of the act) and, where it
    writes, ``LedgerRefusedError`` (the contract refused; the chain is unchanged).
    """

    def identity(self) -> ChainIdentity:
        """Which chain this is."""

    def head(self) -> Block:
        """The newest block, without what stands on the chain."""

    def snapshot(self) -> TrustSnapshot:
        """What the chain says now, whole."""

    def register_issuer(self, issuer: bytes) -> None:
        """Enter an issuer in the registry."""

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        """Let an issuer issue a credential type from this block's time on."""

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        """End an accreditation."""

    def suspend(self, issuer: bytes) -> None:
        """Stop an issuer for the time being: what it issues meanwhile is not believed."""

    def resume(self, issuer: bytes) -> None:
        """End a suspension."""

    def add_key(self, issuer: bytes, point: bytes) -> None:
        """Add an ES256 key (64 bytes, x | y) from this block's time on."""

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        """End a key. A key that ended is never good again."""

    def open_log(self, log: bytes, key: bytes) -> None:
        """Open a log with the Ed25519 key (32 bytes) that signs its notes."""

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a log's next checkpoint; 0-based sequence without gaps, size growing."""

    def publish_status(self, status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        """Publish the digest of a status list's next version; versions only grow."""
