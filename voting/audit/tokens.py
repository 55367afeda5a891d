"""Check A-08: the registrars' token logs, read as streams and joined in the order of their entries.

A log is read twice: alone for its order, commitments and signed state, then beside the others to
count tokens. Only sets of 32-byte commitments grow with it, one log at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from heapq import merge
from itertools import groupby, islice
from typing import Final

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.errors import EncodingError
from contracts.evidence.merkle import Tree, leaf_hash
from contracts.evidence.names import log_id
from contracts.evidence.note import MAX_NOTE_BYTES, LogKey
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Book
from voting.audit.means import Trust
from voting.crypto.group import G1
from voting.crypto.randomness import Rng
from voting.crypto.subgroup import check_subgroup
from voting.poll import record
from voting.poll.definition import PollDefinition
from voting.poll.errors import RecordError
from voting.poll.record import Folder
from voting.poll.token_log import ENTRY_BYTES, MAX_ENTRIES, EntryOrder

SUBGROUP_BATCH: Final = 10_000
_BLOCK_ENTRIES: Final = 4096
_KEY: Final = G1.point_bytes


def check_tokens(
    definition: PollDefinition, folder: Folder, trust: Trust, rng: Rng, book: Book
) -> int | None:
    """A-08: every registrar's log.

    Returns:
        How many tokens there can be; None if a log cannot be read, or is out of order.
    """
    window = definition.registration.closes, definition.times.final
    logs = [
        _Log(definition.registrar_key(j), *record.token_names(j), folder, window)
        for j in range(1, len(definition.registrars.identities) + 1)
    ]
    sound = [book.stage(partial(log.check, trust, book)) for log in logs]
    if not all(sound):
        return None
    needed = definition.registrars.threshold - definition.registrars.dishonest

    def count() -> int:
        return book.attempt("A-08", "tokens", lambda: _count(logs, needed, rng))

    return book.stage(count)


def _count(logs: list["_Log"], needed: int, rng: Rng) -> int:
    """How many blinded keys ``needed`` logs hold, each distinct one being checked as a point."""
    tokens = 0
    joined = groupby(merge(*(log.requests() for log in logs)))
    rows = ((request, sum(1 for _ in same)) for request, same in joined)
    while batch := list(islice(rows, SUBGROUP_BATCH)):
        check_subgroup([G1.on_curve(request) for request, _ in batch], rng)
        tokens += sum(1 for _, times in batch if times >= needed)
    return tokens


@dataclass(frozen=True, slots=True)
class _Log:
    """One registrar's log in the record; ``window`` is when it may be anchored."""

    key: LogKey
    entries_name: str
    note_name: str
    folder: Folder
    window: tuple[datetime, datetime]

    def check(self, trust: Trust, book: Book) -> bool:
        """Check the log alone; False where its entries are in no order to be joined by."""
        tree, order = Tree(), EntryOrder()

        def scan() -> None:
            for entry in self.entries():
                G1.check_form(entry[:_KEY])
                tree.append(leaf_hash(entry))
                order.add(entry)

        book.attempt("A-08", self.entries_name, scan)
        book.stage(lambda: book.attempt("A-08", self.entries_name, order.check))
        book.stage(lambda: self._check_state(tree, trust, book))
        return order.ascending

    def entries(self) -> Iterator[bytes]:
        """All entries as a stream.

        Raises:
            RecordError: the file cannot be read, has too many, or is no whole number of them.
        """
        if self.folder.length(self.entries_name) > ENTRY_BYTES * MAX_ENTRIES:
            raise RecordError(f"a token log has at most {MAX_ENTRIES} entries")
        for block in self.folder.blocks(self.entries_name, ENTRY_BYTES * _BLOCK_ENTRIES):
            if len(block) % ENTRY_BYTES:
                raise RecordError("a token log is a whole number of entries")
            yield from (block[at : at + ENTRY_BYTES] for at in range(0, len(block), ENTRY_BYTES))

    def requests(self) -> Iterator[bytes]:
        """All blinded keys as a stream."""
        return (entry[:_KEY] for entry in self.entries())

    def _check_state(self, tree: Tree, trust: Trust, book: Book) -> None:
        note = book.attempt("A-08", self.note_name, lambda: read_note(self.folder, self.note_name))
        state = book.attempt("A-08", self.note_name, lambda: open_checkpoint(note, [self.key]))
        expected = Checkpoint(self.key.origin, tree.size, tree.root())
        if state != expected:
            book.add("A-08", self.note_name, "the signed state is not that of the entries")
        if trust.chain is not None and not _is_anchored(trust.chain, expected, self.window):
            book.add("A-08", self.note_name, "this state alone is not what was anchored at closing")


def read_note(folder: Folder, name: str) -> str:
    """A signed note from a file.

    Raises:
        RecordError: missing, or longer than notes are.
        EncodingError: no UTF-8.
    """
    try:
        return record.read(folder, name, MAX_NOTE_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise EncodingError("a note is UTF-8 text") from error


def _is_anchored(
    chain: TrustSnapshot, state: Checkpoint, window: tuple[datetime, datetime]
) -> bool:
    """Whether this state alone is anchored, in time; of an empty log nothing is."""
    log = chain.log(log_id(state.origin))
    points = () if log is None else log.checkpoints
    expected = [(state.size, state.root)] if state.size else []
    in_time = all(window[0] <= point.time <= window[1] for point in points)
    return in_time and [(point.size, point.root) for point in points] == expected
