"""The ledger port over contracts on a chain, whichever way the chain is reached.

Acts are sent as they come. Where the contract refuses because the act was done before, what holds
is compared with what was asked for, and the same is no error: an act may have been mined without
its acknowledgement having arrived.

Acts of the contracts' owner are sent by our own account where it is the owner. Where it is somebody
else, such as a multisig, they are written down as call data (``owner_acts``) and wait; the contract
is asked as that owner whether the act was done meanwhile.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from contracts.bindings.checkpoint_log import (
    CheckpointAnchored,
    CheckpointLog,
    LogAlreadyOpen,
    SequenceMismatch,
)
from contracts.bindings.checkpoint_log import NotPublisher as NotPublisherOfLog
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
from contracts.bindings.status_registry import NotPublisher as NotPublisherOfLists
from contracts.bindings.status_registry import StatusPublished, StatusRegistry, VersionMismatch
from contracts.chain.abi import ADDRESS_BYTES, Call, ContractError, ContractEvent
from contracts.chain.accounts import Accounts
from contracts.chain.deployment import Deployment
from contracts.chain.events import EventSource, LogEntry
from contracts.chain.history import (
    ENDING_CODES,
    History,
    anchored_checkpoint,
    status_version,
)
from contracts.chain.owner_acts import OwnerAct, OwnerActs
from contracts.chain.sender import ContractRefusedError, Sender
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.errors import EncodingError, LedgerUnavailableError, OwnerActPendingError
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


class ChainLedger:
    """``contracts.evidence.ledger.Ledger`` over accounts and a source of events.

    Arguments of the wrong length or range raise ``EncodingError`` before anything is sent. Acts of
    an owner who is somebody else raise ``OwnerActPendingError`` until they are on chain.
    """

    def __init__(
        self, accounts: Accounts, events: EventSource, deployment: Deployment, folder: Path
    ) -> None:
        self.accounts = accounts
        self.sender = accounts.owner
        self.events = events
        self.owner_acts = OwnerActs(folder)
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

    def owner(self, contract: str) -> bytes:
        """The account that owns a contract now, 20 bytes."""
        return self.sender.read(self._address(contract), CheckpointLog.owner())

    def is_owner(self, contract: str) -> bool:
        """Whether our own account owns a contract."""
        return self.owner(contract) == self.sender.account

    def publisher(self, log: bytes) -> bytes:
        """The account that may anchor in a log, 20 bytes; zeros where it is not open."""
        return self.sender.read(self._logs, CheckpointLog.head(log)).publisher

    def status_publisher(self) -> bytes:
        """The account that may publish status lists, 20 bytes."""
        return self.sender.read(self._status, StatusRegistry.publisher())

    def register_issuer(self, issuer: bytes) -> None:
        """Enter an issuer in the registry."""
        act = self._registry_act(IssuerRegistry.register(issuer), "register", issuer=issuer)
        self._as_owner(act, _is(IssuerAlreadyRegistered(issuer)))

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        """Let an issuer issue a credential type; after a withdrawal this opens a new period."""
        call = IssuerRegistry.accredit(issuer, credential_type)
        act = self._registry_act(call, "accredit", issuer=issuer, type=credential_type)
        self._as_owner(act, _is(AlreadyAccredited(issuer, credential_type)))

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        """End the newest accreditation, or turn its orderly end into a compromised one."""
        code = ENDING_CODES[ending]
        call = IssuerRegistry.withdraw(issuer, credential_type, code)
        act = self._registry_act(call, f"withdraw:{ending}", issuer=issuer, type=credential_type)
        self._as_owner(act, _is(AccreditationAlreadyEnded(issuer, credential_type, code)))

    def suspend(self, issuer: bytes) -> None:
        """Stop an issuer for the time being."""
        act = self._registry_act(IssuerRegistry.suspend(issuer), "suspend", issuer=issuer)
        self._as_owner(act, _is(IssuerAlreadySuspended(issuer)))

    def resume(self, issuer: bytes) -> None:
        """End a suspension."""
        act = self._registry_act(IssuerRegistry.resume(issuer), "resume", issuer=issuer)
        self._as_owner(act, _is(IssuerNotSuspended(issuer)))

    def add_key(self, issuer: bytes, point: bytes) -> None:
        """Add an ES256 key (64 bytes, x | y)."""
        x, y = _coordinates(point)

        def done(error: ContractError) -> bool:
            if not isinstance(error, KeyAlreadyUsed):
                return False
            return (error.issuer, error.ending) == (issuer, LASTING)

        call = IssuerRegistry.add_key(issuer, x, y)
        self._as_owner(self._registry_act(call, "addKey", issuer=issuer, x=x, y=y), done)

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        """End a key, or turn its orderly end into a compromised one."""
        code, (x, y) = ENDING_CODES[ending], _coordinates(point)

        def done(error: ContractError) -> bool:
            return isinstance(error, KeyAlreadyEnded) and error.ending == code

        call = IssuerRegistry.end_key(issuer, x, y, code)
        self._as_owner(self._registry_act(call, f"endKey:{ending}", issuer=issuer, x=x, y=y), done)

    def open_log(self, log: bytes, key: bytes) -> None:
        """Open a log with its Ed25519 key; an account behind this ledger may anchor in it.

        Of a log that is open the owner is asked nothing, unless somebody else publishes it.
        """
        ours = self.accounts.logs.account
        call = CheckpointLog.open(log, key, ours)
        publisher = self.publisher(log)
        if publisher == bytes(ADDRESS_BYTES):
            words = _words("CheckpointLog.open", log=log, key=key, publisher=ours)
            act = OwnerAct(self._logs, call.data, words)
            self._as_owner(act, _is(LogAlreadyOpen(log, key)))
            return
        there = self.sender.read(self._logs, CheckpointLog.log_key(log))
        if there != key:
            raise ContractRefusedError(LogAlreadyOpen(log, there))
        if publisher not in {ours, self.sender.account}:
            self.take_log(log)
        self.owner_acts.remove(OwnerAct(self._logs, call.data, ""))

    def take_log(self, log: bytes) -> None:
        """Let our account for logs anchor in an open log, and nobody else. The owner's act."""
        ours = self.accounts.logs.account
        call = CheckpointLog.set_publisher(log, ours)
        words = _words("CheckpointLog.setPublisher", log=log, publisher=ours)
        self._unless(self.publisher(log) == ours, OwnerAct(self._logs, call.data, words))

    def take_status_lists(self) -> None:
        """Let our account for status lists publish them, and nobody else. The owner's act."""
        ours = self.accounts.status.account
        call = StatusRegistry.set_publisher(ours)
        words = _words("StatusRegistry.setPublisher", publisher=ours)
        self._unless(self.status_publisher() == ours, OwnerAct(self._status, call.data, words))

    def offer_ownership(self, account: bytes) -> None:
        """Offer the ownership of all contracts to an account (20 bytes), which then accepts it."""
        for name, contract in self._identity.contracts:
            call = CheckpointLog.offer_ownership(account)
            offered = self.sender.read(contract, CheckpointLog.pending_owner()) == account
            words = _words(f"{name}.offerOwnership", account=account)
            owned = self.owner(name) == account
            self._unless(offered or owned, OwnerAct(contract, call.data, words))

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a log's next checkpoint; the same checkpoint again gives what was anchored."""
        call = CheckpointLog.anchor(log, sequence, size, root)
        try:
            entry = self._publish(self._logs, call, self.accounts.logs)
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
        call = StatusRegistry.publish(status_list, version, digest)
        try:
            entry = self._publish(self._status, call, self.accounts.status)
        except ContractRefusedError as refused:
            if not isinstance(refused.error, VersionMismatch):
                raise
            entry = self._before(refused, StatusPublished, self._status, status_list, version)
            if StatusPublished.parse(entry.topics, entry.data).digest != digest:
                raise
        return status_version(StatusPublished.parse(entry.topics, entry.data))

    def _registry_act(self, call: Call[None], name: str, **arguments: bytes) -> OwnerAct:
        return OwnerAct(self._registry, call.data, _words(f"IssuerRegistry.{name}", **arguments))

    def _unless(self, done: bool, act: OwnerAct) -> None:  # noqa: FBT001 - what is looked at first
        """An owner's act that the contract would take twice: done only where it is not yet."""
        if done:
            self.owner_acts.remove(act)
        else:
            self._as_owner(act, lambda _error: False)

    def _as_owner(self, act: OwnerAct, done: Callable[[ContractError], bool]) -> None:
        """An act of the owner; a refusal that is ``done`` says that it already holds.

        Raises:
            OwnerActPendingError: the owner is somebody else, and has not done it yet.
            ContractRefusedError: the contract would not take it from the owner.
        """
        owner = self.sender.read(act.contract, CheckpointLog.owner())
        try:
            if owner == self.sender.account:
                self._send(act.contract, act.data, self.sender)
            else:
                self.sender.check(act.contract, act.data, owner)
                self.owner_acts.add(act)
                raise OwnerActPendingError(f"the contracts' owner has to send: {act.words}")
        except ContractRefusedError as refused:
            self.owner_acts.remove(act)
            if not done(refused.error):
                raise
        self.owner_acts.remove(act)

    def _publish(self, contract: bytes, call: Call[None], sender: Sender) -> LogEntry:
        """Send as the account of the role, or as the one that did everything before it had one."""
        try:
            return self._send(contract, call.data, sender)
        except ContractRefusedError as refused:
            other = isinstance(refused.error, NotPublisherOfLog | NotPublisherOfLists)
            if not other or sender is self.sender:
                raise
        return self._send(contract, call.data, self.sender)

    def _send(self, contract: bytes, data: bytes, sender: Sender) -> LogEntry:
        """Send a call; returns the first event that the contract emitted for it."""
        receipt = sender.act(contract, data)
        for log in receipt["logs"]:
            if bytes.fromhex(log["address"].removeprefix("0x")) == contract:
                topics = tuple(bytes(topic) for topic in log["topics"])
                block, index = log["blockNumber"], log["logIndex"]
                return LogEntry(contract, topics, bytes(log["data"]), block, index)
        raise LedgerUnavailableError("the transaction's receipt lacks its event")

    def _address(self, name: str) -> bytes:
        return dict(self._identity.contracts)[name]

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


def _words(name: str, **arguments: bytes) -> str:
    return f"{name}({', '.join(f'{key}=0x{value.hex()}' for key, value in arguments.items())})"


def _is(done: ContractError) -> Callable[[ContractError], bool]:
    """Whether a refusal is exactly this one."""
    return lambda error: error == done
