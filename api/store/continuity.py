"""The tables of the known chain and of halted logs."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from api.ports.continuity import ChainAct, ChainSight, LogHalt
from api.ports.errors import LogHaltedError
from api.ports.outbox import OutboxState
from api.store.logs import log_halts, logs
from api.store.outbox import outbox
from api.store.schema import Moment, Serial, metadata
from api.store.upsert import insert_if_new
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.snapshot import ChainIdentity

known_chains: Final = Table(
    "known_chain",
    metadata,
    Column("chain_id", Serial, primary_key=True),
    Column("genesis", LargeBinary(32), nullable=False),
    Column("contracts", Text, nullable=False),
    Column("head", BigInteger),
    Column("answered", Moment),
    Column("behind", Moment),
    Column("refused", Integer),
)
chain_acts: Final = Table(
    "chain_act",
    metadata,
    Column("subject", String(96), nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("act", String(24), nullable=False),
    Column("arguments", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("subject", "step"),
    Index(None, "act", "at"),
)
_act: Final = chain_acts.c
_ENDINGS: Final = ("end_key", "withdraw", "suspend", "resume")
_ADDRESS_BYTES: Final = 20


class SqlContinuity:
    """``api.ports.continuity.Continuity`` in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def chain(self) -> ChainIdentity | None:
        """The chain that the logs are anchored on."""
        row = self._connection.execute(select(known_chains)).one_or_none()
        if row is None:
            return None
        contracts = Document.of(parse_canonical(row.contracts.encode()), "known_chain")
        names = sorted(contracts.names())
        addresses = tuple((name, contracts.data(name, _ADDRESS_BYTES)) for name in names)
        return ChainIdentity(row.chain_id, row.genesis, addresses)

    def keep_chain(self, identity: ChainIdentity) -> None:
        """Keep which chain it is, in place of what was kept."""
        contracts: dict[str, Json] = {name: place.hex() for name, place in identity.contracts}
        self._connection.execute(delete(known_chains))
        row = {
            "chain_id": identity.chain_id,
            "genesis": identity.genesis,
            "contracts": canonical(contracts).decode(),
        }
        self._connection.execute(insert(known_chains), row)

    def chain_sight(self) -> ChainSight | None:
        """What was last seen of the chain."""
        row = self._connection.execute(select(known_chains)).one_or_none()
        if row is None or row.answered is None:
            return None
        return ChainSight(row.head, row.answered, row.behind, row.refused or 0)

    def see_chain(self, sight: ChainSight) -> None:
        """Keep what was seen of the chain."""
        values = {
            "head": sight.head,
            "answered": sight.answered,
            "behind": sight.behind,
            "refused": sight.refused,
        }
        self._connection.execute(update(known_chains).values(values))

    def chain_levels(self) -> Mapping[str, int]:
        """The last step of every subject on chain."""
        query = select(_act.subject, func.max(_act.step)).group_by(_act.subject)
        return {subject: int(step) for subject, step in self._connection.execute(query)}

    def chain_level(self, subject: str) -> int | None:
        """The last step of one subject."""
        query = select(func.max(_act.step)).where(_act.subject == subject)
        level: int | None = self._connection.scalar(query)
        return level

    def chain_acts(self, subject: str, after: int) -> Sequence[ChainAct]:
        """What was done on chain about a subject after a step, oldest first."""
        here = and_(_act.subject == subject, _act.step > after)
        rows = self._connection.execute(select(chain_acts).where(here).order_by(_act.step))
        return [ChainAct(**row) for row in rows.mappings()]

    def chain_endings(self) -> Sequence[ChainAct]:
        """All ends of keys and accreditations, suspensions and their ends, oldest first."""
        query = select(chain_acts).where(_act.act.in_(_ENDINGS)).order_by(_act.at, _act.step)
        return [ChainAct(**row) for row in self._connection.execute(query).mappings()]

    def add_chain_act(self, act: ChainAct) -> bool:
        """Keep an act that the chain acknowledged."""
        row = {
            "subject": act.subject,
            "step": act.step,
            "act": act.act,
            "arguments": act.arguments,
            "at": act.at,
        }
        return insert_if_new(self._connection, chain_acts, row)

    def halts(self) -> Sequence[LogHalt]:
        """Logs that are halted."""
        rows = self._connection.execute(select(log_halts).order_by(log_halts.c.log)).mappings()
        return [LogHalt(**row) for row in rows]

    def log_names(self) -> Sequence[str]:
        """All logs there are."""
        return list(self._connection.scalars(select(logs.c.name).order_by(logs.c.name)))

    def halt(self, halt: LogHalt) -> None:
        """Halt a log; what it is halted for may change, since when does not."""
        row = {"log": halt.log, "code": halt.code, "since": halt.since}
        if not insert_if_new(self._connection, log_halts, row):
            here = update(log_halts).where(log_halts.c.log == halt.log)
            self._connection.execute(here.values(code=halt.code))

    def resume(self, log: str) -> bool:
        """Let a log go on; errands that were buried because it stood wait again."""
        c = outbox.c
        buried = and_(c.state == OutboxState.DEAD.value, c.problem == LogHaltedError.code)
        here = and_(buried, c.key.startswith(f"{log}/", autoescape=True))
        again = {"state": OutboxState.WAITING.value, "attempts": 0, "problem": None}
        self._connection.execute(update(outbox).where(here).values(again))
        gone = delete(log_halts).where(log_halts.c.log == log)
        return self._connection.execute(gone).rowcount == 1
