"""Checks A-22 and A-23: experts' sheets, ranking and awards."""

from datetime import datetime
from functools import partial

from contracts.evidence.encoding import HASH_BYTES, parse_canonical
from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Book
from voting.audit.means import Trust
from voting.contest.commitments import SheetOpening, commitments_root, open_sheet
from voting.contest.comparison import MAX_RESULT_BYTES, check_result
from voting.contest.entries import Entry, entries_from_json, entries_hash
from voting.contest.judging import ScoreSheet
from voting.contest.panel import Judge, panel_from_json, panel_hash
from voting.contest.poll_counts import PollCounts
from voting.contest.result import Result, decide
from voting.errors import PanelError
from voting.poll import record
from voting.poll.anchored import is_anchored_alone, opened_leaf
from voting.poll.clauses import ContestPart
from voting.poll.definition import PollDefinition, draft_id
from voting.poll.documents import OpenedSet
from voting.poll.errors import RecordError
from voting.poll.record import Folder


def check_sheets(
    definition: PollDefinition,
    contest: ContestPart,
    decrypted_at: datetime | None,
    folder: Folder,
    noted: tuple[Trust, Book],
) -> tuple[tuple[Judge, ...], list[ScoreSheet]] | None:
    """A-22: sheets lead to commitments made before the poll, and were opened before decryption."""
    trust, book = noted
    return book.stage(
        partial(_check_sheets, definition, contest, decrypted_at, (folder, trust.chain, book))
    )


def _check_sheets(
    definition: PollDefinition,
    contest: ContestPart,
    decrypted_at: datetime | None,
    noted: tuple[Folder, TrustSnapshot | None, Book],
) -> tuple[tuple[Judge, ...], list[ScoreSheet]]:
    folder, chain, book = noted
    panel = book.attempt("A-22", record.PANEL, partial(_panel, contest, folder))
    commitments = book.attempt(
        "A-22", record.COMMITMENTS, partial(_commitments, contest, len(panel), folder)
    )
    opened = book.attempt("A-22", record.OPENED, lambda: _opened(folder))
    late = decrypted_at is not None and opened.anchored_at > decrypted_at
    if late or opened.anchored_at < contest.deadline:
        text = "the set of opened sheets was not fixed between the deadline and the decryption"
        book.add("A-22", record.OPENED, text)
    if chain is not None:
        leaf = opened_leaf(opened.openings)
        alone = is_anchored_alone(chain, definition.sheets_key, leaf, opened.anchored_at)
        text = "these openings alone are not what was anchored at the time given"
        book.expect("A-22", record.OPENED, holds=alone, otherwise=text)
    draft = draft_id(definition)
    sheets = []
    for opening in opened.openings:
        where = f"{record.OPENED}[{opening.expert}]"
        act = partial(_sheet, draft, commitments, panel, opening)
        sheet = book.stage(partial(book.attempt, "A-22", where, act))
        if sheet is not None:
            sheets.append(sheet)
    return panel, sheets


def _panel(contest: ContestPart, folder: Folder) -> tuple[Judge, ...]:
    panel = panel_from_json(parse_canonical(record.read(folder, record.PANEL)))
    if panel_hash(panel) != contest.panel_hash:
        raise RecordError("this is another panel than the definition's")
    return panel


def _commitments(contest: ContestPart, experts: int, folder: Folder) -> list[bytes]:
    data = record.read(folder, record.COMMITMENTS)
    if len(data) != HASH_BYTES * experts:
        raise RecordError("there is one commitment of 32 bytes for each expert")
    found = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
    if commitments_root(found) != contest.sheets_root:
        raise RecordError("these are other commitments than the definition's")
    return found


def _opened(folder: Folder) -> OpenedSet:
    return OpenedSet.parse(record.read(folder, record.OPENED))


def _sheet(
    draft: bytes, commitments: list[bytes], panel: tuple[Judge, ...], opening: SheetOpening
) -> ScoreSheet:
    sheet = open_sheet(draft, commitments, opening)
    if sheet.judge != panel[opening.expert].id:
        raise PanelError("this sheet carries another expert's id")
    return sheet


def check_outcome(
    definition: PollDefinition,
    contest: ContestPart,
    opened: tuple[tuple[Judge, ...], list[ScoreSheet]],
    counts: PollCounts | None,
    noted: tuple[Folder, Book],
) -> Result | None:
    """A-23: the published result is what the rules give for sheets and counts.

    Returns:
        That result; None where there is a finding.
    """
    folder, book = noted

    def compare() -> Result:
        result = decide(contest.rules, entries, *opened, counts)
        check_result(record.read(folder, record.RESULT, MAX_RESULT_BYTES), result)
        return result

    def act() -> Result:
        return book.attempt("A-23", record.RESULT, compare)

    loaded = book.stage(
        partial(
            book.attempt, "A-23", record.ENTRIES, partial(_entries, definition, contest, folder)
        )
    )
    if loaded is None:
        return None
    entries = loaded
    return book.stage(act)


def _entries(definition: PollDefinition, contest: ContestPart, folder: Folder) -> tuple[Entry, ...]:
    entries = entries_from_json(parse_canonical(record.read(folder, record.ENTRIES)))
    if entries_hash(entries) != contest.entries_hash:
        raise RecordError("these are other entries than the definition's")
    if {entry.id for entry in entries} != {option.id for option in definition.options}:
        raise RecordError("the options of the poll are not the entries of the contest")
    return entries
