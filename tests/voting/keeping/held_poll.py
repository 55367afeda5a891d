"""A small poll held by command lines alone: 3 trustees, 4 registrars, 22 synthetic voters."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.encoding import canonical
from contracts.evidence.log import LogWriter
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Log,
    TrustSnapshot,
)
from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.poll import once_anchored
from tests.voting.keeping.desk import Desk
from voting.audit.setting import CONTRACTS
from voting.contest.commitments import commitments_root
from voting.contest.entries import entries_hash, entries_to_json
from voting.contest.naming import Title
from voting.contest.panel import panel_hash, panel_to_json
from voting.contest.rules import ContestRules
from voting.crypto.ballot_proof import Choice, VoterKey
from voting.crypto.ceremony_record import verify_ceremony
from voting.crypto.group import G1, G2
from voting.crypto.randomness import random_scalar
from voting.crypto.tokens import BlindedKey, TokenKeys, blind_key, combine_shares
from voting.disk_folder import DiskFolder
from voting.keeping.deciding import Booth, MemoryDecisions
from voting.keeping.serving import Asked, Endorsement, Requests
from voting.keeping.setting import Setting
from voting.poll import record
from voting.poll.board import Board
from voting.poll.clauses import (
    DURING,
    Casting,
    ContestPart,
    Option,
    Publication,
    PublicationKind,
    Registration,
    Times,
)
from voting.poll.definition import PollDefinition, draft_id
from voting.poll.documents import AnchoredNote, OpenedSet, decode_ceremony, encode_lines
from voting.poll.parties import Endorsements, Registrars, Trustees
from voting.poll.record import manifest_of, read
from voting.poll.roll import Eligible
from voting.simulate.experts import PLACEHOLDER_ROOT, simulated_entries, simulated_experts
from voting.simulate.plan import Plan

RNG = secrets.token_bytes
OPENS = datetime(2026, 1, 5, tzinfo=UTC)
TIMES = Times(OPENS, OPENS + timedelta(days=1), timedelta(hours=1))
DEADLINE = TIMES.final + timedelta(days=1)
VOTERS = 22
CHOICES = [(1, 0, 0)] * 12 + [(0, 1, 0)] * 7 + [(0, 0, 1)] * 3
CONTRACT = bytes(19) + b"\x01"


@dataclass
class HeldPoll:
    """A poll after closing: the record has everything but tally and result."""

    desk: Desk
    definition: PollDefinition
    record: Path
    chain: Path
    devices: list[tuple[int, BlindedKey]]

    def decrypt(
        self, trustee: int, *, folder: Path | None = None, chain: Path | None = None
    ) -> tuple[int, dict[str, Any]]:
        words = ["trustee", "decrypt", folder or self.record, *self.desk.own("trustee", trustee)]
        words += ["--chain", chain or self.chain, "--out", self.partial(trustee)]
        return self.desk.run(*words)

    def partial(self, trustee: int) -> Path:
        return self.desk.folder / f"partial-{trustee}.bin"


def hold_poll(desk: Desk) -> HeldPoll:
    trustees = desk.hold("trustee", 3, 2)
    registrars = desk.hold("registrar", 4, 3)
    board_key = Ed25519PrivateKey.generate()
    plan, rules = Plan(VOTERS, 3, 1), ContestRules()
    entries = simulated_entries(plan)
    experts = simulated_experts(plan, rules, entries)
    contest = ContestPart(
        rules, entries_hash(entries), panel_hash(experts.panel), PLACEHOLDER_ROOT, DEADLINE
    )
    draft = define(desk, trustees, registrars, board_key, contest)
    commitments, openings = experts.seal(draft_id(draft), RNG)
    final = replace(contest, sheets_root=commitments_root(commitments))
    definition = replace(draft, contest=final)
    out = desk.folder / "record"
    files = {
        record.DEFINITION: definition.to_bytes(),
        record.TRUSTEE_CEREMONY: (desk.folder / "trustee.bin").read_bytes(),
        record.REGISTRAR_CEREMONY: (desk.folder / "registrar.bin").read_bytes(),
        record.ENTRIES: canonical(entries_to_json(entries)),
        record.PANEL: canonical(panel_to_json(experts.panel)),
        record.COMMITMENTS: b"".join(commitments),
        record.OPENED: OpenedSet(DEADLINE, openings).to_bytes(),
    }
    (desk.folder / "definition.json").write_bytes(definition.to_bytes())
    files[record.ENDORSEMENTS] = endorse(desk).to_bytes()
    devices = [new_device(definition.poll_id()) for _ in range(VOTERS)]
    grants = register(desk, definition, devices)
    files |= vote(desk, definition, board_key, devices, grants)
    files |= close_logs(desk)
    write_record(out, files, definition.poll_id())
    chain = desk.folder / "chain.json"
    chain.write_bytes(encode_snapshot(snapshot(definition, out, DEADLINE)))
    return HeldPoll(desk, definition, out, chain, devices)


def define(
    desk: Desk,
    trustees: dict[str, Any],
    registrars: dict[str, Any],
    board_key: Ed25519PrivateKey,
    contest: ContestPart,
) -> PollDefinition:
    decrypting = Setting.parse((desk.exchange("trustee") / "ceremony.json").read_bytes())
    granting = Setting.parse((desk.exchange("registrar") / "ceremony.json").read_bytes())
    return PollDefinition(
        Title("[시험] 명령줄로 한 투표", "[test] a poll by command lines"),
        tuple(Option(f"case-{i:02d}", Title(f"[시험] 사례 {i}")) for i in (1, 2, 3)),
        Casting(1, 1),
        TIMES,
        Registration("synthetic", bytes(32), "sub", DURING, TIMES.closes, "simulation"),
        Trustees(
            decrypting.threshold,
            decrypting.identities,
            decrypting.nonce,
            tuple(bytes.fromhex(key) for key in trustees["keys"]),
            bytes.fromhex(trustees["transcript"]),
        ),
        Registrars(
            granting.threshold,
            granting.dishonest,
            granting.identities,
            granting.nonce,
            bytes.fromhex(registrars["keys"][0]),
            bytes.fromhex(registrars["transcript"]),
        ),
        Publication(
            PublicationKind.CHECKPOINT_LOG,
            "poll.commands.example/board",
            board_key.public_key().public_bytes_raw(),
            31337,
            CONTRACT,
        ),
        contest,
    )


def endorse(desk: Desk) -> Endorsements:
    signed: dict[str, tuple[bytes, ...]] = {}
    for role, parties in (("trustee", 3), ("registrar", 4)):
        signatures = []
        for j in range(1, parties + 1):
            out = desk.folder / f"endorsement-{role}-{j}.json"
            given = ["--definition", desk.folder / "definition.json", "--out", out]
            code, outcome = desk.run(role, "endorse", *desk.own(role, j), *given)
            assert code == 0, outcome
            signatures.append(Endorsement.parse(out.read_bytes()).signature)
        signed[role] = tuple(signatures)
    return Endorsements(signed["trustee"], signed["registrar"])


def new_device(poll_id: bytes) -> tuple[int, BlindedKey]:
    secret = random_scalar(RNG)
    public = G1.encode(G1.multiply_secret(G1.generator, secret, RNG))
    return secret, blind_key(poll_id, public, RNG)


def request_file(desk: Desk, definition: PollDefinition, blinded: list[bytes], name: str) -> Path:
    asked = tuple(Asked(Eligible(f"synthetic {i}", bytes(32)), m) for i, m in enumerate(blinded))
    path = desk.folder / name
    path.write_bytes(Requests(definition.poll_id(), asked).to_bytes())
    return path


def sign(desk: Desk, registrar: int, requests: Path, out: Path) -> tuple[int, dict[str, Any]]:
    given = ["--definition", desk.folder / "definition.json", "--out", out]
    return desk.run(
        "registrar", "sign-requests", requests, *desk.own("registrar", registrar), *given
    )


def register(
    desk: Desk, definition: PollDefinition, devices: list[tuple[int, BlindedKey]]
) -> dict[int, list[dict[str, str]]]:
    desk.now = OPENS + timedelta(hours=1)
    requests = request_file(desk, definition, [d.blinded for _, d in devices], "requests.json")
    grants = {}
    for j in (1, 2, 3):
        out = desk.folder / f"grants-{j}.json"
        code, outcome = sign(desk, j, requests, out)
        assert (code, outcome["granted"]) == (0, len(devices))
        grants[j] = json.loads(out.read_bytes())["grants"]
    return grants


def vote(
    desk: Desk,
    definition: PollDefinition,
    board_key: Ed25519PrivateKey,
    devices: list[tuple[int, BlindedKey]],
    grants: dict[int, list[dict[str, str]]],
) -> dict[str, bytes]:
    context = definition.context()
    keys = TokenKeys(3, context.token_key, public_shares(desk))
    board = Board(definition, context, LogWriter(definition.publication.origin, board_key), RNG)
    booth = Booth(context, MemoryDecisions())
    for i, (secret, device) in enumerate(devices):
        shares = {j: bytes.fromhex(grants[j][i]["share"]) for j in grants}
        token = combine_shares(keys, device, shares, RNG)
        sealed = booth.seal(Choice(CHOICES[i], 1, 0), device.public, seed=RNG(32), rng=RNG)
        ballot = booth.cast(sealed, VoterKey(secret, device.public, token), RNG)
        board.receive(ballot, OPENS)
    batch = board.checkpoint()
    note = AnchoredNote(batch.note, batch.proof, TIMES.closes)
    return {
        record.BALLOTS: b"".join(batch.ballots),
        record.CHECKPOINTS: encode_lines([note.to_json()]),
        record.CHECKS: b"",
        record.INBOX: b"",
    }


def public_shares(desk: Desk) -> tuple[Any, ...]:
    """PK_j, from the ceremony's public record."""
    setting = Setting.parse((desk.exchange("registrar") / "ceremony.json").read_bytes())
    made = decode_ceremony((desk.folder / "registrar.bin").read_bytes(), 4)
    rows = verify_ceremony(setting.registrars(), made).shares
    return tuple(G2.decode(G2.encode(row[0])) for row in rows)


def close_logs(desk: Desk) -> dict[str, bytes]:
    desk.now = TIMES.closes
    out = desk.folder / "tokens"
    out.mkdir(exist_ok=True)
    files = {}
    for j in (1, 2, 3, 4):
        given = ["--definition", desk.folder / "definition.json", "--folder", out]
        code, outcome = desk.run("registrar", "close-log", *desk.own("registrar", j), *given)
        assert code == 0, outcome
        files |= {name: (desk.folder / name).read_bytes() for name in record.token_names(j)}
    return files


def write_record(folder: Path, files: dict[str, bytes], poll_id: bytes) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    manifest = folder / record.MANIFEST
    manifest.unlink(missing_ok=True)
    manifest.write_bytes(manifest_of(poll_id, DiskFolder(folder)).to_bytes())


def snapshot(definition: PollDefinition, folder: Path, at: datetime) -> TrustSnapshot:
    """The chain at a time, as it would be if everything had been anchored."""
    keys = [(definition.board_key, folder / "board" / "checkpoints.jsonl")]
    logs = []
    for key, path in keys:
        lines = path.read_bytes().splitlines()
        notes = [AnchoredNote.from_json(json.loads(line)) for line in lines]
        points = []
        for number, note in enumerate(notes):
            state = open_checkpoint(note.note, [key])
            place = (number, state.size, state.root, number + 1, note.anchored_at)
            points.append(AnchoredCheckpoint(*place))
        logs.append(Log(log_id(key.origin), key.public, tuple(points)))
    for j in (1, 2, 3, 4):
        own = definition.registrar_key(j)
        state = open_checkpoint((folder / record.token_names(j)[1]).read_text(), [own])
        point = AnchoredCheckpoint(0, state.size, state.root, 50, definition.times.closes)
        logs.append(Log(log_id(own.origin), own.public, (point,) if state.size else ()))
    there = DiskFolder(folder)
    logs += once_anchored(definition, {name: read(there, name) for name in there.names()})
    logs = [
        replace(log, checkpoints=tuple(p for p in log.checkpoints if p.time <= at)) for log in logs
    ]
    name = CONTRACTS[definition.publication.kind]
    contracts = ((name, definition.publication.contract),)
    identity = ChainIdentity(definition.chain_id, bytes(32), contracts)
    return TrustSnapshot(identity, Block(100, bytes(32), at), (), tuple(logs), ())
