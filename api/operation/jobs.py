"""The worker's jobs besides the outbox: what each does, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from api.actions.anchor_logs import seal_log
from api.actions.application_entry import APPLICATIONS_LOG
from api.actions.issue_paper import PAPERS_LOG
from api.actions.keep_session import forget_sessions
from api.actions.record_administration import ADMINISTRATION_LOG
from api.observation.journal import describe, warn
from api.openid.assembly import OpenId
from api.openid.console_errands import publish_errand
from api.openid.ports import OpenIdStorage
from api.operation.chain_restoration import ChainRestoration
from api.operation.continuity import Watch, compare_logs, known_logs
from api.operation.destroying import BY_RETENTION, DESTRUCTIONS_LOG, Record, destroy, replay
from api.operation.destruction_ledger import DestructionLedger
from api.operation.rounds import Job
from api.operation.settings import OperationSettings
from api.ports.destruction import RecordKind
from api.ports.errors import LogHaltedError
from api.ports.storage import Storage
from contracts.evidence.errors import EvidenceError

SERVICE_LOGS: Final = frozenset(
    {ADMINISTRATION_LOG, APPLICATIONS_LOG, DESTRUCTIONS_LOG, PAPERS_LOG}
)
"""Logs that the service writes beside the agencies'."""
HOUR: Final = timedelta(hours=1)
LOOK: Final = timedelta(seconds=30)
"""From one look at the chain's head to the next."""
NEVER_AGAIN: Final = timedelta(days=36_500)
BATCH: Final = 500
"""Rows that one transaction of retention removes."""
MAX_BATCHES: Final = 100


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long what is kept, and how often logs are sealed. Where each comes from: the settings."""

    seal: timedelta
    accesses: timedelta
    presentations: timedelta
    applications: timedelta
    errands: timedelta
    requests: timedelta

    @classmethod
    def of(cls, settings: OperationSettings) -> "Keeping":
        """As the settings say."""
        return cls(
            seal=timedelta(seconds=settings.seal_seconds),
            accesses=timedelta(days=settings.keep_access_days),
            presentations=timedelta(days=settings.keep_presentations_days),
            applications=timedelta(days=settings.keep_applications_days),
            errands=timedelta(days=settings.keep_errands_days),
            requests=timedelta(days=settings.keep_requests_days),
        )


def jobs(watch: Watch, wallets: OpenId, ledger: DestructionLedger, keeping: Keeping) -> list[Job]:
    """All jobs, in the order in which a start does them: compare before anything is signed."""
    storage, signing = watch.storage, Signing(watch, wallets)
    restoration = ChainRestoration(watch, wallets.clock, partial(publish_anew, wallets))
    return [
        Job("replay", NEVER_AGAIN, lambda _at: _replay(storage, ledger)),
        Job("chain", LOOK, restoration.look),
        Job("audit", HOUR, signing.audit),
        Job("seal", keeping.seal, signing.seal),
        Job("retention", HOUR, lambda at: retain(storage, ledger, keeping, at), destroys=True),
    ]


def publish_anew(wallets: OpenId, at: datetime) -> None:
    """Sign every status list anew: its key's period began with the moment of being put back."""
    console = wallets.console
    enrolled = [name for name in console.office.agencies if console.is_enrolled(name)]
    with console.office.storage.work() as work:
        for name in enrolled:
            work.outbox.put(publish_errand(name, console.office.rng, at))


def newest_moment(storage: Storage) -> datetime | None:
    """When the newest state went to the chain, by the chain's own time; None where none did."""
    with storage.reading() as reading:
        last = [reading.logs.last_anchor(name) for name in reading.continuity.log_names()]
    return max((anchor.time for anchor in last if anchor and anchor.time), default=None)


@dataclass(slots=True)
class Signing:
    """Signs logs, once they were compared with what was published and anchored, and not before."""

    watch: Watch
    wallets: OpenId
    compared: bool = False

    def audit(self, at: datetime) -> int:
        """Compare; see ``audit``."""
        count = audit(self.watch, at)
        self.compared = True
        return count

    def seal(self, at: datetime) -> int:
        """Sign what grew; see ``seal``. Where the comparison could not be made yet, make it."""
        if not self.compared:
            self.audit(at)
        self.wallets.tend(at)
        return seal(self.watch, agency_logs(self.wallets), at)


def agency_logs(wallets: OpenId) -> frozenset[str]:
    """Logs that are padded before they are sealed, by ``OpenId.tend``."""
    return frozenset(agency.log for agency in wallets.console.office.agencies.values())


def _replay(storage: Storage, ledger: DestructionLedger) -> int:
    with storage.work() as work:
        return replay(work, ledger)


def audit(watch: Watch, at: datetime) -> int:
    """Compare logs with what was published and anchored; returns how many findings there are."""
    names = known_logs(watch)
    halts = compare_logs(watch, names, at)
    for halt in halts:
        warn("log.halted", log=halt.log, code=halt.code)
    return len(halts)


def seal(watch: Watch, others: frozenset[str], at: datetime) -> int:
    """Sign every log that grew, but those that somebody else seals; returns how many."""
    with watch.storage.reading() as reading:
        names = [name for name in reading.continuity.log_names() if name not in others]
    sealed = 0
    for name in names:
        try:
            sealed += seal_log(watch.storage, watch.keys, name, at) is not None
        except LogHaltedError:
            continue  # the audit has told it
        except (EvidenceError, OSError) as error:
            warn("log.unsealed", log=name, **describe(error))
    return sealed


def retain(
    storage: OpenIdStorage, ledger: DestructionLedger, keeping: Keeping, at: datetime
) -> int:
    """Remove what has been kept long enough; returns how many rows and records."""
    count = 0
    for kind, time in (
        (RecordKind.APPLICATION, keeping.applications),
        (RecordKind.PRESENTATION, keeping.presentations),
    ):
        old = partial(_older, storage, kind, at - time)
        count += _in_batches(partial(_destroy_all, storage, ledger, old, at))
    with storage.work() as work:
        count += work.issuing.forget(at)
        count += work.presentations.forget_unanswered(at - keeping.requests)
    count += _in_batches(lambda: forget_sessions(storage, at, BATCH))
    count += _in_batches(lambda: _forget_done(storage, at - keeping.errands))
    count += _in_batches(lambda: _forget_requests(storage, at - keeping.requests))
    return count + _in_batches(lambda: _forget_accesses(storage, at - keeping.accesses))


def _older(storage: Storage, kind: RecordKind, before: datetime) -> list[Record]:
    with storage.work() as work:
        old = work.destruction.older(kind, before, BATCH)
    return [Record(kind, subject, BY_RETENTION) for subject in old]


def _destroy_all(
    storage: Storage, ledger: DestructionLedger, old: Callable[[], list[Record]], at: datetime
) -> int:
    records = old()
    for record in records:
        destroy(storage, ledger, record, at)
    return len(records)


def _in_batches(forget: Callable[[], int]) -> int:
    total = 0
    for _ in range(MAX_BATCHES):
        count = forget()
        total += count
        if count < BATCH:
            break
    return total


def _forget_done(storage: Storage, before: datetime) -> int:
    with storage.work() as work:
        return work.outbox.forget_done(before, BATCH)


def _forget_requests(storage: Storage, before: datetime) -> int:
    with storage.work() as work:
        return work.kept_requests.forget(before, BATCH)


def _forget_accesses(storage: Storage, before: datetime) -> int:
    with storage.work() as work:
        return work.access_log.forget(before, BATCH)
