"""Small simulated polls, and somebody who holds every key and forges their records.

After each change the forger makes all hashes, tree nodes, checkpoints and the manifest anew.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.encoding import canonical
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash, prove_consistency
from contracts.evidence.names import log_id
from contracts.evidence.note import LogKey
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Log,
    TrustSnapshot,
)
from voting.audit.auditor import audit
from voting.audit.findings import Report
from voting.audit.means import Means as AuditMeans
from voting.audit.means import Trust
from voting.audit.setting import CONTRACTS
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.crypto.ballot import ballot_length, ordinates_length, ordinates_of, parse_ballot
from voting.crypto.elgamal import Ciphertext
from voting.crypto.errors import CryptoError
from voting.crypto.threshold import (
    Aggregate,
    Board,
    TrusteeKey,
    combine_counts,
    decrypt_partially,
    verify_partial,
)
from voting.poll import record
from voting.poll.anchored import lone_checkpoint, opened_leaf
from voting.poll.clauses import PublicationKind
from voting.poll.definition import PollDefinition
from voting.poll.documents import (
    AnchoredNote,
    OpenedSet,
    PublishedSum,
    decode_lines,
    encode_lines,
)
from voting.poll.leaf import read_leaf
from voting.poll.record import MemoryFolder, manifest_of
from voting.poll.tally import CountedSet, sum_of
from voting.simulate.plan import Plan, seeded_choices
from voting.simulate.publication import final_checkpoint, published_sum
from voting.simulate.scene import Scene
from voting.simulate.simulation import Means, Simulation, simulate

RNG = secrets.token_bytes
PUBLISHED = Scene(kind=PublicationKind.CHECKPOINT_LOG, chain_id=31337, contract=bytes(19) + b"\x01")
"""A poll whose logs ``snapshot`` finds on a chain of its own."""


@lru_cache(maxsize=4)
def simulated(voters: int = 25, *, public_checks: bool = False) -> Simulation:
    """A poll of three options, of which each voter chooses one."""
    plan = Plan(voters, 3, 1, public_checks=public_checks)
    return simulate(plan, seeded_choices(plan), Means(RNG), scene=PUBLISHED)


@dataclass
class Forger:
    """A record being changed by somebody with all keys of all organisers.

    Ordinates beside the ballots are made anew with the manifest, unless they were changed.
    """

    poll: Simulation
    files: dict[str, bytes] = field(init=False)
    ordinates_changed: bool = False

    def __post_init__(self) -> None:
        self.files = dict(self.poll.files)

    def notes(self) -> list[AnchoredNote]:
        return [AnchoredNote.from_json(x) for x in decode_lines(self.files[record.CHECKPOINTS])]

    def ballots(self) -> list[bytes]:
        length, data = ballot_length(self.poll.definition.shape), self.files[record.BALLOTS]
        return [data[at : at + length] for at in range(0, len(data), length)]

    def ordinates(self) -> list[bytes]:
        """Of each whole ballot; zeros for one that cannot be read."""
        context = self.poll.definition.context()
        length = ballot_length(context.shape)

        def of(data: bytes) -> bytes:
            try:
                return ordinates_of(parse_ballot(data, context))
            except CryptoError:
                return bytes(ordinates_length(context.shape))

        return [of(data) for data in self.ballots() if len(data) == length]

    def change_ordinates(self, change: Callable[[list[bytes]], object]) -> None:
        """Change those of some ballots, and nothing else."""
        made = self.ordinates()
        change(made)
        self.files[record.ORDINATES] = b"".join(made)
        self.ordinates_changed = True

    def batches(self) -> list[list[bytes]]:
        key = self.poll.definition.board_key
        sizes = [0, *(open_checkpoint(note.note, [key]).size for note in self.notes())]
        ballots = self.ballots()
        return [ballots[low:high] for low, high in pairwise(sizes)]

    def set_board(self, batches: Sequence[Sequence[bytes]], *, ordered: bool = True) -> None:
        """Write another board, all of whose checkpoints are signed and consistent."""
        definition = self.poll.definition
        writer = LogWriter(definition.publication.origin, self.poll.organisers.board_key)
        notes, written, size = [], [], 0
        for old, batch in zip(self.notes(), batches, strict=True):
            for ballot in sorted(batch, key=leaf_hash) if ordered else batch:
                writer.append(ballot)
                written.append(ballot)
            proof = prove_consistency(writer.tree, size, writer.tree.size) if size else ()
            size = writer.tree.size
            notes.append(AnchoredNote(writer.signed_checkpoint(), proof, old.anchored_at))
        self.files[record.BALLOTS] = b"".join(written)
        self.set_notes(notes)

    def set_notes(self, notes: Sequence[AnchoredNote]) -> None:
        self.files[record.CHECKPOINTS] = encode_lines(note.to_json() for note in notes)

    def change_ballots(self, change: Callable[[list[list[bytes]]], None]) -> None:
        """Change the batches, then sign, add up, decrypt and publish everything anew."""
        batches = self.batches()
        change(batches)
        self.set_board(batches)
        self.set_tally()

    def counted(self) -> list[bytes]:
        context, counted, ballots = self.poll.definition.context(), CountedSet(), self.ballots()
        for place, data in enumerate(ballots):
            leaf = read_leaf(context, data)
            counted.add(place, leaf.key, leaf.sequence)
        return [ballots[place] for place in counted.places()]

    def aggregate(self, ballots: Sequence[bytes]) -> Aggregate:
        """The sum of any ballots under the final checkpoint."""
        definition, context = self.poll.definition, self.poll.definition.context()
        total = sum_of(definition, (parse_ballot(data, context).ciphertext for data in ballots))
        return self.aggregate_of(len(ballots), total)

    def aggregate_of(self, ballots: int, total: Ciphertext) -> Aggregate:
        definition, final = self.poll.definition, final_checkpoint(self.poll.definition, self.files)
        publication = definition.publication
        place = (publication.chain_id, publication.contract, definition.poll_id())
        return Aggregate(Board(*place, final.size, final.root), ballots, total)

    def set_tally(self, aggregate: Aggregate | None = None) -> None:
        """Decrypt a sum with the trustees' keys and publish what follows from it."""
        aggregate = aggregate or self.aggregate(self.counted())
        definition, body = self.poll.definition, self.poll.organisers.trustees
        chosen = range(1, definition.trustees.threshold + 1)
        keys = [TrusteeKey(j, body.shares[j - 1], body.keys.shares[j - 1]) for j in chosen]
        partials = [decrypt_partially(aggregate, key, RNG) for key in keys]
        verified = [verify_partial(aggregate, body.keys.shares, one) for one in partials]
        found = combine_counts(aggregate, definition.shape, len(keys), verified)
        at = definition.contest.deadline + timedelta(hours=1) if definition.contest else None
        assert at is not None
        self.files[record.AGGREGATE] = published_sum(aggregate, at).to_bytes()
        self.files[record.PARTIALS] = b"".join(one.encode() for one in partials)
        self.set_counts(PollCounts(aggregate.ballots, dict(zip(self.ids(), found, strict=True))))

    def ids(self) -> list[str]:
        return [option.id for option in self.poll.definition.options]

    def set_counts(self, counts: PollCounts) -> None:
        self.files[record.COUNTS] = canonical(counts.to_json())
        self.set_result(counts)

    def set_result(self, counts: PollCounts | None) -> None:
        """The result that follows from counts and the sheets in the record."""
        organisers, contest = self.poll.organisers, self.poll.definition.contest
        assert contest is not None
        opened = OpenedSet.parse(self.files[record.OPENED])
        sheets = [opening.sheet for opening in opened.openings]
        panel = organisers.experts.panel
        result = decide(contest.rules, organisers.entries, panel, sheets, counts)
        self.files[record.RESULT] = result.to_bytes()

    def counts(self) -> PollCounts:
        return PollCounts.from_json(decode_lines(self.files[record.COUNTS] + b"\n")[0])

    def seal(self) -> MemoryFolder:
        """Make the manifest anew."""
        if record.ORDINATES in self.files and not self.ordinates_changed:
            self.files[record.ORDINATES] = b"".join(self.ordinates())
        folder = MemoryFolder(self.files)
        manifest = manifest_of(self.poll.definition.poll_id(), folder)
        self.files[record.MANIFEST] = manifest.to_bytes()
        return folder

    def report(self, trust: Trust | None = None) -> Report:
        return audited(self.seal(), trust)

    def failing(self, trust: Trust | None = None) -> set[str]:
        """The checks that find something after everything was made anew."""
        return {finding.check for finding in self.report(trust).findings}


def audited(folder: record.Folder, trust: Trust | None = None) -> Report:
    return audit(folder, trust or Trust(), AuditMeans(RNG))


def snapshot(poll: Simulation) -> TrustSnapshot:
    """The chain as it would be if the simulation had been anchored."""
    definition = poll.definition
    forger = Forger(poll)
    key = definition.board_key
    points = []
    for number, note in enumerate(forger.notes()):
        state = open_checkpoint(note.note, [key])
        point = AnchoredCheckpoint(number, state.size, state.root, number + 1, note.anchored_at)
        points.append(point)
    logs = [Log(log_id(key.origin), key.public, tuple(points))]
    for j in range(1, len(definition.registrars.identities) + 1):
        own = definition.registrar_key(j)
        state = open_checkpoint(poll.files[record.token_names(j)[1]].decode(), [own])
        closing = definition.times.closes
        anchored = (AnchoredCheckpoint(0, state.size, state.root, 50, closing),)
        logs.append(Log(log_id(own.origin), own.public, anchored if state.size else ()))
    logs += once_anchored(definition, forger.files)
    name = CONTRACTS[definition.publication.kind]
    contracts = ((name, definition.publication.contract),)
    identity = ChainIdentity(definition.chain_id, bytes(32), contracts)
    head = Block(100, bytes(32), definition.times.final + timedelta(days=2))
    return TrustSnapshot(identity, head, (), tuple(logs), ())


def once_anchored(definition: PollDefinition, files: Mapping[str, bytes]) -> list[Log]:
    """The logs of opened sheets and of the decryption, as the record says."""
    logs = []
    if definition.contest is not None:
        opened = OpenedSet.parse(files[record.OPENED])
        leaf = opened_leaf(opened.openings)
        logs.append(_lone(definition.sheets_key, leaf, opened.anchored_at))
    if record.PARTIALS in files:
        at = PublishedSum.parse(files[record.AGGREGATE]).decrypted_at
        logs.append(_lone(definition.tally_key, files[record.PARTIALS], at))
    else:
        key = definition.tally_key
        logs.append(Log(log_id(key.origin), key.public, ()))
    return logs


def _lone(key: LogKey, leaf: bytes, at: datetime) -> Log:
    state = lone_checkpoint(key, leaf)
    point = AnchoredCheckpoint(0, state.size, state.root, 60, at)
    return Log(log_id(key.origin), key.public, (point,))


def late(note: AnchoredNote, by: timedelta) -> AnchoredNote:
    return replace(note, anchored_at=note.anchored_at + by)
