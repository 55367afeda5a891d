"""Recount one year's contest from the folder and the chain snapshot alone."""

from datetime import datetime
from itertools import pairwise

from api.demo.contest.polling import GRACE, audit_poll, poll_document
from api.demo.contest.record import ContestRecord
from api.demo.contest.source import ContestSource, read_source, source_bytes
from api.demo.errors import MismatchError
from api.demo.logs import AnchoredLog, check_documents
from api.demo.report import Report, require
from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.snapshot import TrustSnapshot
from voting.contest.commitments import commitments_root, open_sheet
from voting.contest.comparison import check_result
from voting.contest.entries import Entry, entries_hash
from voting.contest.judging import ScoreSheet
from voting.contest.panel import panel_hash
from voting.contest.result import Result, decide
from voting.contest.rounds import advance
from voting.poll.clauses import PublicationKind

BEFORE_ROUNDS = ("source.json", "rules.json", "entries.json", "panel.json", "definition.json")
AFTER_ROUNDS = (
    "final/commitments.json",
    "poll.json",
    "final/openings.json",
    "poll/manifest.json",
    "result.json",
)


def anchored_paths(source: ContestSource) -> list[str]:
    """The year's files in the order in which they must have been anchored."""
    rounds = [
        f"rounds/{this.id}/{name}"
        for this in source.rules.rounds
        for name in ("sheets.json", "advancement.json")
    ]
    return [f"{source.year}/{name}" for name in (*BEFORE_ROUNDS, *rounds, *AFTER_ROUNDS)]


def check_contest(report: Report, record: ContestRecord, log: AnchoredLog) -> None:
    """Every check of one year; see the check names in ``docs/demo.md``."""
    source = read_source(source_bytes(record.year))
    with report.examine("contest.source", record.path("source.json")):
        shipped = canonical(parse_json(source_bytes(record.year)))
        require(
            record.folder.read(record.path("source.json")) == shipped,
            "not the data set that comes with the product",
        )
    check_documents(report, log, anchored_paths(source))
    with report.examine("contest.definition", record.path("definition.json")):
        _check_definition(record, source)
    for number, this in enumerate(source.rules.rounds):
        with report.examine("contest.round", record.path(f"rounds/{this.id}/advancement.json")):
            _check_round(record, number)
    with report.examine("contest.commitments", record.path("final/openings.json")):
        _opened_sheets(record)
    with report.examine("contest.order", f"logs/{log.name}"):
        _check_order(log, record, source)
    with report.examine("contest.poll", record.path("poll.json")):
        _check_poll(record, source)
    _audit(report, record, log.snapshot)
    with report.examine("contest.result", record.path("result.json")):
        check_result(record.folder.read(record.path("result.json")), recompute(record))
    with report.examine("contest.facts", record.path("result.json")):
        _check_facts(source, recompute(record))


def _audit(report: Report, record: ContestRecord, snapshot: TrustSnapshot) -> None:
    """Every numbered check of the poll's own audit; its findings are named as they are."""
    place = record.path("poll")
    with report.examine("contest.audit", place):
        audited = audit_poll(record, snapshot)
        for one in audited.findings:
            with report.examine("contest.audit", f"{place}/{one.place}"):
                require(holds=False, reason=f"{one.check} {one.message} ({one.code})")
        require(audited.holds, "the audit of the poll does not hold")
        require(
            audited.counted == record.voters(), "another number of people voted than was announced"
        )


def finalists_of(record: ContestRecord) -> tuple[Entry, ...]:
    """The entries that the recomputed rounds send on."""
    taken = record.entries()
    rules, panel = record.rules(), record.panel()
    for this in rules.rounds:
        taken = advance(rules.judging, this, taken, panel, record.sheets(this.id)).advanced
    return taken


def recompute(record: ContestRecord) -> Result:
    """The result from sheets and ballots, nothing taken from the published result."""
    return decide(
        record.rules(),
        finalists_of(record),
        record.panel(),
        _opened_sheets(record),
        record.counts(),
    )


def _check_definition(record: ContestRecord, source: ContestSource) -> None:
    definition = record.definition()
    require(definition.rules == record.rules().rules_hash(), "other rules than those frozen")
    require(definition.entries == entries_hash(record.entries()), "other entries than frozen")
    require(definition.panel == panel_hash(record.panel()), "other judges than those frozen")
    require(record.rules() == source.rules, "other rules than the data set's")
    require(
        (definition.year, definition.opens, definition.closes, definition.choices)
        == (source.year, source.opens, source.closes, source.choices),
        "another poll than the data set's",
    )


def _check_round(record: ContestRecord, number: int) -> None:
    rules, panel = record.rules(), record.panel()
    this, taken = rules.rounds[number], record.entries()
    for earlier in rules.rounds[:number]:
        taken = advance(rules.judging, earlier, taken, panel, record.sheets(earlier.id)).advanced
    outcome = advance(rules.judging, this, taken, panel, record.sheets(this.id))
    name = f"rounds/{this.id}/advancement.json"
    require(record.json(name) == outcome.to_json(), "the sheets give another outcome")


def _opened_sheets(record: ContestRecord) -> list[ScoreSheet]:
    commitments, draft = record.commitments(), record.definition().draft_id()
    commitments_root(commitments)
    return [open_sheet(draft, commitments, opening) for opening in record.openings()]


def _check_order(log: AnchoredLog, record: ContestRecord, source: ContestSource) -> None:
    """Commitments before the poll, sheets opened after it, and decryption only after that."""
    paths, definition = anchored_paths(source), record.definition()

    def when(name: str) -> datetime:
        point = log.on_chain().first_covering(paths.index(f"{source.year}/{name}"))
        if point is None:
            raise MismatchError(f"{name} was never anchored")
        return point.time

    require(
        max(when("final/commitments.json"), when("poll.json")) < definition.opens,
        "the sheets were not committed, or the poll not announced, before it opened",
    )
    order = ["final/commitments.json", "poll.json", "final/openings.json", "poll/manifest.json"]
    order.append("result.json")
    require(
        all(when(first) < when(then) for first, then in pairwise(order)),
        "the steps were not anchored in the order that the rules demand",
    )
    require(
        definition.closes + GRACE < when("final/openings.json"),
        "the sheets were opened before the last checkpoint could be anchored",
    )
    require(
        when("final/openings.json") <= record.published_sum().decrypted_at,
        "the sum was decrypted before the sheets were opened",
    )


def _check_poll(record: ContestRecord, source: ContestSource) -> None:
    """The poll is the contest's: options, choices, times; what was announced follows from it."""
    poll, definition, voters = record.poll_definition(), record.definition(), record.voters()
    finalists = {entry.id for entry in finalists_of(record)}
    require({option.id for option in poll.options} == finalists, "the options are no finalists")
    require(
        (poll.times.opens, poll.times.closes) == (definition.opens, definition.closes),
        "the poll has other times than the contest",
    )
    choose = definition.choices
    require(
        (poll.casting.minimum, poll.casting.maximum) == (choose, choose),
        "a ballot chooses another number of cases",
    )
    require(
        poll.publication.kind is PublicationKind.CHECKPOINT_LOG,
        "the poll is published by something else than the trail says",
    )
    require(0 < voters <= source.voters, "more voters than there were")
    require(
        record.json("poll.json") == poll_document(source, poll, voters),
        "another poll, or other facts than those published",
    )


def _check_facts(source: ContestSource, result: Result) -> None:
    """What was published must come out of a whole poll: votes, voters, tiers of the named cases.

    A poll that is scaled down has synthetic votes, and stands for itself.
    """
    if result.poll is not None and result.poll.voters < source.voters:
        return
    require(result.poll is not None and result.poll.voters == source.voters, "other turnout")
    for name in source.published_votes:
        votes = result.poll.votes[name] if result.poll is not None else None
        require(votes == source.votes[name], f"{name} has other votes than were published")
    awards = result.chosen.awards.awards if result.chosen is not None else ()
    tiers = {award.entry: award.tier for award in awards}
    for entry, tier in source.named:
        require(tiers.get(entry.id) == tier, f"{entry.id} has another tier than was published")
