"""Destroy a record: first the ledger, then the rows, and a salted entry in the evidence log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.append_to_logs import log_errand
from api.operation.destruction_ledger import DestructionLedger
from api.ports.destruction import RecordKind
from api.ports.storage import Storage, Work

DESTRUCTIONS_LOG: Final = "destructions"
BY_RETENTION: Final = "retention"
"""Its time was over."""
BY_REQUEST: Final = "request"
"""Whom it is about asked for it."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is destroyed, and why (a code)."""

    kind: RecordKind
    subject: str
    reason: str


def destroy(storage: Storage, ledger: DestructionLedger, record: Record, at: datetime) -> bool:
    """Destroy one record with all that hangs on it.

    The line in the ledger comes first: if the rows outlive a crash, the next start removes them.

    Returns:
        False where there was no such record.

    Raises:
        OSError: the ledger cannot be written; nothing was removed.
        DestructionLedgerError: the ledger is damaged; nothing was removed.
        StorageUnavailableError: the rows are removed at the next start.
    """
    entry = ledger.append(record.kind, record.subject, record.reason, at)
    with storage.work() as work:
        gone = work.destruction.destroy(record.kind, record.subject)
        work.outbox.put(log_errand(DESTRUCTIONS_LOG, entry.hash.hex(), entry.evidence(), at))
    return gone


def replay(work: Work, ledger: DestructionLedger) -> int:
    """Destroy again what the ledger says was destroyed; returns how many records came back."""
    destroyed = ledger.digests()
    if not destroyed:
        return 0
    found = [
        (kind, subject)
        for kind in RecordKind
        for subject in work.destruction.subjects(kind)
        if ledger.digest(kind, subject) in destroyed
    ]
    for kind, subject in found:
        work.destruction.destroy(kind, subject)
    return len(found)
