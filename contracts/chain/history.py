"""From log entries to the trust snapshot: what the events of the contracts add up to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from contracts.bindings import checkpoint_log as logs
from contracts.bindings import issuer_registry as registry
from contracts.bindings import status_registry as status
from contracts.chain.abi import ContractEvent
from contracts.chain.events import LogEntry, moment
from contracts.evidence.errors import LedgerIdentityError
from contracts.evidence.snapshot import (
    Accreditation,
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    Issuer,
    IssuerKey,
    Log,
    Period,
    StatusHistory,
    StatusVersion,
    TrustSnapshot,
)

ENDINGS: Final = {1: Ending.ORDERLY, 2: Ending.COMPROMISED}
"""The contract's ``enum Ending``; 0 is a period that lasts."""
ENDING_CODES: Final = {ending: code for code, ending in ENDINGS.items()}
E = TypeVar("E", bound=ContractEvent)


@dataclass(slots=True)
class _IssuerHistory:
    keys: dict[bytes, IssuerKey] = field(default_factory=dict)
    accreditations: list[Accreditation] = field(default_factory=list)
    suspensions: list[Period] = field(default_factory=list)


@dataclass(slots=True)
class _LogHistory:
    key: bytes
    checkpoints: list[AnchoredCheckpoint] = field(default_factory=list)


class History:
    """Takes log entries in their order; ``snapshot`` is what they add up to."""

    def __init__(self, identity: ChainIdentity) -> None:
        self._identity = identity
        self._issuers: dict[bytes, _IssuerHistory] = {}
        self._logs: dict[bytes, _LogHistory] = {}
        self._status: dict[bytes, list[StatusVersion]] = {}
        addresses = dict(identity.contracts)
        contracts = (logs.CheckpointLog, registry.IssuerRegistry, status.StatusRegistry)
        self._known = {
            (addresses[contract.NAME], event.TOPIC): event
            for contract in contracts
            for event in contract.EVENTS
        }
        self._handlers = dict(
            (
                self._on(registry.IssuerRegistered, self._registered),
                self._on(registry.IssuerSuspended, self._suspended),
                self._on(registry.IssuerResumed, self._resumed),
                self._on(registry.Accredited, self._accredited),
                self._on(registry.AccreditationWithdrawn, self._withdrawn),
                self._on(registry.KeyAdded, self._key_added),
                self._on(registry.KeyEnded, self._key_ended),
                self._on(logs.LogOpened, self._log_opened),
                self._on(logs.CheckpointAnchored, self._anchored),
                self._on(status.StatusPublished, self._published),
            )
        )

    def take(self, entries: Iterable[LogEntry]) -> None:
        """Add entries, oldest first.

        Raises:
            LedgerIdentityError: an event that our contracts do not have.
        """
        for entry in entries:
            kind = self._known.get((entry.address, entry.topics[0]))
            if kind is None:
                raise LedgerIdentityError("the chain holds an event that our contracts lack")
            handler = self._handlers.get(kind)
            if handler is not None:  # Changes of roles are no part of a snapshot.
                handler(kind.parse(entry.topics, entry.data), entry)

    def snapshot(self, head: Block) -> TrustSnapshot:
        """What the entries so far add up to, as it stood at ``head``."""
        return TrustSnapshot(
            identity=self._identity,
            head=head,
            issuers=tuple(
                Issuer(
                    issuer,
                    tuple(history.keys.values()),
                    tuple(history.accreditations),
                    tuple(history.suspensions),
                )
                for issuer, history in self._issuers.items()
            ),
            logs=tuple(
                Log(log, history.key, tuple(history.checkpoints))
                for log, history in self._logs.items()
            ),
            status_lists=tuple(
                StatusHistory(name, tuple(versions)) for name, versions in self._status.items()
            ),
        )

    @staticmethod
    def _on(
        kind: type[E], handler: Callable[[E, LogEntry], None]
    ) -> tuple[type[ContractEvent], Callable[[ContractEvent, LogEntry], None]]:
        def checked(event: ContractEvent, entry: LogEntry) -> None:
            if not isinstance(event, kind):
                raise TypeError(f"expected {kind.__name__}, got {type(event).__name__}")
            handler(event, entry)

        return kind, checked

    def _registered(self, event: registry.IssuerRegistered, _entry: LogEntry) -> None:
        self._issuers[event.issuer] = _IssuerHistory()

    def _suspended(self, event: registry.IssuerSuspended, _entry: LogEntry) -> None:
        self._issuers[event.issuer].suspensions.append(Period(moment(event.time)))

    def _resumed(self, event: registry.IssuerResumed, _entry: LogEntry) -> None:
        suspensions = self._issuers[event.issuer].suspensions
        suspensions[-1] = _ended(suspensions[-1], event.time, Ending.ORDERLY)

    def _accredited(self, event: registry.Accredited, _entry: LogEntry) -> None:
        accreditation = Accreditation(event.credential_type, Period(moment(event.time)))
        self._issuers[event.issuer].accreditations.append(accreditation)

    def _withdrawn(self, event: registry.AccreditationWithdrawn, _entry: LogEntry) -> None:
        listed = self._issuers[event.issuer].accreditations
        newest = max(
            index
            for index, entry in enumerate(listed)
            if entry.credential_type == event.credential_type
        )
        period = _ended(listed[newest].period, event.time, ENDINGS[event.ending])
        listed[newest] = replace(listed[newest], period=period)

    def _key_added(self, event: registry.KeyAdded, _entry: LogEntry) -> None:
        key = IssuerKey(event.x + event.y, Period(moment(event.time)))
        self._issuers[event.issuer].keys[event.key_id] = key

    def _key_ended(self, event: registry.KeyEnded, _entry: LogEntry) -> None:
        keys = self._issuers[event.issuer].keys
        period = _ended(keys[event.key_id].period, event.time, ENDINGS[event.ending])
        keys[event.key_id] = replace(keys[event.key_id], period=period)

    def _log_opened(self, event: logs.LogOpened, _entry: LogEntry) -> None:
        self._logs[event.log] = _LogHistory(event.key)

    def _anchored(self, event: logs.CheckpointAnchored, entry: LogEntry) -> None:
        self._logs[event.log].checkpoints.append(anchored_checkpoint(event, entry.block))

    def _published(self, event: status.StatusPublished, _entry: LogEntry) -> None:
        self._status.setdefault(event.status_list, []).append(status_version(event))


def anchored_checkpoint(event: logs.CheckpointAnchored, block: int) -> AnchoredCheckpoint:
    """The checkpoint that an event of block ``block`` tells of."""
    return AnchoredCheckpoint(event.sequence, event.size, event.root, block, moment(event.time))


def status_version(event: status.StatusPublished) -> StatusVersion:
    """The version that an event tells of."""
    return StatusVersion(event.version, event.digest, moment(event.time))


def _ended(period: Period, time: int, ending: Ending) -> Period:
    """End a period; a second end only changes how it ended, as in the contract."""
    end = moment(time) if period.end is None else period.end
    return Period(period.start, end, ending)
