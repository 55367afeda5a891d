"""Checks A-15 to A-17: keys against tokens, the contract's inbox, and published checks."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from contracts.evidence.merkle import leaf_hash
from voting.audit.board import Scan
from voting.audit.findings import Book
from voting.crypto.ballot import parse_ballot
from voting.crypto.opening import Opening, check_opening
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.crypto.transcript import DIGEST_BYTES
from voting.crypto.verification import verify_ballot
from voting.errors import VotingError
from voting.poll import record
from voting.poll.board import opened_randomness
from voting.poll.definition import PollDefinition
from voting.poll.documents import InboxEntry, decode_lines
from voting.poll.errors import RecordError
from voting.poll.leaf import read_leaf
from voting.poll.record import Folder

MAX_INBOX_BYTES: Final = 1 << 28
MAX_CHECKS_BYTES: Final = 1 << 28
_OPENING_FIXED: Final = 2 + 3 * DIGEST_BYTES


def check_tokens_used(scan: Scan, tokens: int, book: Book) -> None:
    """A-15: not more distinct ballot keys on the board than tokens can exist."""
    keys = len(scan.counted)
    text = f"{keys} ballot keys voted, but only {tokens} tokens can exist"
    book.expect("A-15", record.BALLOTS, holds=keys <= tokens, otherwise=text)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is needed to judge posted ballots: the poll, the board, and random weights."""

    context: PollContext
    scan: Scan
    rng: Rng

    def check(self, folder: Folder, book: Book) -> None:
        """A-16: every posted ballot stands in the log, or is refused for a reason that holds."""
        book.stage(partial(self._check, folder, book))

    def _check(self, folder: Folder, book: Book) -> None:
        def load() -> list[InboxEntry]:
            lines = decode_lines(record.read(folder, record.INBOX, MAX_INBOX_BYTES))
            return [InboxEntry.from_json(line) for line in lines]

        for i, entry in enumerate(book.attempt("A-16", record.INBOX, load)):
            verdict = "" if leaf_hash(entry.ballot) in self.scan.leaves else self._reason(entry)
            text = f"the reason given is '{entry.refused}', the one found '{verdict}'"
            if not verdict and leaf_hash(entry.ballot) not in self.scan.leaves:
                text = "a sound ballot that was posted in time is missing from the log"
                book.add("A-16", f"{record.INBOX}[{i}]", text)
            elif verdict != entry.refused:
                book.add("A-16", f"{record.INBOX}[{i}]", text)

    def _reason(self, entry: InboxEntry) -> str:
        """The first check that a ballot outside the log fails; empty for a sound one."""
        try:
            self.scan.taken.check(read_leaf(self.context, entry.ballot))
            verify_ballot(self.context, parse_ballot(entry.ballot, self.context), self.rng)
        except VotingError as error:
            return error.code
        return ""


def check_published(
    definition: PollDefinition, context: PollContext, folder: Folder, scan: Scan, book: Book
) -> None:
    """A-17: published checks open, are sorted, and none of them was cast.

    Their codes and first components are added to ``scan``, as a posted ballot may be refused for
    them.
    """
    place = record.CHECKS
    length = _OPENING_FIXED + len(definition.options)

    def load() -> list[bytes]:
        data = record.read(folder, place, MAX_CHECKS_BYTES)
        if len(data) % length:
            raise RecordError("the file is no whole number of openings")
        return [data[at : at + length] for at in range(0, len(data), length)]

    def act() -> None:
        encoded = book.attempt("A-17", place, load)
        if encoded and not definition.casting.public_checks:
            book.add("A-17", place, "this poll publishes no checks")
            return  # Opening what should not be there could cost any time.
        if encoded != sorted(set(encoded)):
            book.add("A-17", place, "checks are published once each, in ascending order")
        for i, data in enumerate(encoded):
            book.stage(partial(_check_opened, context, scan, data, (f"{place}[{i}]", book)))

    book.stage(act)


def _check_opened(context: PollContext, scan: Scan, data: bytes, noted: tuple[str, Book]) -> None:
    where, book = noted
    opening = book.attempt("A-17", where, partial(Opening.decode, data))
    book.attempt("A-17", where, partial(check_opening, context, opening))
    randomness = opened_randomness(opening)
    if opening.code in scan.taken.codes or randomness in scan.taken.randomness:
        book.add("A-17", where, "this ciphertext was opened, and stands on the board")
    scan.taken.checked_codes.add(opening.code)
    scan.taken.checked_randomness.add(randomness)
