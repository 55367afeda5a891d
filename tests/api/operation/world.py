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
from api.ports.means import Means
from api.store.database import Database
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
    storage: Database
    clock: StillClock = field(default_factory=StillClock)
    ledger: SimulatedLedger = field(init=False)

    def __post_init__(self) -> None:
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
            LOG_ANCHOR: PublishAndAnchor(self.storage, publication, anchoring, self.clock),
        }
        courier = Courier(self.storage, self.clock, "worker", handlers)
        while courier.deliver_outbox().done:
            pass

    def seal(self) -> None:
        """Append what waits, sign, publish and anchor it."""
        self.deliver()
        seal_log(self.storage, self.watch.keys, LOG, self.clock())
        self.deliver()

    def exchange(self, url: str) -> None:
        """Go on with another database."""
        self.storage.close()
        self.storage = Database(url, threads=8)

    def exchange_chain(self) -> None:
        """Go on with a chain that knows nothing."""
        self.ledger = SimulatedLedger(lambda: int(self.clock().timestamp()))

    def close(self) -> None:
        with closing(self.storage):
            pass

    @property
    def now(self) -> datetime:
        return self.clock()
