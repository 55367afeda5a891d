"""Checks A-18 to A-21: the sum, the fewest ballots, decryption proofs, counts.

Each takes the published value of the one before: what a later check builds on was compared with
what the auditor computed, so that every deviation is found once, by its own check.
"""

from dataclasses import dataclass
from functools import partial

from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.encoding import parse_canonical
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Book, StageError
from voting.contest.poll_counts import PollCounts
from voting.crypto.ceremony_record import CeremonyKeys
from voting.crypto.elgamal import Ciphertext
from voting.crypto.group import G1, SCALAR_BYTES, G1Point
from voting.crypto.threshold import (
    Aggregate,
    PartialDecryption,
    VerifiedPartial,
    combine_counts,
    verify_partial,
)
from voting.crypto.threshold import Board as AnchoredBoard
from voting.crypto.transcript import DIGEST_BYTES
from voting.poll import record
from voting.poll.anchored import is_anchored_alone, is_untouched
from voting.poll.definition import PollDefinition
from voting.poll.documents import PublishedSum
from voting.poll.errors import RecordError
from voting.poll.record import Folder


@dataclass(frozen=True, slots=True)
class Recount:
    """What the auditor found on the board.

    Args:
        final: the final checkpoint.
        ballots: how many ballots count.
        total: their sum.
    """

    final: Checkpoint
    ballots: int
    total: Ciphertext


def check_sum(recount: Recount | None, folder: Folder, book: Book) -> PublishedSum | None:
    """A-18: the published sum is the sum of the counted ballots under the final checkpoint.

    Without a recount, for want of a final checkpoint, it is read and not compared.
    """
    place = record.AGGREGATE

    def act() -> PublishedSum:
        raw = book.attempt("A-18", place, lambda: record.read(folder, place))
        published = book.attempt("A-18", place, lambda: PublishedSum.parse(raw))
        if recount is None:
            book.leave("A-18")
            return published
        final = (recount.final.size, recount.final.root)
        if (published.size, published.root) != final:
            book.add("A-18", place, "the sum names another checkpoint than the final one")
        if published.ballots != recount.ballots:
            book.add("A-18", place, f"{recount.ballots} ballots count, not {published.ballots}")
        points = (recount.total.a, *recount.total.b)
        expected = book.attempt("A-18", place, lambda: tuple(G1.encode(p) for p in points))
        if published.points != expected:
            book.add("A-18", place, "the ballots add up to another sum")
        return published

    return book.stage(act)


def check_turnout(
    definition: PollDefinition,
    ballots: int,
    folder: Folder,
    chain: TrustSnapshot | None,
    book: Book,
) -> bool:
    """A-19: with fewer than ``min_ballots`` nothing is decrypted; else everything is.

    Returns:
        Whether there is a tally to check.
    """
    there = record.TALLY & set(folder.names())
    enough = ballots >= definition.casting.min_ballots
    book.look("A-19")
    if not enough and there:
        book.add("A-19", "tally", f"{ballots} ballots were decrypted, which are too few")
    if enough and there != record.TALLY:
        book.add("A-19", "tally", "enough people voted, but the tally is not published")
    if not there and chain is not None and not is_untouched(chain, definition.tally_key):
        book.add("A-19", "tally", "a decryption was anchored, but the tally is not published")
    return there == record.TALLY


def check_decrypted_at(
    definition: PollDefinition,
    published: PublishedSum,
    chain: TrustSnapshot,
    folder: Folder,
    book: Book,
) -> None:
    """A-20 (snapshot): these partial decryptions alone were anchored, when the record says."""
    place = record.PARTIALS

    def act() -> None:
        data = book.attempt("A-20", place, lambda: record.read(folder, place))
        at, key = published.decrypted_at, definition.tally_key
        text = "these partial decryptions alone are not what was anchored at the time given"
        book.expect("A-20", place, holds=is_anchored_alone(chain, key, data, at), otherwise=text)

    book.stage(act)


def check_partials(
    definition: PollDefinition,
    published: PublishedSum,
    keys: CeremonyKeys[G1Point],
    folder: Folder,
    book: Book,
) -> tuple[Aggregate, list[VerifiedPartial]] | None:
    """A-20: the proofs of at least t trustees, each once and in order."""
    place, options = record.PARTIALS, len(definition.options)
    length = DIGEST_BYTES + 4 + G1.evm_bytes * (options + 2) + SCALAR_BYTES

    def load() -> list[bytes]:
        data = record.read(folder, place)
        if len(data) % length:
            raise RecordError("the file is no whole number of partial decryptions")
        return [data[at : at + length] for at in range(0, len(data), length)]

    def verified(data: bytes) -> VerifiedPartial:
        return verify_partial(aggregate, keys.shares, PartialDecryption.decode(data, options))

    def act() -> tuple[Aggregate, list[VerifiedPartial]]:
        encoded = book.attempt("A-20", place, load)
        checked = [
            book.stage(partial(book.attempt, "A-20", f"{place}[{i}]", partial(verified, data)))
            for i, data in enumerate(encoded)
        ]
        good = [one for one in checked if one is not None]
        trustees = [one.trustee for one in good]
        if trustees != sorted(set(trustees)):
            book.add("A-20", place, "trustees answer once each, in ascending order")
        if len(set(trustees)) < definition.trustees.threshold:
            book.add("A-20", place, "fewer trustees than the threshold decrypted rightly")
            raise StageError
        distinct = {one.trustee: one for one in good}
        return aggregate, list(distinct.values())[: definition.trustees.threshold]

    late = published.decrypted_at > definition.times.final
    text = "decrypted before the final checkpoint was known"
    book.expect("A-20", record.AGGREGATE, holds=late, otherwise=text)
    made = book.stage(
        partial(book.attempt, "A-20", record.AGGREGATE, partial(_aggregate, definition, published))
    )
    if made is None:
        return None
    aggregate = made
    return book.stage(act)


def _aggregate(definition: PollDefinition, published: PublishedSum) -> Aggregate:
    publication = definition.publication
    board = AnchoredBoard(
        publication.chain_id,
        publication.contract,
        definition.poll_id(),
        published.size,
        published.root,
    )
    return Aggregate(board, published.ballots, published.ciphertext())


def check_counts(
    definition: PollDefinition,
    decrypted: tuple[Aggregate, list[VerifiedPartial]] | None,
    folder: Folder,
    book: Book,
) -> PollCounts | None:
    """A-21: the published counts are the decryption of the published sum."""
    place = record.COUNTS

    def load() -> PollCounts:
        return PollCounts.from_json(parse_canonical(record.read(folder, place)))

    def act() -> PollCounts:
        counts = book.attempt("A-21", place, load)
        if decrypted is None:
            book.leave("A-21")
            return counts
        aggregate, partials = decrypted
        shape, threshold = definition.shape, definition.trustees.threshold
        found = book.attempt(
            "A-21", place, lambda: combine_counts(aggregate, shape, threshold, partials)
        )
        ids = [option.id for option in definition.options]
        same = counts.voters == aggregate.ballots and dict(counts.votes) == dict(
            zip(ids, found, strict=True)
        )
        text = "the sum decrypts to other counts"
        book.expect("A-21", place, holds=same, otherwise=text)
        return counts

    return book.stage(act)
