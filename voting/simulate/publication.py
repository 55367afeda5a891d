"""The end of a simulated poll: sum, decryption, opened sheets, result, manifest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.encoding import canonical
from voting.contest.commitments import SheetOpening
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.crypto.ballot import ballot_length
from voting.crypto.elgamal import add
from voting.crypto.group import G1
from voting.crypto.randomness import Rng
from voting.crypto.threshold import (
    Aggregate,
    PartialDecryption,
    TrusteeKey,
    combine_counts,
    verify_partial,
)
from voting.poll import record
from voting.poll.anchored import lone_checkpoint, opened_leaf
from voting.poll.definition import PollDefinition
from voting.poll.documents import AnchoredNote, OpenedSet, PublishedSum, decode_lines
from voting.poll.leaf import read_leaf
from voting.poll.record import Folder, Shelf, manifest_of
from voting.poll.tally import CountedSet, PartialSum, aggregate_of, votes_of
from voting.poll.trustee import MemoryAnswers, answer
from voting.simulate.organisers import Organisers
from voting.simulate.scene import Witness
from voting.workers import Workers

STRETCH_BALLOTS: Final = 500


@dataclass(frozen=True, slots=True)
class Sealed:
    """The experts' commitments and what opens them."""

    commitments: tuple[bytes, ...]
    openings: tuple[SheetOpening, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Closed:
    """A poll after closing.

    Args:
        definition: of the poll.
        organisers: with all secrets.
        sealed: the experts' sheets.
        final: the final checkpoint.
        witness: anchors the opened sheets, and the decryption after them.
    """

    definition: PollDefinition
    organisers: Organisers
    sealed: Sealed
    final: Checkpoint
    witness: Witness


def publish(closed: Closed, shelf: Shelf, workers: Workers, rng: Rng) -> None:
    """Add everything that follows the closing of the board to a record, manifest included.

    With fewer than ``min_ballots`` counted ballots nothing is decrypted, and the result stands on
    the experts alone.
    """
    definition, contest = closed.definition, closed.definition.contest
    openings = closed.sealed.openings
    if contest is not None:
        state = lone_checkpoint(definition.sheets_key, opened_leaf(openings))
        opened_at = closed.witness.anchor(definition.sheets_key, state, contest.deadline)
        shelf.append(record.COMMITMENTS, b"".join(closed.sealed.commitments))
        shelf.append(record.OPENED, OpenedSet(opened_at, openings).to_bytes())
    counts = _tally(closed, shelf, workers, rng)
    if contest is not None:
        sheets = [opening.sheet for opening in openings]
        organisers = closed.organisers
        panel = organisers.experts.panel
        result = decide(contest.rules, organisers.entries, panel, sheets, counts)
        shelf.append(record.RESULT, result.to_bytes())
    shelf.append(record.MANIFEST, manifest_of(definition.poll_id(), shelf).to_bytes())


def final_checkpoint(definition: PollDefinition, files: dict[str, bytes]) -> Checkpoint:
    """The last checkpoint of a record."""
    last = AnchoredNote.from_json(decode_lines(files[record.CHECKPOINTS])[-1])
    return open_checkpoint(last.note, [definition.board_key])


def _tally(closed: Closed, shelf: Shelf, workers: Workers, rng: Rng) -> PollCounts | None:
    definition = closed.definition
    counted = counted_places(definition, shelf)
    if len(counted) < definition.casting.min_ballots:
        return None
    parts = workers(add_up, _stretches(definition, counted, shelf, rng))
    total = add((part.total() for part in parts), len(definition.options))
    aggregate = aggregate_of(definition, closed.final, len(counted), total)
    partials = decrypt(definition, closed.organisers, aggregate, rng)
    keys = closed.organisers.trustees.keys.shares
    verified = [verify_partial(aggregate, keys, one) for one in partials]
    found = combine_counts(aggregate, definition.shape, len(verified), verified)
    counts = PollCounts(len(counted), dict(zip(_ids(definition), found, strict=True)))
    encoded = b"".join(one.encode() for one in partials)
    state, at = lone_checkpoint(definition.tally_key, encoded), closed.witness.closed(definition)
    decrypted_at = closed.witness.anchor(definition.tally_key, state, at)
    shelf.append(record.AGGREGATE, published_sum(aggregate, decrypted_at).to_bytes())
    shelf.append(record.PARTIALS, encoded)
    shelf.append(record.COUNTS, canonical(counts.to_json()))
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


@dataclass(frozen=True, slots=True)
class Counted:
    """Ballots that count, on their way to a process that adds them up."""

    definition: PollDefinition
    ballots: tuple[bytes, ...] = field(repr=False)
    rng: Rng = field(repr=False)


def add_up(work: Counted) -> PartialSum:
    """The sum of some ballots."""
    context = work.definition.context()
    total = add((votes_of(context, data) for data in work.ballots), context.shape.options)
    return PartialSum.of(total, work.rng)


def counted_places(definition: PollDefinition, folder: Folder) -> list[int]:
    """The places of the ballots that count, in one pass over the board."""
    context, counted = definition.context(), CountedSet()
    for place, data in enumerate(_ballots(definition, folder)):
        leaf = read_leaf(context, data)
        counted.add(place, leaf.key, leaf.sequence)
    return counted.places()


def _ballots(definition: PollDefinition, folder: Folder) -> Iterator[bytes]:
    length = ballot_length(definition.shape)
    for block in folder.blocks(record.BALLOTS, length * STRETCH_BALLOTS):
        yield from (block[at : at + length] for at in range(0, len(block), length))


def _stretches(
    definition: PollDefinition, counted: list[int], folder: Folder, rng: Rng
) -> Iterator[Counted]:
    places = set(counted)
    ballots = (data for i, data in enumerate(_ballots(definition, folder)) if i in places)
    while some := tuple(islice(ballots, STRETCH_BALLOTS)):
        yield Counted(definition, some, rng)
