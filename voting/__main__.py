"""``python -m voting``: offline commands for contests and polls.

Files are read and written here, in ``voting.disk_folder`` and in ``voting.keeping`` only.

contest     decide a contest again from its files
audit       check a published poll, every numbered check of SPEC.md
simulate    hold a complete synthetic poll and write its record
ceremony    prepare and check key ceremonies
trustee     a trustee's own computer: key file, ceremony, decryption
registrar   a registrar's own computer: key file, ceremony, tokens
"""

import argparse
import json
import os
import re
import secrets
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Final

from contracts.evidence.encoding import Json, parse_hash, parse_json
from contracts.evidence.errors import EncodingError, SnapshotError
from contracts.evidence.snapshot_file import MAX_SNAPSHOT_BYTES, decode_snapshot
from voting.audit.auditor import audit
from voting.audit.findings import CHECKS, Report
from voting.audit.means import Means as AuditMeans
from voting.audit.means import Trust
from voting.audit.statement import closing, opening
from voting.contest.comparison import check_result
from voting.contest.entries import entries_from_json
from voting.contest.judging import ScoreSheet
from voting.contest.panel import MAX_JUDGES, panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.presentation import result_lines
from voting.contest.result import Result, decide
from voting.contest.rules import ContestRules
from voting.disk_folder import DiskFolder
from voting.errors import VotingError
from voting.keeping.arguments import add_keeping
from voting.keeping.command_line import World
from voting.poll.errors import RecordError
from voting.simulate.plan import Plan, Quorum, seeded_choices
from voting.simulate.simulation import Means as SimulationMeans
from voting.simulate.simulation import simulate
from voting.workers import Progress, processes

HOLDS, DIFFERS, MISUSED = 0, 1, 2
MAX_FILE_BYTES: Final = 1 << 24
MAX_WORKERS: Final = 64
_TENTHS: Final = 10
_QUORUM: Final = re.compile(r"([0-9]{1,2})of([0-9]{1,2})")

WHAT_IF: Final = {
    "ko": "가정한 값으로 셈한 것입니다. 결과가 아닙니다.",
    "en": "Computed from trial figures: this is no result.",
}
VERDICTS: Final = {
    "ko": {"holds": "맞음", "fails": "틀림", "undetermined": "확인 안 함"},
    "en": {"holds": "holds", "fails": "FAILS", "undetermined": "not checked"},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 if all holds, 1 if something does not, 2 for arguments or files that cannot be used.
    """
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _contest(options: argparse.Namespace) -> int:
    try:
        result = _recompute(options)
        published = _read(options.result) if options.result else None
    except (OSError, EncodingError, VotingError) as error:
        print(f"voting: {error}", file=sys.stderr)
        return MISUSED
    if options.what_if:
        print(WHAT_IF[options.lang])
    for line in result_lines(result, options.lang):
        print(_printable(line))
    if published is None:
        return HOLDS
    try:
        check_result(published, result)
    except (EncodingError, VotingError) as error:
        print(f"voting: {error} ({error.code})", file=sys.stderr)
        return DIFFERS
    print(
        "공표된 결과와 같습니다." if options.lang == "ko" else "The published result is the same."
    )
    return HOLDS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m voting", description="recount, offline")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    contest = commands.add_parser("contest", help="decide a contest again from its files")
    for name, text in (
        ("rules", "the frozen rules"),
        ("entries", "all entries; the finalists are those that the counts name"),
        ("panel", "the judges"),
        ("sheets", "the opened sheets: a list of sheets or of openings"),
        ("counts", "the counts of the poll"),
    ):
        contest.add_argument(f"--{name}", type=Path, required=True, metavar="FILE", help=text)
    given = contest.add_mutually_exclusive_group()
    given.add_argument("--result", type=Path, metavar="FILE", help="the published result")
    given.add_argument(
        "--what-if", action="store_true", help="sheets or counts are trial figures: say so"
    )
    contest.add_argument("--lang", choices=("ko", "en"), default="ko")
    contest.set_defaults(run=_contest)
    _add_audit(commands.add_parser("audit", help="check a published poll"))
    _add_simulate(commands.add_parser("simulate", help="hold a complete synthetic poll"))
    add_keeping(commands, _world)
    return parser


def _add_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", type=Path, metavar="RECORD", help="the folder of the record")
    parser.add_argument("--chain", type=Path, metavar="SNAPSHOT", help="a trust snapshot")
    parser.add_argument("--poll-id", metavar="ID", help="64 hexadecimal characters")
    parser.add_argument("--workers", type=_count, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--lang", choices=("ko", "en"), default="ko")
    parser.set_defaults(run=_audit)


def _add_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--voters", type=int, required=True, metavar="N")
    parser.add_argument("--options", type=int, default=9, metavar="M")
    parser.add_argument("--choose", type=int, default=3, metavar="K")
    parser.add_argument("--trustees", type=_quorum, default=Quorum(2, 3), metavar="TofN")
    parser.add_argument("--registrars", type=_quorum, default=Quorum(3, 4), metavar="TofN")
    parser.add_argument("--seed", default="dojang", help="of votes and scores")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument("--workers", type=_count, default=os.cpu_count() or 1, metavar="N")
    parser.set_defaults(run=_simulate)


def _world() -> World:
    """The real one, for the commands of trustees and registrars."""
    return World(
        rng=secrets.token_bytes,
        clock=lambda: datetime.now(UTC),
        ask=getpass,
        say=print,
        warn=lambda line: print(line, file=sys.stderr),
        record=DiskFolder,
        processes=processes,
        progress=_progress("ballots"),
    )


def _quorum(text: str) -> Quorum:
    found = _QUORUM.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("is written like 2of3")
    return Quorum(int(found[1]), int(found[2]))


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"is 1 to {MAX_WORKERS}")
    return int(text)


def _audit(options: argparse.Namespace) -> int:
    try:
        trust = _trust(options)
        if not options.record.is_dir():
            raise RecordError(f"{options.record.name} is no folder")
    except (OSError, EncodingError, SnapshotError, VotingError) as error:
        print(f"voting: {error}", file=sys.stderr)
        return MISUSED
    with processes(options.workers) as workers:
        means = AuditMeans(secrets.token_bytes, workers, _progress("ballots"))
        report = audit(DiskFolder(options.record), trust, means)
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=True, indent=2))
    else:
        _print_report(report, options.lang)
    return HOLDS if report.holds else DIFFERS


def _trust(options: argparse.Namespace) -> Trust:
    poll_id = parse_hash(options.poll_id) if options.poll_id else None
    if options.chain is None:
        return Trust(poll_id)
    return Trust(poll_id, decode_snapshot(_read(options.chain, MAX_SNAPSHOT_BYTES)))


def _print_report(report: Report, language: str) -> None:
    print(opening(report, language))
    print(f"poll {report.poll_id.hex()}")
    for check, verdict in report.verdicts:
        name = CHECKS[check][0 if language == "ko" else 1]
        print(f"{check}  {VERDICTS[language][verdict.value]:12}  {name}")
        for one in report.findings:
            if one.check == check:
                print(_printable(f"      {one.place}: {one.message} ({one.code})"))
    print(f"{report.counted} / {report.ballots}")
    print(_printable(closing(report, language)))


def _printable(text: str) -> str:
    """Texts come out of hostile files: no control character reaches a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _simulate(options: argparse.Namespace) -> int:
    try:
        plan = Plan(
            options.voters,
            options.options,
            options.choose,
            options.trustees,
            options.registrars,
            options.seed,
        )
        options.out.mkdir(parents=True)
    except (OSError, VotingError) as error:
        print(f"voting: {error}", file=sys.stderr)
        return MISUSED
    with processes(options.workers) as workers:
        means = SimulationMeans(secrets.token_bytes, workers, _progress("voters"))
        made = simulate(plan, seeded_choices(plan), means, DiskFolder(options.out))
    print(made.definition.poll_id().hex())
    return HOLDS


def _progress(what: str) -> Progress:
    """A line on standard error for every tenth that is done."""
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        tenths = _TENTHS * done // max(1, total)
        if tenths > shown:
            shown = tenths
            print(f"{what}: {done} / {total}", file=sys.stderr, flush=True)

    return show


def _recompute(options: argparse.Namespace) -> Result:
    counts = PollCounts.from_json(parse_json(_read(options.counts)))
    entries = entries_from_json(parse_json(_read(options.entries)))
    return decide(
        ContestRules.from_json(parse_json(_read(options.rules))),
        [entry for entry in entries if entry.id in counts.votes],
        panel_from_json(parse_json(_read(options.panel))),
        _sheets(parse_json(_read(options.sheets))),
        counts,
    )


def _sheets(value: Json) -> list[ScoreSheet]:
    if not isinstance(value, list) or len(value) > MAX_JUDGES:
        raise EncodingError(f"sheets are a list of at most {MAX_JUDGES}")
    bare = [item["sheet"] if isinstance(item, dict) and "sheet" in item else item for item in value]
    return [ScoreSheet.from_json(item) for item in bare]


def _read(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise EncodingError(f"{path.name} is larger than {limit} bytes")
    return data


if __name__ == "__main__":
    sys.exit(main())
