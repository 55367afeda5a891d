"""The end of a simulated poll: sum, decryption, opened sheets, result, manifest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.encoding import canonical
from voting.contest.commitments import SheetOpening
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.crypto.ballot import ballot_length, parse_ballot
from voting.crypto.elgamal import Ciphertext
from voting.crypto.group import G1
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.threshold import (
    Aggregate,
    PartialDecryption,
    TrusteeKey,
    combine_counts,
    verify_partial,
)
from voting.poll import record
from voting.poll.definition import PollDefinition
from voting.poll.documents import AnchoredNote, OpenedSet, PublishedSum, decode_lines
from voting.poll.leaf import read_leaf
from voting.poll.record import MemoryFolder, manifest_of
from voting.poll.tally import CountedSet, aggregate_of, sum_of
from voting.poll.trustee import MemoryAnswers, answer
from voting.simulate.organisers import Organisers


@dataclass(frozen=True, slots=True)
class Sealed:
    """The experts' commitments and what opens them."""

    commitments: tuple[bytes, ...]
    openings: tuple[SheetOpening, ...] = field(repr=False)


def publish(
    definition: PollDefinition,
    organisers: Organisers,
    sealed: Sealed,
    files: dict[str, bytes],
    rng: Rng,
) -> None:
    """Add everything that follows the closing of the board to a record, manifest included.

    With fewer than ``min_ballots`` counted ballots nothing is decrypted, and the result stands on
    the experts alone.
    """
    contest = definition.contest
    opened_at = definition.times.final if contest is None else contest.deadline
    counts = _tally(definition, organisers, files, (rng, opened_at + timedelta(hours=1)))
    if contest is not None:
        files[record.COMMITMENTS] = b"".join(sealed.commitments)
        files[record.OPENED] = OpenedSet(opened_at, sealed.openings).to_bytes()
        sheets = [opening.sheet for opening in sealed.openings]
        panel = organisers.experts.panel
        result = decide(contest.rules, organisers.entries, panel, sheets, counts)
        files[record.RESULT] = result.to_bytes()
    files[record.MANIFEST] = manifest_of(definition.poll_id(), MemoryFolder(files)).to_bytes()


def final_checkpoint(definition: PollDefinition, files: dict[str, bytes]) -> Checkpoint:
    """The last checkpoint of a record."""
    last = AnchoredNote.from_json(decode_lines(files[record.CHECKPOINTS])[-1])
    return open_checkpoint(last.note, [definition.board_key])


def _tally(
    definition: PollDefinition,
    organisers: Organisers,
    files: dict[str, bytes],
    how: tuple[Rng, datetime],
) -> PollCounts | None:
    rng, at = how
    ballots = _counted(definition, files)
    if len(ballots) < definition.casting.min_ballots:
        return None
    context = definition.context()
    total = sum_of(definition, _ciphertexts(context, ballots))
    aggregate = aggregate_of(definition, final_checkpoint(definition, files), len(ballots), total)
    partials = decrypt(definition, organisers, aggregate, rng)
    keys = organisers.trustees.keys.shares
    verified = [verify_partial(aggregate, keys, one) for one in partials]
    found = combine_counts(aggregate, definition.shape, len(verified), verified)
    counts = PollCounts(len(ballots), dict(zip(_ids(definition), found, strict=True)))
    files[record.AGGREGATE] = published_sum(aggregate, at).to_bytes()
    files[record.PARTIALS] = b"".join(one.encode() for one in partials)
    files[record.COUNTS] = canonical(counts.to_json())
    return counts


def _ids(definition: PollDefinition) -> list[str]:
    return [option.id for option in definition.options]


def published_sum(aggregate: Aggregate, at: datetime) -> PublishedSum:
    """A sum as the record holds it."""
    points = (aggregate.total.a, *aggregate.total.b)
    encoded = tuple(G1.encode(point) for point in points)
    board = aggregate.board
    return PublishedSum(board.size, board.root, aggregate.ballots, encoded, at)


def decrypt(
    definition: PollDefinition, organisers: Organisers, aggregate: Aggregate, rng: Rng
) -> list[PartialDecryption]:
    """The answers of the last t trustees; the others are absent."""
    body, threshold = organisers.trustees, definition.trustees.threshold
    present = range(len(body.shares) - threshold + 1, len(body.shares) + 1)
    keys = [TrusteeKey(j, body.shares[j - 1], body.keys.shares[j - 1]) for j in present]
    return [answer(definition, aggregate, key, MemoryAnswers(), rng) for key in keys]


def _counted(definition: PollDefinition, files: dict[str, bytes]) -> list[bytes]:
    context = definition.context()
    length, data, counted = ballot_length(definition.shape), files[record.BALLOTS], CountedSet()
    for place in range(len(data) // length):
        leaf = read_leaf(context, data[place * length : (place + 1) * length])
        counted.add(place, leaf.key, leaf.sequence)
    return [data[place * length : (place + 1) * length] for place in counted.places()]


def _ciphertexts(context: PollContext, ballots: list[bytes]) -> Iterator[Ciphertext]:
    return (parse_ballot(data, context).ciphertext for data in ballots)
