"""``python -m voting``: offline commands for contests and polls. The only file access is here."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError
from voting.contest.comparison import check_result
from voting.contest.entries import Entry, entries_from_json
from voting.contest.figures import show
from voting.contest.judging import ScoreSheet
from voting.contest.panel import MAX_JUDGES, panel_from_json
from voting.contest.poll_counts import PollCounts
from voting.contest.result import Result, decide
from voting.contest.rules import ContestRules
from voting.errors import VotingError

HOLDS, DIFFERS, MISUSED = 0, 1, 2
MAX_FILE_BYTES: Final = 1 << 24


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 if all holds, 1 if something does not, 2 for arguments or files that cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        result = _recompute(options)
        published = _read(options.result) if options.result else None
    except (OSError, EncodingError, VotingError) as error:
        print(f"voting: {error}", file=sys.stderr)
        return MISUSED
    _print(result, options.lang)
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
    contest.add_argument("--result", type=Path, metavar="FILE", help="the published result")
    contest.add_argument("--lang", choices=("ko", "en"), default="ko")
    return parser


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


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise EncodingError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
    return data


def _print(result: Result, language: str) -> None:
    if result.chosen is None:
        print("순위가 없습니다." if language == "ko" else "There is no ranking.")
        return
    titles = {entry.id: _title(entry, language) for entry in result.standing.entries}
    scores = dict(zip(result.chosen.entries, result.chosen.blend.scores, strict=True))
    for place in result.chosen.places:
        print(f"{place.rank:3}  {show(scores[place.entry]):>7}  {titles[place.entry]}")


def _title(entry: Entry, language: str) -> str:
    return entry.title.ko if language == "ko" or entry.title.en is None else entry.title.en


if __name__ == "__main__":
    sys.exit(main())
