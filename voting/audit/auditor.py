"""The audit: every numbered check of SPEC section 19 over one record."""

from functools import partial

from voting.audit.board import Scan, check_ballots, scan_board
from voting.audit.checkpoints import BoardState, check_checkpoints
from voting.audit.contest import check_outcome, check_sheets
from voting.audit.findings import Book, Report
from voting.audit.means import Means, Trust
from voting.audit.published import Inbox, check_published, check_tokens_used
from voting.audit.setting import (
    check_chain,
    check_definition,
    check_endorsed,
    check_files,
    check_names,
    check_registrars,
    check_trustees,
)
from voting.audit.tally import (
    Recount,
    check_counts,
    check_decrypted_at,
    check_partials,
    check_sum,
    check_turnout,
)
from voting.audit.tokens import check_tokens
from voting.audit.winners import Winners
from voting.contest.poll_counts import PollCounts
from voting.crypto.ceremony_record import CeremonyKeys
from voting.crypto.elgamal import Ciphertext
from voting.crypto.group import G1Point
from voting.crypto.poll_context import PollContext
from voting.poll.definition import PollDefinition
from voting.poll.documents import PublishedSum
from voting.poll.record import DEFINITION, TALLY, Folder


def audit(folder: Folder, trust: Trust, means: Means) -> Report:
    """Check a record.

    Args:
        folder: the record, hostile.
        trust: what it is compared with.
        means: randomness, processes, progress.

    Returns:
        All findings. Checks that need what another one did not find are left undetermined; the
        report holds only if there is no finding at all.

    Not checked without a snapshot: that the checkpoints and the token logs are those that were
    anchored, and when sheets were opened and sums decrypted. Not checked without a poll id: that
    the definition is the one that was announced. Never checked here, as no kind of publication
    keeps it: that the inbox is complete, and that keys were used once.
    """
    book = Book()
    listed = check_files(folder, book)
    definition = check_definition(folder, listed, trust, book)
    if definition is None:
        book.expect("A-01", DEFINITION, holds=DEFINITION in folder.names(), otherwise="missing")
        return book.report(trust.compared, None)
    check_names(definition, folder, book)
    if trust.chain is not None:
        check_chain(definition, trust.chain, book)
    sizes, winners = _check_poll(definition, folder, trust, means, book)
    return book.report(trust.compared, definition, sizes, winners)


def _check_poll(
    definition: PollDefinition, folder: Folder, trust: Trust, means: Means, book: Book
) -> tuple[tuple[int, int], Winners | None]:
    keys = check_trustees(definition, folder, book)
    check_registrars(definition, folder, book)
    check_endorsed(definition, folder, book)
    tokens = check_tokens(definition, folder, trust, means.rng, book)
    state = check_checkpoints(definition, folder, trust.chain, book)
    context = book.stage(partial(book.attempt, "A-07", DEFINITION, definition.context))
    if context is None:
        return (0, 0), None
    scan, total = _check_board(definition, context, state, folder, (means, book))
    if tokens is not None:
        check_tokens_used(scan, tokens, book)
    published, counts = None, None
    decrypted = check_turnout(definition, len(scan.counted), folder, trust.chain, book)
    if decrypted:
        recount = None if state is None else Recount(state.final, len(scan.counted), total)
        published, counts = _check_tally(definition, recount, keys, folder, (trust, book))
    known = published is not None and counts is not None
    partly = not decrypted and bool(TALLY & set(folder.names()))
    result = None
    if definition.contest is not None:
        decrypted_at = None if published is None else published.decrypted_at
        contest = definition.contest
        opened = check_sheets(definition, contest, decrypted_at, folder, (trust, book))
        if opened is not None and known == decrypted and not partly:
            result = check_outcome(definition, contest, opened, counts, (folder, book))
    winners = Winners.of(definition, counts, result)
    return (scan.tree.size, len(scan.counted)), winners


def _check_board(
    definition: PollDefinition,
    context: PollContext,
    state: BoardState | None,
    folder: Folder,
    noted: tuple[Means, Book],
) -> tuple[Scan, Ciphertext]:
    means, book = noted
    scan = scan_board(context, folder, state, book)
    total = check_ballots(definition, folder, scan, means, book)
    check_published(definition, context, folder, scan, book)
    Inbox(context, scan, means.rng).check(folder, book)
    return scan, total


def _check_tally(
    definition: PollDefinition,
    recount: Recount | None,
    keys: CeremonyKeys[G1Point] | None,
    folder: Folder,
    noted: tuple[Trust, Book],
) -> tuple[PublishedSum | None, PollCounts | None]:
    trust, book = noted
    published = check_sum(recount, folder, book)
    decrypted = None
    if published is not None and recount is not None:
        if trust.chain is not None:
            check_decrypted_at(definition, published, trust.chain, folder, book)
        if keys is not None:
            decrypted = check_partials(definition, published, keys, folder, book)
    return published, check_counts(definition, decrypted, folder, book)
