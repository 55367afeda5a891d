"""The one sum a trustee decrypts, recomputed by its own program from the whole audited record."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.auditor import audit
from voting.audit.findings import Finding, Report
from voting.audit.means import Means, Trust
from voting.crypto.ballot import ballot_length
from voting.crypto.elgamal import Ciphertext
from voting.crypto.poll_context import PollContext
from voting.crypto.threshold import Aggregate
from voting.keeping.errors import UnreadyRecordError
from voting.poll import record
from voting.poll.definition import PollDefinition, parse_definition
from voting.poll.documents import AnchoredNote, decode_lines
from voting.poll.leaf import read_leaf
from voting.poll.record import Folder, Manifest
from voting.poll.tally import CountedSet, aggregate_of, sum_of, votes_of

NOT_YET: Final = frozenset(
    {("A-01", record.RESULT), ("A-19", "tally"), ("A-23", record.RESULT)},
)
"""What an audit must find in a record without tally and result, and nothing else."""

_BALLOTS_AT_ONCE: Final = 256
_MAX_CHECKPOINTS_BYTES: Final = 1 << 28


@dataclass(frozen=True, slots=True)
class FinalSum:
    """A sum that may be decrypted, and the poll it belongs to."""

    definition: PollDefinition
    aggregate: Aggregate
    report: Report


def final_sum(folder: Folder, poll: bytes, chain: TrustSnapshot, means: Means) -> FinalSum:
    """Verify the whole record and add up its counted ballots.

    Args:
        folder: the record as closed: without tally and result, or finished.
        poll: the endorsed poll's id, 32 bytes.
        chain: a snapshot of the chain, taken after everything that must be final was anchored.
        means: randomness, processes, progress.

    Raises:
        UnreadyRecordError: the audit found something (F-09): A-10 for a checkpoint that may not be
            the final one, A-22 for opened sheets that are not anchored, or before their deadline.
        TooFewBallotsError: D-07.
        RecordError: a file that cannot be read.
    """
    manifest = Manifest.parse(record.read(folder, record.MANIFEST))
    report = audit(folder, Trust(poll, chain), means)
    wrong = unexpected(report, folder)
    if wrong:
        first = wrong[0]
        text = f"{len(wrong)} findings, the first: {first.check} at {first.place}: {first.message}"
        raise UnreadyRecordError(text)
    definition = parse_definition(_same(folder, manifest, record.DEFINITION))
    points = decode_lines(_same(folder, manifest, record.CHECKPOINTS, _MAX_CHECKPOINTS_BYTES))
    note = AnchoredNote.from_json(points[-1]).note
    final = open_checkpoint(note, [definition.board_key])
    return FinalSum(definition, _add_up(definition, folder, manifest, final), report)


def unexpected(report: Report, folder: Folder) -> list[Finding]:
    """The findings that speak against decrypting.

    A record that holds a tally or a result has to be sound as a whole.
    """
    finished = (record.TALLY | {record.RESULT}) & set(folder.names())
    allowed = frozenset() if finished else NOT_YET
    return [one for one in report.findings if (one.check, one.place) not in allowed]


def _add_up(
    definition: PollDefinition, folder: Folder, manifest: Manifest, final: Checkpoint
) -> Aggregate:
    context, counted = definition.context(), CountedSet()
    for place, data in enumerate(_ballots(context, folder, manifest)):
        leaf = read_leaf(context, data)
        counted.add(place, leaf.key, leaf.sequence)
    chosen = set(counted.places())
    total = sum_of(definition, _ciphertexts(context, folder, manifest, chosen))
    return aggregate_of(definition, final, len(counted), total)


def _ciphertexts(
    context: PollContext, folder: Folder, manifest: Manifest, chosen: set[int]
) -> Iterator[Ciphertext]:
    for place, data in enumerate(_ballots(context, folder, manifest)):
        if place in chosen:
            yield votes_of(context, data)


def _ballots(context: PollContext, folder: Folder, manifest: Manifest) -> Iterator[bytes]:
    """All ballots as a stream that ends with an error if they are not those of the manifest."""
    length, hasher = ballot_length(context.shape), hashlib.sha256()
    for block in folder.blocks(record.BALLOTS, length * _BALLOTS_AT_ONCE):
        hasher.update(block)
        for at in range(0, len(block), length):
            yield block[at : at + length]
    _compare(manifest, record.BALLOTS, hasher.digest())


def _same(
    folder: Folder, manifest: Manifest, name: str, limit: int = record.MAX_DOCUMENT_BYTES
) -> bytes:
    data = record.read(folder, name, limit)
    _compare(manifest, name, hashlib.sha256(data).digest())
    return data


def _compare(manifest: Manifest, name: str, digest: bytes) -> None:
    listed = manifest.files.get(name)
    if listed is None or listed.sha256 != digest:
        raise UnreadyRecordError(f"{name} changed while the record was read")
