"""The ledger port over contracts on a chain, whichever way the chain is reached.

Acts are sent as they come. Where the contract refuses because the act was done before, what holds
is compared with what was asked for, and the same is no error: an act may have been mined without
its acknowledgement having arrived.
"""

from typing import Final, TypeVar

from contracts.bindings.checkpoint_log import (
    CheckpointAnchored,
    CheckpointLog,
    LogAlreadyOpen,
    SequenceMismatch,
)
from contracts.bindings.issuer_registry import (
    AccreditationAlreadyEnded,
    AlreadyAccredited,
    IssuerAlreadyRegistered,
    IssuerAlreadySuspended,
    IssuerNotSuspended,
    IssuerRegistry,
    KeyAlreadyEnded,
    KeyAlreadyUsed,
)
from contracts.bindings.status_registry import StatusPublished, StatusRegistry, VersionMismatch
from contracts.chain.abi import Call, ContractError, ContractEvent
from contracts.chain.deployment import Deployment
from contracts.chain.events import EventSource, LogEntry
from contracts.chain.history import (
    ENDING_CODES,
    History,
    anchored_checkpoint,
    status_version,
)
from contracts.chain.sender import ContractRefusedError, Sender
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import EncodingError, LedgerUnavailableError
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    StatusVersion,
    TrustSnapshot,
)

LASTING: Final = 0
"""The contract's code of a period that has not ended."""
_POINT_BYTES: Final = 2 * HASH_BYTES
E = TypeVar("E", bound=ContractEvent)


class ChainLedger:
    """``contracts.evidence.ledger.Ledger`` over a sender and a source of events.

    Arguments of the wrong length or range raise ``EncodingError`` before anything is sent.
    """

    def __init__(self, sender: Sender, events: EventSource, deployment: Deployment) -> None:
        self.sender = sender
        self.events = events
        self._identity = deployment.identity()
        self._registry = deployment.address(IssuerRegistry.NAME)
        self._logs = deployment.address(CheckpointLog.NAME)
        self._status = deployment.address(StatusRegistry.NAME)

    def identity(self) -> ChainIdentity:
        """Which chain this is."""
        return self._identity

    def head(self) -> Block:
        """The newest block."""
        return self.events.head()

    def snapshot(self) -> TrustSnapshot:
        """What the chain says now, whole."""
        head = self.events.head()
        history = History(self._identity)
        addresses = [address for _, address in self._identity.contracts]
        history.take(self.events.entries(addresses, head))
        return history.snapshot(head)

    def register_issuer(self, issuer: bytes) -> None:
        """Enter an issuer in the registry."""
        self._act(IssuerRegistry.register(issuer), IssuerAlreadyRegistered(issuer))

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        """Let an issuer issue a credential type; after a withdrawal this opens a new period."""
        self._act(
            IssuerRegistry.accredit(issuer, credential_type),
            AlreadyAccredited(issuer, credential_type),
        )

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        """End the newest accreditation, or turn its orderly end into a compromised one."""
        code = ENDING_CODES[ending]
        self._act(
            IssuerRegistry.withdraw(issuer, credential_type, code),
            AccreditationAlreadyEnded(issuer, credential_type, code),
        )

    def suspend(self, issuer: bytes) -> None:
        """Stop an issuer for the time being."""
        self._act(IssuerRegistry.suspend(issuer), IssuerAlreadySuspended(issuer))

    def resume(self, issuer: bytes) -> None:
        """End a suspension."""
        self._act(IssuerRegistry.resume(issuer), IssuerNotSuspended(issuer))

    def add_key(self, issuer: bytes, point: bytes) -> None:
        """Add an ES256 key (64 bytes, x | y)."""
        x, y = _coordinates(point)
        try:
            self._send(self._registry, IssuerRegistry.add_key(issuer, x, y))
        except ContractRefusedError as refused:
            error = refused.error
            if not isinstance(error, KeyAlreadyUsed) or error.issuer != issuer:
                raise
            if error.ending != LASTING:
                raise

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        """End a key, or turn its orderly end into a compromised one."""
        code = ENDING_CODES[ending]
        try:
            self._send(self._registry, IssuerRegistry.end_key(issuer, *_coordinates(point), code))
        except ContractRefusedError as refused:
            error = refused.error
            if not isinstance(error, KeyAlreadyEnded) or error.ending != code:
                raise

    def open_log(self, log: bytes, key: bytes) -> None:
        """Open a log with its Ed25519 key; the account behind this ledger may anchor in it."""
        call = CheckpointLog.open(log, key, self.sender.account)
        self._act(call, LogAlreadyOpen(log, key), self._logs)

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a log's next checkpoint; the same checkpoint again gives what was anchored."""
        try:
            entry = self._send(self._logs, CheckpointLog.anchor(log, sequence, size, root))
        except ContractRefusedError as refused:
            if not isinstance(refused.error, SequenceMismatch):
                raise
            entry = self._before(refused, CheckpointAnchored, self._logs, log, sequence)
            event = CheckpointAnchored.parse(entry.topics, entry.data)
            if (event.size, event.root) != (size, root):
                raise
        event = CheckpointAnchored.parse(entry.topics, entry.data)
        return anchored_checkpoint(event, entry.block)

    def publish_status(self, status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        """Publish a status list's next version; the same version again gives what stands."""
        try:
            entry = self._send(self._status, StatusRegistry.publish(status_list, version, digest))
        except ContractRefusedError as refused:
            if not isinstance(refused.error, VersionMismatch):
                raise
            entry = self._before(refused, StatusPublished, self._status, status_list, version)
            if StatusPublished.parse(entry.topics, entry.data).digest != digest:
                raise
        return status_version(StatusPublished.parse(entry.topics, entry.data))

    def _act(self, call: Call[None], done: ContractError, contract: bytes | None = None) -> None:
        """Send a call; a refusal that is exactly ``done`` says that it already holds."""
        try:
            self._send(contract or self._registry, call)
        except ContractRefusedError as refused:
            if refused.error != done:
                raise

    def _send(self, contract: bytes, call: Call[None]) -> LogEntry:
        """Send a call; returns the first event that the contract emitted for it."""
        receipt = self.sender.act(contract, call.data)
        for log in receipt["logs"]:
            if bytes.fromhex(log["address"].removeprefix("0x")) == contract:
                topics = tuple(bytes(topic) for topic in log["topics"])
                block, index = log["blockNumber"], log["logIndex"]
                return LogEntry(contract, topics, bytes(log["data"]), block, index)
        raise LedgerUnavailableError("the transaction's receipt lacks its event")

    def _before(
        self,
        refused: ContractRefusedError,
        kind: type[ContractEvent],
        contract: bytes,
        name: bytes,
        number: int,
    ) -> LogEntry:
        """The event of an earlier act with this number; none means that the refusal stands."""
        topics = (kind.TOPIC, name, number.to_bytes(HASH_BYTES, "big"))
        found = self.events.find(contract, topics)
        if not found:
            raise refused
        return found[0]


def _coordinates(point: bytes) -> tuple[bytes, bytes]:
    if len(point) != _POINT_BYTES:
        raise EncodingError(f"a P-256 point has {_POINT_BYTES} bytes")
    return point[:HASH_BYTES], point[HASH_BYTES:]
