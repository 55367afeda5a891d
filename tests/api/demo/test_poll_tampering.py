"""A demonstration's poll record, changed by somebody who holds every file and the organisers' keys.

The record's manifest, the logs, trails and the folder's manifest are remade after each change; the
chain's snapshot is the only thing that they do not hold.
"""

import secrets
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.checking import check_folder
from api.demo.contest.checking import recompute
from api.demo.contest.record import ContestRecord
from api.demo.folder import SNAPSHOT
from api.demo.report import Report
from contracts.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from contracts.evidence.encoding import parse_json
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash, prove_consistency
from tests.simulators.forger import Forger
from voting.crypto.ballot import ballot_length
from voting.disk_folder import DiskFolder
from voting.poll import record
from voting.poll.documents import AnchoredNote, decode_lines, encode_lines
from voting.poll.record import manifest_of
from voting.poll.token_log import entries_root, read_entries

pytestmark = pytest.mark.usefixtures("audited_once")
YEAR = "2020"
POLL = f"{YEAR}/poll"


def path(name: str) -> str:
    return f"{POLL}/{name}"


def key_of(forger: Forger, *steps: str | int) -> Ed25519PrivateKey:
    """One of the organisers' keys, which lie in the folder."""
    value: Any = parse_json(forger.folder.read(f"keys/poll-{YEAR}.json"))
    for step in steps:
        value = value[step]
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(value))


def rewrite_board(forger: Forger, change: Callable[[list[list[bytes]]], None]) -> None:
    """Another board, with all checkpoints signed anew by the board's key and consistent."""
    definition = ContestRecord(forger.folder, YEAR).poll_definition()
    length = ballot_length(definition.shape)
    data = forger.folder.read(path(record.BALLOTS))
    lines = decode_lines(forger.folder.read(path(record.CHECKPOINTS)))
    old = [AnchoredNote.from_json(line) for line in lines]
    sizes = [0, *(open_checkpoint(note.note, [definition.board_key]).size for note in old)]
    batches = [
        [data[at * length : (at + 1) * length] for at in range(low, high)]
        for low, high in pairwise(sizes)
    ]
    change(batches)
    writer = LogWriter(definition.publication.origin, key_of(forger, "board"))
    notes, size = [], 0
    for batch, before in zip(batches, old, strict=True):
        batch.sort(key=leaf_hash)
        for ballot in batch:
            writer.append(ballot)
        proof = prove_consistency(writer.tree, size, writer.tree.size) if size else ()
        size = writer.tree.size
        notes.append(AnchoredNote(writer.signed_checkpoint(), proof, before.anchored_at).to_json())
    ballots = b"".join(ballot for batch in batches for ballot in batch)
    forger.folder.write(path(record.BALLOTS), ballots)
    forger.folder.write(path(record.CHECKPOINTS), encode_lines(notes))


def drop_a_ballot(forger: Forger) -> None:
    rewrite_board(forger, lambda batches: batches[0].pop())


def forge_a_ballot(forger: Forger) -> None:
    """One bit of a proof's response turns; the board is signed as if it had come so."""

    def change(batches: list[list[bytes]]) -> None:
        ballot = bytearray(batches[0][0])
        ballot[-1] ^= 1
        batches[0][0] = bytes(ballot)

    rewrite_board(forger, change)


def move_a_vote(forger: Forger) -> None:
    """The counts move one vote, and everything that follows is decided anew."""

    def change(counts: Any) -> None:
        first, *_, last = sorted(counts["votes"], key=counts["votes"].get)
        counts["votes"][first] += 1
        counts["votes"][last] -= 1

    forger.json(path(record.COUNTS), change)
    result = recompute(ContestRecord(forger.folder, YEAR))
    forger.folder.write_json(f"{YEAR}/result.json", result.to_json())


def hide_a_registration(forger: Forger) -> None:
    """A registrar leaves an entry out of its log and signs that."""
    name, note = record.token_names(1)
    entries = read_entries(forger.folder.read(path(name)))[1:]
    definition = ContestRecord(forger.folder, YEAR).poll_definition()
    origin = definition.registrar_key(1).origin
    state = Checkpoint(origin, len(entries), entries_root(entries))
    forger.folder.write(path(name), b"".join(entries))
    signed = sign_checkpoint(state, key_of(forger, "registrars", 0))
    forger.folder.write(path(note), signed.encode())


def shift_the_sum(forger: Forger) -> None:
    """The published sum claims one ballot more."""
    forger.json(path(record.AGGREGATE), lambda value: value.update(ballots=value["ballots"] + 1))


def decrypt_before_the_sheets_were_open(forger: Forger) -> None:
    forger.json(
        path(record.AGGREGATE), lambda value: value.update(decrypted_at="2020-11-23T00:00:00Z")
    )


def change_the_definition(forger: Forger) -> None:
    """Two options of the poll change places."""
    forger.json(path(record.DEFINITION), lambda value: value["options"].reverse())


def exchange_a_ceremony(forger: Forger) -> None:
    forger.text(path(record.TRUSTEE_CEREMONY), lambda data: data[:-1] + bytes([data[-1] ^ 1]))


TAMPERINGS: dict[Callable[[Forger], None], tuple[str, str, str]] = {
    drop_a_ballot: ("contest.audit", path(record.CHECKPOINTS), "A-10"),
    forge_a_ballot: ("contest.audit", path(record.BALLOTS), "A-12"),
    move_a_vote: ("contest.audit", path(record.COUNTS), "A-21"),
    hide_a_registration: ("contest.audit", path(record.token_names(1)[1]), "A-08"),
    shift_the_sum: ("contest.audit", path(record.AGGREGATE), "A-18"),
    decrypt_before_the_sheets_were_open: ("contest.order", f"logs/contest-{YEAR}", "decrypted"),
    change_the_definition: ("contest.audit", path(record.DEFINITION), "A-02"),
    exchange_a_ceremony: ("contest.audit", path(record.TRUSTEE_CEREMONY), "A-04"),
}


def checked(root: Path, contest: Path) -> Report:
    return check_folder(root, (contest / SNAPSHOT).read_bytes())


def remake(forger: Forger) -> None:
    """The record's manifest, then all that stands on it."""
    record_folder = DiskFolder(forger.folder.root / POLL)
    poll_id = ContestRecord(forger.folder, YEAR).poll_id()
    manifest = manifest_of(poll_id, record_folder)
    forger.folder.write(path(record.MANIFEST), manifest.to_bytes())
    forger.remake_contest()


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_with_the_poll_is_named_although_everything_was_remade(
    contest: Path, copy_of: Callable[[Path], Path], tamper: Callable[[Forger], None]
) -> None:
    root = copy_of(contest)
    forger = Forger.of(root)
    tamper(forger)
    remake(forger)
    check, place, text = TAMPERINGS[tamper]
    found = [
        finding
        for finding in checked(root, contest).findings
        if finding.check == check and finding.place.startswith(place) and text in finding.reason
    ]
    assert found


def test_remaking_the_unchanged_poll_changes_nothing(
    contest: Path, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(contest)
    forger = Forger.of(root)
    before = {file: file.read_bytes() for file in (root / POLL).rglob("*") if file.is_file()}
    rewrite_board(forger, lambda _: None)
    assert before == {file: file.read_bytes() for file in before}
    assert checked(root, contest).ok


def test_every_file_of_the_record_is_named_when_a_byte_of_it_turns(
    contest: Path, copy_of: Callable[[Path], Path]
) -> None:
    """The folder's own manifest names it, and so does the audit, which knows the record's."""
    root = copy_of(contest)
    files = sorted(file for file in (root / POLL).rglob("*") if file.is_file())
    assert len(files) > 15
    for file in files:
        data = bytearray(file.read_bytes() or b" ")
        data[secrets.randbelow(len(data))] ^= 1
        file.write_bytes(bytes(data))
    report = checked(root, contest)
    digests = {finding.place for finding in report.findings if finding.check == "manifest.digest"}
    assert digests == {file.relative_to(root).as_posix() for file in files}
