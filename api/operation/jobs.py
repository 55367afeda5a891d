"""The worker's jobs besides the outbox: what each does, and how often."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from api.actions.anchor_logs import seal_log
from api.actions.application_entry import APPLICATIONS_LOG
from api.actions.forget_unfinished import BATCH as FULL_BATCH
from api.actions.forget_unfinished import forget_unfinished
from api.actions.issue_paper import PAPERS_LOG
from api.actions.keep_session import LONGEST_TIME
from api.actions.record_administration import ADMINISTRATION_LOG
from api.observation.journal import describe, warn
from api.openid.assembly import KEPT, OpenId
from api.openid.console_errands import publish_errand
from api.openid.holding import judge_all_held
from api.operation.chain_restoration import ChainRestoration
from api.operation.continuity import Watch, compare_logs, known_logs
from api.operation.destroying import BY_RETENTION, DESTRUCTIONS_LOG, Record, destroy, replay_pieces
from api.operation.destruction_ledger import DestructionLedger
from api.operation.ended_rounds import end_rounds
from api.operation.older_states import OlderStates
from api.operation.put_back import Marks, look_for_put_back
from api.operation.rounds import Job
from api.operation.settings import OperationSettings
from api.ports.destruction import RecordKind
from api.ports.errors import LogHaltedError
from api.ports.logs import LogReader
from api.ports.storage import Storage
from api.store.database import Database
from api.store.work import SqlWork
from contracts.evidence.errors import EvidenceError

SERVICE_LOGS: Final = frozenset(
    {ADMINISTRATION_LOG, APPLICATIONS_LOG, DESTRUCTIONS_LOG, PAPERS_LOG}
)
"""Logs that the service writes beside the agencies'."""
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
HELD: Final = timedelta(seconds=10)
"""From one look at answers that wait for an anchor to the next."""
LOOK: Final = timedelta(seconds=30)
"""From one look at the chain's head to the next."""
PUT_BACK: Final = timedelta(seconds=5)
"""From one look whether the database was put back to the next."""
BATCH: Final = 200
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


def jobs(signing: "Signing", ledger: DestructionLedger, keeping: Keeping) -> list[Job]:
    """All jobs, in the order in which a start does them: compare before anything is signed."""
    watch, wallets = signing.watch, signing.wallets
    storage = watch.storage
    restoration = ChainRestoration(watch, wallets.clock, partial(publish_anew, wallets))
    return [
        Job("put-back", PUT_BACK, signing.look),
        Job("replay", MINUTE, lambda _at: replay_pieces(storage, ledger)),
        Job("chain", LOOK, restoration.look),
        Job("audit", HOUR, signing.audit),
        Job("seal", keeping.seal, signing.seal),
        Job("unfinished", MINUTE, partial(_forget_unfinished, storage), destroys=True),
        Job("retention", HOUR, partial(retain_pieces, storage, ledger, keeping), destroys=True),
        Job("held answers", HELD, lambda at: judge_all_held(wallets.desk, at)),
        Job(
            "rounds",
            HOUR,
            lambda at: end_rounds(storage, ledger, wallets.desk.catalogue, at),
            destroys=True,
        ),
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
    marks: Marks | None = None
    compared: bool = False
    older: OlderStates = field(init=False)

    def __post_init__(self) -> None:
        self.older = OlderStates(self.watch)

    def look(self, at: datetime) -> int:
        """Whether the database was put back; see ``look_for_put_back``."""
        return 0 if self.marks is None else look_for_put_back(self.watch, self.marks, at)

    def audit(self, at: datetime) -> Iterator[int]:
        """Compare the newest states, then older ones piece by piece; see ``OlderStates``."""
        yield self.compare(at)
        yield from self.older.pieces(at)

    def compare(self, at: datetime) -> int:
        """Compare the newest states; see ``audit``."""
        count = audit(self.watch, at)
        self.compared = True
        return count

    def seal(self, at: datetime) -> int:
        """Sign what grew; see ``seal``. Where the comparison could not be made yet, make it."""
        if not self.compared:
            self.compare(at)
        self.wallets.tend(at)
        return seal(self.watch, agency_logs(self.wallets), at)


def agency_logs(wallets: OpenId) -> frozenset[str]:
    """Logs that are padded before they are sealed, by ``OpenId.tend``."""
    return frozenset(agency.log for agency in wallets.console.office.agencies.values())


def _forget_unfinished(storage: Storage, at: datetime) -> Iterator[int]:
    count = FULL_BATCH
    while count == FULL_BATCH:
        count = forget_unfinished(storage, at, batches=1)
        yield count


def audit(watch: Watch, at: datetime) -> int:
    """Compare logs with what was published and anchored; returns how many findings there are."""
    names = known_logs(watch)
    halts = compare_logs(watch, names, at)
    for halt in halts:
        warn("log.halted", log=halt.log, code=halt.code)
    return len(halts)


def seal(watch: Watch, others: frozenset[str], at: datetime) -> int:
    """Sign every log that grew, but those that somebody else seals; returns how many."""
    with watch.storage.reading() as reading:  # who looks in vain holds nobody up
        names = [
            name
            for name in reading.continuity.log_names()
            if name not in others and _is_unsealed(reading.logs, name)
        ]
    sealed = 0
    for name in names:
        try:
            sealed += seal_log(watch.storage, watch.keys, name, at) is not None
        except LogHaltedError:
            continue  # the audit has told it
        except (EvidenceError, OSError) as error:
            warn("log.unsealed", log=name, **describe(error))
    return sealed


def _is_unsealed(logs: LogReader, name: str) -> bool:
    """Whether a log grew since it was signed, or its last state waits for the chain."""
    last = logs.last_anchor(name)
    return logs.size(name) != (last.size if last else 0) or bool(last and last.block is None)


def retain(storage: Database, ledger: DestructionLedger, keeping: Keeping, at: datetime) -> int:
    """Remove what has been kept long enough; returns how many rows and records."""
    return sum(retain_pieces(storage, ledger, keeping, at))


def retain_pieces(
    storage: Database, ledger: DestructionLedger, keeping: Keeping, at: datetime
) -> Iterator[int]:
    """Remove what has been kept long enough, in transactions of few rows.

    What is old is looked for in views; a record that is destroyed has a transaction of its own.

    Yields:
        How many rows or records each removed.
    """
    for kind, time in (
        (RecordKind.APPLICATION, keeping.applications),
        (RecordKind.PRESENTATION, keeping.presentations),
    ):
        yield from _destroy_older(storage, ledger, kind, (at - time, at))
    ended, asked = at - KEPT, at - keeping.requests
    yield from _in_batches(storage, lambda w: w.issuing.forget(ended, BATCH))
    yield from _in_batches(storage, lambda w: w.presentations.forget_unanswered(asked, BATCH))
    yield from _in_batches(storage, lambda w: w.sessions.forget(at, at - LONGEST_TIME, BATCH))
    done, looked = at - keeping.errands, at - keeping.accesses
    yield from _in_batches(storage, lambda w: w.outbox.forget_done(done, BATCH))
    yield from _in_batches(storage, lambda w: w.kept_requests.forget(asked, BATCH))
    yield from _in_batches(storage, lambda w: w.access_log.forget(looked, BATCH))


def _destroy_older(
    storage: Database,
    ledger: DestructionLedger,
    kind: RecordKind,
    times: tuple[datetime, datetime],
) -> Iterator[int]:
    before, at = times
    for _ in range(MAX_BATCHES):
        with storage.reading() as reading:
            old = reading.destruction.older(kind, before, BATCH)
        for subject in old:
            destroy(storage, ledger, Record(kind, subject, BY_RETENTION), at)
            yield 1
        if len(old) < BATCH:
            return


def _in_batches(storage: Database, forget: Callable[[SqlWork], int]) -> Iterator[int]:
    for _ in range(MAX_BATCHES):
        with storage.work() as work:
            count = forget(work)
        yield count
        if count < BATCH:
            return
