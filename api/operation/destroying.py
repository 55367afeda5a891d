"""Destroy a record: first the ledger, then the rows, and a salted entry in the evidence log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.append_to_logs import log_errand
from api.operation.destruction_ledger import DestructionLedger
from api.ports.destruction import RecordKind
from api.store.database import Database
from api.store.replaying import catch_up
from api.store.work import SqlWork

DESTRUCTIONS_LOG: Final = "destructions"
PAGE: Final = 500
"""Ids that one view reads."""
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


def destroy(storage: Database, ledger: DestructionLedger, record: Record, at: datetime) -> bool:
    """Destroy one record with all that hangs on it.

    The line in the ledger comes before the rows: if they outlive a crash, the next start removes
    them. It is written while the database's place in the ledger is held, so that nobody finds the
    database behind it and looks through all records for what this is about to remove.

    Returns:
        False where there was no such record.

    Raises:
        OSError: the ledger cannot be written; nothing was removed.
        DestructionLedgerError: the ledger is damaged; nothing was removed.
        StorageUnavailableError: the rows are removed at the next start.
    """
    with storage.work() as work:
        work.protection.position(locked=True)
        entry = ledger.append(record.kind, record.subject, record.reason, at)
        gone = work.destruction.destroy(record.kind, record.subject)
        work.protection.advance(*entry.place)
        work.outbox.put(log_errand(DESTRUCTIONS_LOG, entry.hash.hex(), entry.evidence(), at))
    return gone


def replay(work: SqlWork, ledger: DestructionLedger) -> int:
    """Do again what the ledger has after this database's place; returns how much there was."""
    return sum(catch_up(work, ledger.protection()).values())


def replay_pieces(storage: Database, ledger: DestructionLedger) -> Iterator[int]:
    """As ``replay``, page by page in views, and each record in a transaction of its own.

    Yields:
        How many records of a page came back and were destroyed again, and then how much else was
        done again.
    """
    with storage.reading() as reading:
        since = reading.protection.position()
    tail = ledger.tail(since)
    if tail.end == since:
        return
    for kind in RecordKind if tail.digests else ():
        after = ""
        while page := _page(storage, kind, after):
            for subject in [one for one in page if ledger.digest(kind, one) in tail.digests]:
                with storage.work() as work:
                    work.destruction.destroy(kind, subject)
                yield 1
            after = page[-1]
            yield 0
    with storage.work() as work:
        yield sum(catch_up(work, ledger.protection(), tail.digests).values())


def _page(storage: Database, kind: RecordKind, after: str) -> Sequence[str]:
    with storage.reading() as reading:
        return reading.destruction.subjects(kind, after, PAGE)
