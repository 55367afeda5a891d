"""The composition root: the only module that names adapters."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from api.actions.acknowledged_ledger import AcknowledgedLedger
from api.actions.anchor_logs import LOG_ANCHOR, AnchorLogs
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.deliver_outbox import Courier, Handler
from api.actions.end_issuer_keys import END_KEY
from api.actions.issue_paper import PaperDesk
from api.actions.prove_entry import LogProofs
from api.app import Parts, Service, create_service
from api.demo.checking import check_folder
from api.demo.errors import FolderError
from api.demo.folder import KINDS, SNAPSHOT
from api.health import Health
from api.http.rates import Rates
from api.identity.passkeys import WebauthnPasskeys
from api.identity.provider import Client, OidcProvider
from api.identity.provider_documents import MAX_SECONDS
from api.issuer_wiring import load_issuers, register_job, register_shelf, trial_issuers
from api.observation.watching import Observer
from api.openid.assembly import (
    MASTER,
    PERSONS,
    Ground,
    OpenId,
    assemble,
    host_of,
)
from api.openid.attesting import OfficeRegistry
from api.openid.case_asking import CaseDesk
from api.openid.citizen import CitizenDesk
from api.openid.console import Console
from api.openid.console_errands import ENROL, PUBLISH, ROTATE_KEY, ConsoleErrands, EndOwnKeys
from api.openid.counter import Counter
from api.openid.issuing_agencies import settle_registers
from api.openid.request_object import VerifierIdentity, certify
from api.openid.retrieval import HttpMirror, SafeFetcher
from api.openid.status_lists import OBJECTION
from api.openid.status_places import LISTS
from api.opening import open_database, open_destructions, outside_marks
from api.operation.chain_door import open_door
from api.operation.chain_restoration import note_head
from api.operation.clock_watch import ClockWatch
from api.operation.continuity import Watch, agree_on_chain
from api.operation.folders import written_folders
from api.operation.jobs import SERVICE_LOGS, Keeping, Signing, agency_logs, jobs, newest_moment
from api.operation.measure_sources import clock_shift, free_places, readable_registers, ways_out
from api.operation.own_chain import clock_job, open_chain
from api.operation.publication import Publication, PublishAndAnchor
from api.operation.put_back import Marks, look_for_put_back
from api.operation.recovering import Recovery
from api.operation.remote_ledger import RemoteLedger
from api.operation.rounds import Rounds
from api.operation.worker_state import write_state
from api.origins import Origins
from api.pages.citizen import RETURN
from api.pages.counter import CounterParts
from api.pages.papers import PaperParts
from api.pages.staff_door import CALLBACK
from api.pages.trails import ShownDemo, load_demo
from api.papers.press import Press
from api.ports.door import Door
from api.ports.errors import StorageOccupiedError
from api.ports.means import Clock, Means, whole_second
from api.settings import Settings
from api.store.carried_secrets import carried_secret
from api.store.database import Database
from api.store.key_register import KeyRegister
from api.store.log_key_files import LogKeyFiles
from api.store.migration import newest_revision
from api.store.secret_files import IssuerKeyFiles, SecretFiles
from api.waiting.bounds import CHAIN_SECONDS, DATABASE_SECONDS
from api.waiting.bulkhead import Bulkhead
from contracts.evidence.errors import LedgerUnavailableError
from contracts.evidence.ledger import Ledger
from verifier.eligibility.catalogue import load_catalogue

Ports = tuple[int, int, int]
VERIFIER_NAME: Final = "dojang verifier"
RELYING_PARTY_NAME: Final = "도장 · dojang"


def system_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)


@contextmanager
def wire(
    settings: Settings, demo: Path | None, ports: Ports, observer: Observer
) -> Iterator[Service]:
    """The service on its adapters; they are closed at the end. The chain is the job worker's.

    Args:
        settings: of the process.
        demo: folder of ``dojang demo all``; None shows no demonstration.
        ports: of the three listeners.
        observer: counts requests.

    Raises:
        DemoError: a demonstration's folder cannot be read.
        StorageError: the database cannot be opened, or has another shape.
    """
    shown = _load_demos(demo)
    ledger = RemoteLedger(settings.chain, CHAIN_SECONDS, Bulkhead("chain", CHAIN_SECONDS))
    with closing(open_database(settings, DATABASE_SECONDS)) as storage:
        checks = {entry.kind: entry.report.ok for entry in shown}
        means = wire_means(settings, storage)
        wallets = wire_wallets(settings, means, storage, ledger, demo=demo is not None, ports=ports)
        door = wire_door(settings, means, ports)
        counters = wire_counters(settings, means, wallets, ports, demo=demo is not None)
        health = Health(
            storage,
            newest_revision(),
            ledger,
            checks,
            written_folders(settings),
            shift=wallets.console.office.clock_shift,
            calls=ways_out(ledger, door, counters),
        )
        parts = Parts(
            means=means,
            health=health.watch(),
            demos=shown,
            origins=Origins.of(settings, ports),
            rates=Rates(system_clock, secrets.token_bytes, settings.workers, wallets.networks),
            reads=settings.reads_per_minute,
            writes=settings.writes_per_minute,
            threads=settings.threads,
            wallets=tuple(wallets.routes()),
            observer=observer,
            door=door,
            papers=wire_papers(settings, means, wallets, ports, demo=demo is not None),
            counters=counters,
        )
        yield create_service(parts, ports)


def wire_means(settings: Settings, storage: Database) -> Means:
    """What actions work with."""
    return Means(storage, load_catalogue(), system_clock, secrets.token_bytes, trial=settings.trial)


def wire_door(settings: Settings, means: Means, ports: Ports) -> Door:
    """How staff are recognised: by passkeys of the people's origin, and the city's sign-in."""
    origin = Origins.of(settings, ports).people
    passkeys = WebauthnPasskeys(origin, host_of(origin), RELYING_PARTY_NAME)
    if not settings.provider:
        return Door(means, passkeys)
    secret = settings.provider_secret.reveal()
    client = Client(settings.provider, settings.provider_client, secret, origin + CALLBACK)
    return Door(means, passkeys, OidcProvider(client))


def wire_counters(
    settings: Settings, means: Means, wallets: OpenId, ports: Ports, *, demo: bool
) -> CounterParts:
    """Where issuers and officers work, and citizens identify themselves."""
    office, reads = wallets.console.office, settings.alarm_reads
    counter = Counter(office, register_shelf(settings), means.now, reads)
    return CounterParts(
        counter=counter,
        cases=CaseDesk(wallets.desk, means, reads),
        trial=demo or settings.trial,
        citizens=_citizens(settings, means, counter, ports),
    )


def _citizens(
    settings: Settings, means: Means, counter: Counter, ports: Ports
) -> CitizenDesk | None:
    """Where citizens identify themselves, if a provider is set up for them."""
    if not settings.citizen_provider:
        return None
    client = Client(
        issuer=settings.citizen_provider,
        name=settings.citizen_client,
        secret=settings.citizen_secret.reveal(),
        redirect=Origins.of(settings, ports).people + RETURN,
        scope=settings.citizen_scope,
        claim=settings.citizen_claim,
    )
    calls = Bulkhead("citizens-provider", MAX_SECONDS)
    return CitizenDesk(counter, means, OidcProvider(client, calls=calls), settings.citizen_provider)


def wire_papers(
    settings: Settings, means: Means, wallets: OpenId, ports: Ports, *, demo: bool
) -> PaperParts:
    """How papers are issued, and verified by our logs and the chain."""
    origin = Origins.of(settings, ports).people
    trial = demo or settings.trial
    keys = wallets.console.office.log_keys
    return PaperParts(
        desk=PaperDesk(
            means,
            Press(),
            origin,
            wallets.judge_again,
            trial=trial,
            alarm_reads=settings.alarm_reads,
        ),
        proofs=LogProofs(means.storage, keys, wallets.trust.ledger, means.clock),
        registry=OfficeRegistry(wallets.console.office),
    )


def wire_wallets(
    settings: Settings,
    means: Means,
    storage: Database,
    ledger: Ledger,
    *,
    demo: bool,
    ports: Ports,
) -> OpenId:
    """Issuer and verifier for any wallet; with the test agencies in demonstration or on trial."""
    origin = Origins.of(settings, ports).people
    folder, register = f"openid-{sha256(origin.encode()).hexdigest()[:16]}", KeyRegister(storage)
    files = SecretFiles(settings.keys / folder, means.rng, register.within(folder))
    key, host = files.signing_key("verifier.key"), host_of(origin)
    certificate = files.document(
        "verifier.crt", lambda: certify(key, VERIFIER_NAME, host, means.now())
    )
    ground = Ground(
        origin=origin,
        storage=storage,
        ledger=AcknowledgedLedger(ledger, storage, means.clock),
        log_keys=LogKeyFiles(settings.keys, settings.log_name, register),
        issuer_keys=IssuerKeyFiles(files),
        catalogue=means.catalogue,
        clock=means.now,
        rng=means.rng,
        verifier=VerifierIdentity(key, certificate),
        secrets=(
            carried_secret(settings.keys, means.rng, register, folder, MASTER),
            carried_secret(settings.keys, means.rng, register, folder, PERSONS),
        ),
        mirror=HttpMirror(SafeFetcher(local=settings.trial), _addresses(settings.tiles)),
        objection=max(OBJECTION, timedelta(days=settings.keep_presentations_days)),
        shift=partial(clock_shift, ClockWatch(system_clock), settings.measures),
    )
    register.settle()
    with suppress(StorageOccupiedError):  # somebody imports at this moment, and settles
        settle_registers(register_shelf(settings), storage)
    trial = demo or settings.trial
    issuers = trial_issuers(settings, ground) if trial else load_issuers(settings, ground)
    return assemble(ground, issuers, demo=trial)


@dataclass(frozen=True, slots=True)
class Worker:
    """What the job worker works with."""

    storage: Database
    clock: Clock
    rounds: Rounds
    registers: Mapping[str, Callable[[], bool]]
    places: Mapping[str, Callable[[], int | None]]


@contextmanager
def wire_worker(settings: Settings, ports: Ports, *, demo: bool = False) -> Iterator[Worker]:
    """The job worker on its adapters: it alone opens the chain, and answers at its door.

    Raises:
        EvidenceError: the chain cannot be opened, or its files do not belong together.
        OtherChainError: it is another chain than the database's logs are on.
        StorageError: the database cannot be opened, or has another shape.
    """
    with (
        closing(open_database(settings)) as storage,
        open_chain(settings.chain, storage) as (ledger, check_clock),
    ):
        agree_on_chain(storage, ledger.identity())
        means = Means(
            storage, load_catalogue(), system_clock, secrets.token_bytes, trial=settings.trial
        )
        keys = LogKeyFiles(settings.keys, settings.log_name, KeyRegister(storage))
        publication = Publication(settings.published)
        wallets = wire_wallets(settings, means, storage, ledger, demo=demo, ports=ports)
        watch = Watch(storage, keys, ledger, publication, SERVICE_LOGS | agency_logs(wallets))
        note_head(watch, whole_second(system_clock()))
        marks = Marks(storage, outside_marks(settings), means.rng)
        with suppress(LedgerUnavailableError, OSError):  # the job tries again, and logs wait for it
            look_for_put_back(watch, marks, whole_second(system_clock()))
        rounds = Rounds(
            storage,
            system_clock,
            _courier(watch, publication, wallets.console, marks),
            [
                *jobs(
                    Signing(watch, wallets, marks),
                    open_destructions(settings),
                    Keeping.of(settings),
                ),
                clock_job(ledger.head, check_clock),
                register_job(settings, storage),
            ],
        )
        rounds.watch.begin(newest_moment(storage))
        rounds.tell = partial(write_state, settings.measures)
        with open_door(ledger, settings.chain):
            office = wallets.console.office
            found = readable_registers(office), free_places(office)
            yield Worker(storage, system_clock, rounds, *found)


@contextmanager
def open_recovery(settings: Settings) -> Iterator[Recovery]:
    """What is looked at after a restore; the chain is asked at its owner's door, or opened here.

    Raises:
        EvidenceError: the chain cannot be opened.
        StorageError: the database cannot be opened.
    """
    with ExitStack() as stack:
        storage = stack.enter_context(closing(open_database(settings, begun=True)))
        keys = LogKeyFiles(settings.keys, settings.log_name, KeyRegister(storage))
        remote = RemoteLedger(settings.chain)
        ledger: Ledger = remote
        if not remote.is_open():
            ledger, _ = stack.enter_context(open_chain(settings.chain, storage))
        means = Means(
            storage, load_catalogue(), system_clock, secrets.token_bytes, trial=settings.trial
        )
        ports = (settings.port, settings.ballot_port, settings.registration_port)
        wallets = wire_wallets(settings, means, storage, ledger, demo=False, ports=ports)
        logs = SERVICE_LOGS | agency_logs(wallets)
        watch = Watch(storage, keys, ledger, Publication(settings.published), logs)
        marks = Marks(storage, outside_marks(settings), means.rng)
        yield Recovery(watch, marks, wallets, storage.again)


def _addresses(tiles: tuple[str, ...]) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in tiles)
    return {name: address for name, _, address in pairs}


def _courier(watch: Watch, publication: Publication, console: Console, marks: Marks) -> Courier:
    storage = watch.storage
    anchoring = AnchorLogs(storage, watch.keys, watch.ledger)

    def now() -> datetime:
        return whole_second(system_clock())

    handlers: dict[str, Handler] = {
        LOG_APPEND: AppendToLogs(storage),
        LOG_ANCHOR: PublishAndAnchor(storage, publication, anchoring, now, marks.renew),
        END_KEY: EndOwnKeys(console, now),
        **dict.fromkeys((ENROL, PUBLISH, LISTS, ROTATE_KEY), ConsoleErrands(console, now)),
    }
    name = f"worker-{secrets.token_hex(8)}"
    return Courier(storage, system_clock, name, handlers, rng=secrets.token_bytes)


def _load_demos(demo: Path | None) -> list[ShownDemo]:
    if demo is None:
        return []
    return [_load_demo(kind, demo) for kind in KINDS]


def _load_demo(kind: str, demo: Path) -> ShownDemo:
    try:
        snapshot = (demo / kind / SNAPSHOT).read_bytes()
    except OSError as error:
        # Nobody will make it while the service tries again and again.
        raise FolderError(
            f"{error.strerror}: {error.filename}; dojang demo all --out {demo} makes it"
        ) from error
    return load_demo(kind, demo / kind, check_folder(demo / kind, snapshot))
