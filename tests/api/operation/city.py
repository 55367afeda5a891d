"""A service with agencies, a wallet and a job worker over a chain that can be taken away."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from api.actions.acknowledged_ledger import AcknowledgedLedger
from api.actions.anchor_logs import LOG_ANCHOR, AnchorLogs, seal_log
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.chain_acts import acts_of
from api.actions.deliver_outbox import Courier
from api.actions.end_issuer_keys import END_KEY, key_detail, key_errand
from api.openid.console_errands import ENROL, PUBLISH, ROTATE_KEY, ConsoleErrands, EndOwnKeys
from api.operation.chain_restoration import ChainRestoration
from api.operation.continuity import Watch, agree_on_chain
from api.operation.jobs import publish_anew
from api.operation.publication import Publication, PublishAndAnchor
from api.ports.outbox import Errand
from api.store.database import Database
from api.store.log_key_files import LogKeyFiles
from contracts.evidence.encoding import canonical
from contracts.evidence.errors import LedgerError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import Ending
from tests.api.databases import StillClock
from tests.simulators.openid_trial import Trial


@dataclass
class City:
    """A worker and a web process on one database and one chain, which can be exchanged."""

    storage: Database
    clock: StillClock
    folder: Path
    chain: Ledger
    trial: Trial = field(init=False)
    restoration: ChainRestoration = field(init=False)
    courier: Courier = field(init=False)
    service_logs: tuple[str, ...] = ("applications",)

    def __post_init__(self) -> None:
        self.trial = Trial.start(self.storage, self.clock, self.folder / "keys")
        self.use(self.chain)

    def use(self, chain: Ledger) -> None:
        """Go on with another chain, as after a start."""
        self.chain = chain
        agree_on_chain(self.storage, chain.identity())
        publication = Publication(self.folder / "published")
        watch = Watch(self.storage, self.keys, chain, publication)
        remembered = AcknowledgedLedger(chain, self.storage, self.clock)
        ground = self.trial.ground
        self.trial = Trial.of(type(ground)(**{**fields_of(ground), "ledger": remembered}))
        console = self.trial.openid.console
        self.restoration = ChainRestoration(
            watch, self.clock, lambda at: publish_anew(self.trial.openid, at)
        )
        anchoring = AnchorLogs(self.storage, self.keys, chain)
        handlers = {
            LOG_APPEND: AppendToLogs(self.storage),
            LOG_ANCHOR: PublishAndAnchor(self.storage, publication, anchoring, self.clock),
            END_KEY: EndOwnKeys(console, self.clock),
            **dict.fromkeys((ENROL, PUBLISH, ROTATE_KEY), ConsoleErrands(console, self.clock)),
        }
        self.courier = Courier(self.storage, self.clock, "worker", handlers)

    def work(self, minutes: int = 1, step: int = 1) -> None:
        """What a worker does each minute, or every few minutes to save the test's time."""
        for _ in range(0, minutes, step):
            with suppress(LedgerError):  # the worker tells it, and does its other jobs
                sum(self.restoration.look(self.clock()))
            self.trial.openid.tend(self.clock())
            for log in self.service_logs:
                seal_log(self.storage, self.keys, log, self.clock())
            while self.courier.deliver_outbox().done:
                pass
            self.clock.forward(minutes=step)

    @property
    def keys(self) -> LogKeyFiles:
        return LogKeyFiles(self.folder / "keys", "localhost/test")

    def put(self, errand: Errand) -> None:
        with self.storage.work() as work:
            work.outbox.put(errand)

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        detail = canonical({**key_detail(issuer, point, ending)})
        self.put(key_errand(secrets.token_hex(8), detail, self.clock()))

    def behind(self) -> bool:
        with self.storage.reading() as reading:
            sight = reading.continuity.chain_sight()
        return sight is not None and sight.behind is not None


def fields_of(ground: object) -> dict[str, object]:
    return {name: getattr(ground, name) for name in ground.__dataclass_fields__}  # type: ignore[attr-defined] # a dataclass


def history(chain: Ledger) -> list[tuple[str, int]]:
    """What stands on a chain, without its times: once each, or the numbers would differ."""
    snapshot = chain.snapshot()
    acts = [(act.subject, act.step) for act in acts_of(snapshot)]
    logs = [(one.log.hex(), p.size) for one in snapshot.logs for p in one.checkpoints]
    return sorted(acts + logs)
