"""A service without its processes: storage, logs, ledger and what it publishes, in one folder."""

import secrets
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from api.actions.anchor_logs import LOG_ANCHOR, AnchorLogs, seal_log
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.deliver_outbox import Courier, Handler
from api.actions.open_application import OpenedApplication
from api.operation.continuity import Watch
from api.operation.destruction_ledger import DestructionLedger
from api.operation.publication import Publication, PublishAndAnchor
from api.operation.put_back import Marks, look_for_put_back
from api.ports.means import Means
from api.store.database import Database
from api.store.database_mark import OutsideMarks
from api.store.log_key_files import LogKeyFiles
from tests.api.applying import apply_for_good
from tests.api.databases import StillClock
from tests.simulators.ledger import SimulatedLedger
from verifier.eligibility.catalogue import load_catalogue

LOG = "applications"


@dataclass
class World:
    """Everything beside one database; the database can be exchanged for an older one."""

    folder: Path
    url: str
    clock: StillClock = field(default_factory=StillClock)
    storage: Database = field(init=False)
    ledger: SimulatedLedger = field(init=False)

    def __post_init__(self) -> None:
        self.storage = self.open(self.url)
        self.ledger = SimulatedLedger(lambda: int(self.clock().timestamp()))

    @property
    def watch(self) -> Watch:
        keys = LogKeyFiles(self.folder / "keys", "test/dojang")
        return Watch(self.storage, keys, self.ledger, Publication(self.folder / "published"))

    @property
    def destructions(self) -> DestructionLedger:
        return DestructionLedger(self.folder / "destructions", b"k" * 32, secrets.token_bytes)

    def apply(self, count: int = 1) -> list[OpenedApplication]:
        means = Means(self.storage, load_catalogue(), self.clock, secrets.token_bytes)
        return [apply_for_good(means) for _ in range(count)]

    def deliver(self) -> None:
        anchoring = AnchorLogs(self.storage, self.watch.keys, self.ledger)
        publication = Publication(self.folder / "published")
        handlers: dict[str, Handler] = {
            LOG_APPEND: AppendToLogs(self.storage),
            LOG_ANCHOR: self.publish_and_anchor(publication, anchoring),
        }
        courier = Courier(self.storage, self.clock, "worker", handlers)
        while courier.deliver_outbox().done:
            pass

    def publish_and_anchor(
        self, publication: Publication, anchoring: AnchorLogs
    ) -> PublishAndAnchor:
        return PublishAndAnchor(self.storage, publication, anchoring, self.clock)

    def seal(self) -> None:
        """Append what waits, sign, publish and anchor it."""
        self.deliver()
        seal_log(self.storage, self.watch.keys, LOG, self.clock())
        self.deliver()

    def exchange(self, url: str) -> None:
        """Go on with another database."""
        self.storage.close()
        self.url, self.storage = url, self.open(url)

    def open(self, url: str) -> Database:
        """A database beside the ledger of what must hold."""
        return Database(url, threads=8, protection=self.destructions.protection())

    def exchange_chain(self) -> None:
        """Go on with a chain that knows nothing."""
        self.ledger = SimulatedLedger(lambda: int(self.clock().timestamp()))

    def close(self) -> None:
        with closing(self.storage):
            pass

    @property
    def now(self) -> datetime:
        return self.clock()


class Marked(World):
    """A world whose database has a mark, as the service's has."""

    @property
    def outside(self) -> OutsideMarks:
        return OutsideMarks((self.folder / "published", self.folder / "chain"))

    @property
    def marks(self) -> Marks:
        return Marks(self.storage, self.outside, secrets.token_bytes)

    def open(self, url: str) -> Database:
        return Database(url, 8, protection=self.destructions.protection(), outside=self.outside)

    def publish_and_anchor(
        self, publication: Publication, anchoring: AnchorLogs
    ) -> PublishAndAnchor:
        return PublishAndAnchor(self.storage, publication, anchoring, self.clock, self.marks.renew)

    def look(self) -> int:
        return look_for_put_back(self.watch, self.marks, self.now)
