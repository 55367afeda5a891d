"""Checks A-09 and A-10 on the board's signed checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Final

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.merkle import check_consistency
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Book
from voting.poll import record
from voting.poll.definition import PollDefinition
from voting.poll.documents import AnchoredNote, decode_line, split_lines
from voting.poll.record import Folder

MAX_CHECKPOINTS_BYTES: Final = 1 << 28
_PLACE: Final = record.CHECKPOINTS


@dataclass(frozen=True, slots=True)
class BoardState:
    """The board's checkpoints, all signed with its key; at least one."""

    checkpoints: tuple[Checkpoint, ...]

    @property
    def final(self) -> Checkpoint:
        """The last one."""
        return self.checkpoints[-1]


def check_checkpoints(
    definition: PollDefinition, folder: Folder, chain: TrustSnapshot | None, book: Book
) -> BoardState | None:
    """A-09: signatures and consistency; A-10: times, and the same on chain.

    None for a board that has no checkpoint, or one that its key did not sign.
    """
    return book.stage(partial(_check, definition, folder, chain, book))


def _check(
    definition: PollDefinition, folder: Folder, chain: TrustSnapshot | None, book: Book
) -> BoardState | None:
    lines = book.attempt("A-09", _PLACE, partial(_load, folder))  # Each is read by itself.
    opened = [_open(definition, i, line, book) for i, line in enumerate(lines)]
    known = [one for one in opened if one is not None]
    _check_times(definition, [note.anchored_at for _, note in known], book)
    if chain is not None:
        claimed = [(point.size, point.root, note.anchored_at) for point, note in known]
        same = len(known) == len(lines) and claimed == _anchored(definition, chain)
        text = "these are not the checkpoints that were anchored until the end of the grace"
        book.expect("A-10", _PLACE, holds=same, otherwise=text)
        complete = chain.head.time > definition.times.final
        text = "the snapshot is older than the end of the grace: more may have been anchored"
        book.expect("A-10", _PLACE, holds=complete, otherwise=text)
    if len(known) < len(lines):
        return None
    points = tuple(point for point, _ in known)
    _check_growth(points, [note for _, note in known], book)
    return BoardState(points) if points else None


def _open(
    definition: PollDefinition, index: int, line: bytes, book: Book
) -> tuple[Checkpoint, AnchoredNote] | None:
    """A checkpoint with its line; None for one that cannot be read, or that is not signed."""

    def act() -> tuple[Checkpoint, AnchoredNote]:
        note = AnchoredNote.from_json(decode_line(line))
        return open_checkpoint(note.note, [definition.board_key]), note

    return book.stage(partial(book.attempt, "A-09", f"{_PLACE}[{index}]", act))


def _load(folder: Folder) -> list[bytes]:
    return split_lines(record.read(folder, _PLACE, MAX_CHECKPOINTS_BYTES))


def _check_growth(points: Sequence[Checkpoint], notes: Sequence[AnchoredNote], book: Book) -> None:
    if points and (notes[0].proof or not points[0].size):
        book.add("A-09", f"{_PLACE}[0]", "the first checkpoint is of nothing, or has a proof")
    for i, (old, new) in enumerate(pairwise(points), 1):
        where = f"{_PLACE}[{i}]"
        if new.size <= old.size:
            book.add("A-09", where, "the board did not grow")
            continue
        step = partial(check_consistency, old.size, new.size, notes[i].proof, old.root, new.root)
        book.stage(partial(book.attempt, "A-09", where, step))


def _check_times(definition: PollDefinition, times: Sequence[datetime], book: Book) -> None:
    window = definition.times
    ordered = all(earlier <= later for earlier, later in pairwise(times))
    book.expect("A-10", _PLACE, holds=ordered, otherwise="checkpoints run back in time")
    for i, time in enumerate(times):
        inside = window.opens <= time <= window.final
        text = "anchored before opening, or after the grace"
        book.expect("A-10", f"{_PLACE}[{i}]", holds=inside, otherwise=text)


def _anchored(
    definition: PollDefinition, chain: TrustSnapshot
) -> list[tuple[int, bytes, datetime]]:
    log = chain.log(log_id(definition.publication.origin))
    points = () if log is None else log.checkpoints
    return [(p.size, p.root, p.time) for p in points if p.time <= definition.times.final]
