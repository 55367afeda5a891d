"""Errors of the evidence layer.

EvidenceError
├── EncodingError      bytes or a value that has no canonical form
├── ProofError         an inclusion or consistency proof that does not hold
├── CheckpointError    a signed checkpoint, or another note, that cannot be believed
├── PromiseError       a malformed promise
│   └── BrokenPromiseError       an entry is missing after its deadline
├── ForkError          a log that does not extend what was seen of it
├── SnapshotError      a trust snapshot that cannot be read
└── LedgerError        the chain refused, or could not be reached
    ├── LedgerUnavailableError   nothing was decided: ask again later
    │   ├── OwnerActPendingError     the act is somebody else's to send, and waits
    │   └── LedgerClockError         no block is made while the clock is in doubt
    ├── LedgerRefusedError       a contract refused the act
    └── LedgerIdentityError      this is another chain than the one expected
"""

from typing import ClassVar


class EvidenceError(Exception):
    """Any failure of the evidence layer; ``code`` is stable and part of the interface."""

    code: ClassVar[str] = "evidence"


class EncodingError(EvidenceError):
    """Bytes that do not parse, or a value that has no canonical form."""

    code = "evidence.encoding"


class ProofError(EvidenceError):
    """An inclusion or consistency proof that does not lead to the given root."""

    code = "evidence.proof"


class CheckpointError(EvidenceError):
    """A checkpoint that is malformed, unsigned, or signed by another key."""

    code = "evidence.checkpoint"


class PromiseError(EvidenceError):
    """A promise that is malformed or of another version."""

    code = "evidence.promise"


class BrokenPromiseError(PromiseError):
    """A promised entry is missing after its deadline."""

    code = "evidence.promise_broken"


class ForkError(EvidenceError):
    """Two states of a log, both signed, that do not extend each other."""

    code = "evidence.fork"


class SnapshotError(EvidenceError):
    """A trust snapshot that is malformed or contradicts itself."""

    code = "evidence.snapshot"


class LedgerError(EvidenceError):
    """The ledger did not do what was asked."""

    code = "ledger"


class LedgerUnavailableError(LedgerError):
    """The chain could not be reached or did not answer in time; nothing is known of the act."""

    code = "ledger.unavailable"


class OwnerActPendingError(LedgerUnavailableError):
    """The act is the contracts' owner's, who is somebody else: it was written down and waits."""

    code = "ledger.owner_pending"


class LedgerClockError(LedgerUnavailableError):
    """The clock may be wrong, and one block would date all later ones: nothing was written."""

    code = "ledger.clock"


class LedgerRefusedError(LedgerError):
    """A contract refused the act; ``reason`` is the contract error's name."""

    code = "ledger.refused"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"the contract refused: {reason}" + (f" ({detail})" if detail else ""))
        self.reason = reason


class LedgerIdentityError(LedgerError):
    """The chain behind the port is not the one whose identity was stored."""

    code = "ledger.identity"
