"""One contest's citizen poll: real cryptography on a synthetic electorate, anchored and audited.

With fewer voters than in that year the poll is scaled down: its votes are shared out like those of
the data set (largest remainders), and are no facts.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from api.demo.contest.record import ContestRecord
from api.demo.contest.source import CHOICES, ContestSource
from api.demo.contest.synthesis import make_ballots
from api.demo.making import Stage
from api.demo.notary import origin_of
from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.encoding import Json
from contracts.evidence.names import log_id
from contracts.evidence.note import LogKey
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.auditor import audit
from voting.audit.findings import Report as AuditReport
from voting.audit.means import Means as AuditMeans
from voting.audit.means import Trust
from voting.contest.entries import Entry
from voting.contest.figures import figure
from voting.contest.naming import Title
from voting.disk_folder import DiskFolder
from voting.poll.clauses import DEFAULT_MIN_BALLOTS, Option, PublicationKind, Times
from voting.poll.definition import PollDefinition
from voting.simulate.plan import Plan
from voting.simulate.scene import Scene
from voting.simulate.simulation import Means, Simulation, simulate
from voting.workers import processes

POLL_VERSION: Final = "dojang-demo-poll-v1"
FEWEST_VOTERS: Final = DEFAULT_MIN_BALLOTS
SMALL: Final = 200
"""Voters of a scaled-down poll: enough for a ranking, few enough for a demonstration."""
GRACE: Final = timedelta(hours=1)
_WORTH_PROCESSES: Final = 500
_TENTHS: Final = 10


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many voters each year's poll is held with; never more than there were."""

    voters: dict[str, int]

    def of(self, source: ContestSource) -> int:
        """The number for one year."""
        return min(source.voters, max(FEWEST_VOTERS, self.voters.get(source.year, SMALL)))


def scaled(source: ContestSource, voters: int) -> ContestSource:
    """The data set for an electorate of another size, votes shared out by largest remainders."""
    if voters == source.voters:
        return source
    names = list(source.votes)
    votes = [*source.votes.values(), *source.votes_of_others]
    shared = _share_out(votes, source.choices * voters)
    return replace(
        source,
        voters=voters,
        votes=dict(zip(names, shared, strict=False)),
        votes_of_others=tuple(shared[len(names) :]),
    )


def _share_out(votes: Sequence[int], seats: int) -> list[int]:
    """Whole numbers adding up to ``seats`` in proportion to votes (Hamilton's method)."""
    quotas = [Fraction(count * seats, sum(votes)) for count in votes]
    shared = [int(quota) for quota in quotas]
    order = sorted(range(len(votes)), key=lambda i: (shared[i] - quotas[i], i))
    for i in order[: seats - sum(shared)]:
        shared[i] += 1
    return shared


def poll_document(source: ContestSource, definition: PollDefinition, voters: int) -> Json:
    """What is anchored before a poll opens: its id, its size, and the published facts beside it.

    The number of votes is a fact only where it is one how many votes each person had.
    """
    known = CHOICES not in source.assumed
    total: dict[str, Json] = {"votes": source.choices * source.voters}
    published: dict[str, Json] = {
        "voters": source.voters,
        **(total if known else {}),
        "first": [
            {
                "entry": name,
                "votes": source.votes[name],
                "share": figure(Fraction(100 * source.votes[name], source.choices * source.voters)),
            }
            for name in source.published_votes
        ],
    }
    return {
        "version": POLL_VERSION,
        "poll": definition.poll_id().hex(),
        "voters": voters,
        "scaled_down": voters < source.voters,
        "published": published,
        "assumed": {} if known else total,
        "trustees": len(definition.trustees.identities),
        "registrars": len(definition.registrars.identities),
    }


@dataclass(slots=True)
class ChainWitness:
    """Anchors a poll's logs on the demonstration's chain, in the story's time.

    Args:
        stage: ledger, clock, folder.
        publish: told of the definition before the poll opens.
        open_sheets: called after closing; trustees decrypt an hour later.
    """

    stage: Stage
    publish: Callable[[PollDefinition], None]
    open_sheets: Callable[[], None]

    def announced(self, definition: PollDefinition) -> None:
        """See ``Witness.announced``."""
        for key in definition.log_keys():
            self.stage.ledger.open_log(log_id(key.origin), key.public)
        self.stage.clock.set(definition.times.opens - timedelta(hours=12))
        self.publish(definition)
        self.stage.clock.set(definition.times.opens)

    def anchor(self, key: LogKey, state: Checkpoint, at: datetime) -> datetime:
        """See ``Witness.anchor``."""
        self.stage.clock.set(at)
        log = log_id(key.origin)
        known = self.stage.ledger.snapshot().log(log)
        sequence = len(known.checkpoints) if known is not None else 0
        return self.stage.ledger.anchor(log, sequence, state.size, state.root).time

    def closed(self, definition: PollDefinition) -> datetime:
        """See ``Witness.closed``."""
        self.stage.clock.set(definition.times.final + timedelta(days=1))
        self.open_sheets()
        self.stage.clock.set(self.stage.clock.now() + timedelta(hours=1))
        return self.stage.clock.now()


def hold_poll(
    stage: Stage,
    source: ContestSource,
    finalists: tuple[Entry, ...],
    witness: ChainWitness,
    voters: int,
) -> Simulation:
    """Hold the poll and write its record to ``<year>/poll``."""
    ballots = make_ballots(scaled(source, voters), finalists)
    ids = [entry.id for entry in finalists]
    choices = [tuple(int(name in ballot) for name in ids) for ballot in ballots]
    identity = stage.ledger.identity()
    scene = Scene(
        Title(f"[시험] {source.title.ko}: 합성 시민 투표", "[test] synthetic citizen poll"),
        tuple(Option(entry.id, entry.title) for entry in finalists),
        Times(source.opens, source.closes, GRACE),
        origin_of(stage.run, f"poll-{source.year}"),
        PublicationKind.CHECKPOINT_LOG,
        identity.chain_id,
        dict(identity.contracts)[CheckpointLog.NAME],
        witness,
    )
    plan = Plan(voters, len(finalists), source.choices, seed=source.seed)
    folder = DiskFolder(stage.folder.root / source.year / "poll")
    with processes(_cores(voters)) as workers:
        means = Means(secrets.token_bytes, workers, _progress(stage))
        return simulate(plan, choices, means, folder, scene)


def audit_poll(record: ContestRecord, snapshot: TrustSnapshot) -> AuditReport:
    """Audit the year's record against the announced poll id and the chain, as anybody can."""
    folder = DiskFolder(record.folder.root / record.year / "poll")
    with processes(_cores(record.voters())) as workers:
        means = AuditMeans(secrets.token_bytes, workers)
        return audit(folder, Trust(record.poll_id(), snapshot), means)


def _cores(voters: int) -> int:
    """Processes cost a second to start."""
    return (os.cpu_count() or 1) if voters >= _WORTH_PROCESSES else 1


def _progress(stage: Stage) -> Callable[[int, int], None]:
    """Tell a person of every tenth that is done."""
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        tenths = _TENTHS * done // max(1, total)
        if tenths > shown and total >= _WORTH_PROCESSES:
            shown = tenths
            stage.tell(f"  투표 {done:,} / {total:,}", f"  votes {done:,} / {total:,}")

    return show
