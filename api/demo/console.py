"""What a person sees of a demonstration in a terminal: progress, the trail, and findings."""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from api.demo.allowance.play import play_allowance
from api.demo.checking import check_folder
from api.demo.contest.play import play_contest
from api.demo.contest.polling import SMALL, Turnout
from api.demo.contest.source import TOLD
from api.demo.errors import DemoError
from api.demo.making import Stage, make
from api.demo.report import Report
from api.demo.trail import Trail
from contracts.evidence.errors import EvidenceError
from voting.errors import VotingError

OK, FAILED, MISUSED = 0, 1, 2


def run_demo(kind: str, out: Path, language: str, voters: int = SMALL) -> int:
    """Make one demonstration, or all of them in folders of their own, and print the trail.

    Args:
        kind: "allowance", "contest" or "all".
        out: the folder to make.
        language: of trail and progress.
        voters: of the poll of 2020.
    """
    plays: dict[str, Callable[[Stage], Trail]] = {
        "allowance": play_allowance,
        "contest": partial(play_contest, turnout=Turnout({TOLD: voters})),
    }
    try:
        for name, play in plays.items():
            if kind in {"all", name}:
                _make_one(name, out / name if kind == "all" else out, language, play)
    except (DemoError, EvidenceError, VotingError) as error:
        return _fail(error.code, str(error))
    return OK


def run_check(folder: Path, snapshot: Path, language: str, *, as_json: bool) -> int:
    """Check a folder and print what holds and what does not."""
    try:
        report = check_folder(folder, snapshot.read_bytes())
    except OSError as error:
        _fail("demo.snapshot", f"{snapshot}: {error.strerror}")
        return MISUSED
    except (DemoError, EvidenceError) as error:
        return _fail(error.code, str(error))
    if as_json:
        _print(json.dumps(report.to_json(), indent=1))
    else:
        _print_report(report, language)
    return OK if report.ok else FAILED


def _make_one(kind: str, out: Path, language: str, play: Callable[[Stage], Trail]) -> None:
    def tell(ko: str, en: str) -> None:
        sys.stderr.write(f"  · {ko if language == 'ko' else en}\n")
        sys.stderr.flush()

    make(kind, out, tell, play)
    _print((out / f"trail.{language}.txt").read_text(encoding="utf-8"))
    _print(f"-> {out}\n   dojang demo check {out} --snapshot {out}/snapshot.json")
    _print(
        "   다른 사람의 폴더를 확인할 때는 믿는 노드에서 받은 snapshot을 쓰세요."
        if language == "ko"
        else "   To check somebody else's folder, take the snapshot from a node that you trust."
    )


def _print_report(report: Report, language: str) -> None:
    korean = language == "ko"
    for finding in report.findings:
        _print(("어긋남: " if korean else "does not hold: ") + printable(finding.line()))
    if report.ok:
        text = "모든 검사 {}개가 맞습니다." if korean else "All {} checks hold."
        _print(text.format(len(report.held)))
    else:
        text = "{}개가 어긋나고 {}개가 맞습니다." if korean else "{} do not hold, {} do."
        _print(text.format(len(report.findings), len(report.held)))


def _fail(code: str, text: str) -> int:
    sys.stderr.write(f"dojang: {printable(text)} ({code})\n")
    return FAILED


def printable(text: str) -> str:
    """One line that a terminal can show: a hostile file name neither breaks nor steers it."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
