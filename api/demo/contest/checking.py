"""Recount one year's contest from the folder and the chain snapshot alone."""

from itertools import pairwise

from api.demo.contest.record import ContestRecord, Definition, count
from api.demo.contest.source import ContestSource, read_source, source_bytes
from api.demo.logs import AnchoredLog, check_documents
from api.demo.report import Report, require
from contracts.evidence.encoding import canonical, parse_json
from voting.contest.commitments import commitments_root, open_sheet
from voting.contest.comparison import check_result
from voting.contest.entries import Entry, entries_hash
from voting.contest.judging import ScoreSheet
from voting.contest.panel import panel_hash
from voting.contest.poll_counts import PollCounts
from voting.contest.result import Result, decide
from voting.contest.rounds import advance

BEFORE_ROUNDS = ("source.json", "rules.json", "entries.json", "panel.json", "definition.json")
AFTER_ROUNDS = (
    "final/commitments.json",
    "ballots.txt",
    "final/openings.json",
    "counts.json",
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
        _check_order(log, record.definition(), source)
    with report.examine("contest.ballots", record.path("ballots.txt")):
        require(len(record.ballots()) == source.voters, "not one ballot for every voter")
    with report.examine("contest.count", record.path("counts.json")):
        require(record.counts() == _recount(record), "the ballots give other counts")
    with report.examine("contest.result", record.path("result.json")):
        check_result(record.folder.read(record.path("result.json")), recompute(record))
    with report.examine("contest.facts", record.path("result.json")):
        _check_facts(source, recompute(record))


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
        _recount(record),
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


def _check_order(log: AnchoredLog, definition: Definition, source: ContestSource) -> None:
    """Commitments before opening, ballots after closing, sheets opened after the ballots."""
    paths = anchored_paths(source)

    def when(name: str) -> float:
        point = log.on_chain().first_covering(paths.index(f"{source.year}/{name}"))
        require(point is not None, f"{name} was never anchored")
        return point.time.timestamp() if point is not None else 0.0

    require(
        when("final/commitments.json") < definition.opens.timestamp(),
        "the sheets were not committed before the poll opened",
    )
    order = ["final/commitments.json", "ballots.txt", "final/openings.json", "result.json"]
    require(
        all(when(first) < when(then) for first, then in pairwise(order)),
        "the steps were not anchored in the order that the rules demand",
    )
    require(when("ballots.txt") >= definition.closes.timestamp(), "ballots fixed before closing")


def _recount(record: ContestRecord) -> PollCounts:
    return count(record.ballots(), finalists_of(record), record.definition().choices)


def _check_facts(source: ContestSource, result: Result) -> None:
    """What was published must come out: votes, number of voters, tiers of the named cases."""
    require(result.poll is not None and result.poll.voters == source.voters, "other turnout")
    for name in source.published_votes:
        votes = result.poll.votes[name] if result.poll is not None else None
        require(votes == source.votes[name], f"{name} has other votes than were published")
    awards = result.chosen.awards.awards if result.chosen is not None else ()
    tiers = {award.entry: award.tier for award in awards}
    for entry, tier in source.named:
        require(tiers.get(entry.id) == tier, f"{entry.id} has another tier than was published")
