"""Whoever holds every file and key of the contest folder, but not the chain, is found out.

After each change all hashes, trees, checkpoints, trails and manifests are remade.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from api.demo.checking import check_folder
from api.demo.contest.checking import recompute
from api.demo.contest.record import ContestRecord
from api.demo.errors import FolderError
from api.demo.folder import SNAPSHOT
from api.demo.report import Report
from tests.simulators.forger import Forger
from voting.contest.commitments import seal_sheet
from voting.contest.judging import ScoreSheet

pytestmark = pytest.mark.usefixtures("audited_once")
YEAR = "2020"


def republish(forger: Forger) -> None:
    """Decide anew from the files as they are, as an honest publisher would."""
    record = ContestRecord(forger.folder, YEAR)
    result = recompute(record)
    forger.folder.write_json(f"{YEAR}/result.json", result.to_json())


def announce_another_poll(forger: Forger) -> None:
    """Another poll id is said to have been announced."""
    forger.json(f"{YEAR}/poll.json", lambda value: value.update(poll="ab" * 32))


def call_the_votes_facts(forger: Forger) -> None:
    """A poll of twenty people is told as if it had been the whole."""
    forger.json(f"{YEAR}/poll.json", lambda value: value.update(scaled_down=False))


def raise_a_published_fact(forger: Forger) -> None:
    """The fact beside the scaled-down poll is rewritten."""
    forger.json(f"{YEAR}/poll.json", lambda value: value["published"].update(voters=9876))


def change_prize(forger: Forger) -> None:
    """The published result gives the second a better tier."""

    def change(result: dict[str, list[dict[str, dict[str, list[dict[str, object]]]]]]) -> None:
        awards = result["outcomes"][0]["prizes"]["awards"]
        awards[1]["amount"] = 2_000_000

    forger.json(f"{YEAR}/result.json", change)


def reseal_sheet(forger: Forger) -> None:
    """A judge's final sheet is exchanged after the poll, commitment and opening remade."""
    record = ContestRecord(forger.folder, YEAR)
    opening = record.openings()[0]
    marks = {e: dict(m) for e, m in opening.sheet.marks.items()}
    marks["bulky-waste"] = dict.fromkeys(marks["bulky-waste"], 100)
    sheet = ScoreSheet(opening.sheet.judge, marks, opening.sheet.abstained)
    commitment, sealed = seal_sheet(record.definition().draft_id(), 0, sheet, bytes)

    def recommit(value: dict[str, list[dict[str, str]]]) -> None:
        value["commitments"][0]["commitment"] = commitment.hex()

    def reopen(value: list[object]) -> None:
        value[0] = sealed.to_json()

    forger.json(f"{YEAR}/final/commitments.json", recommit)
    forger.json(f"{YEAR}/final/openings.json", reopen)
    republish(forger)


def swap_opening(forger: Forger) -> None:
    """Only the opening is exchanged; it does not lead to the commitment."""

    def reopen(value: list[dict[str, object]]) -> None:
        value[0]["salt"] = "ab" * 32

    forger.json(f"{YEAR}/final/openings.json", reopen)


def change_weights(forger: Forger) -> None:
    """The blend becomes 70:30 after the fact, in the rules and the definition."""

    def reweigh(value: dict[str, dict[str, dict[str, str]]]) -> None:
        value["blend"]["weights"] = {
            "expert": str(Fraction(7, 10)),
            "votes": str(Fraction(3, 10)),
        }

    forger.json(f"{YEAR}/rules.json", reweigh)
    digest = ContestRecord(forger.folder, YEAR).rules().rules_hash().hex()
    forger.json(f"{YEAR}/definition.json", lambda value: value.update(rules=digest))


def change_source(forger: Forger) -> None:
    """The published fact itself is rewritten."""
    forger.json(
        f"{YEAR}/source.json", lambda value: value["facts"]["votes"].update({"public-funeral": 1})
    )


def change_round(forger: Forger) -> None:
    """An entry that did not advance is put among the finalists of the paper round."""

    def change(value: dict[str, list[str]]) -> None:
        value["advanced"][0] = "synthetic-70"

    forger.json(f"{YEAR}/rounds/paper/advancement.json", change)


def open_earlier(forger: Forger) -> None:
    """The poll is said to have opened before the sheets were sealed."""
    forger.json(f"{YEAR}/definition.json", lambda value: value.update(opens="2020-10-20T00:00:00Z"))


TAMPERINGS: dict[Callable[[Forger], None], tuple[str, str]] = {
    announce_another_poll: ("contest.poll", f"{YEAR}/poll.json"),
    call_the_votes_facts: ("contest.poll", f"{YEAR}/poll.json"),
    raise_a_published_fact: ("contest.poll", f"{YEAR}/poll.json"),
    change_prize: ("contest.result", f"{YEAR}/result.json"),
    reseal_sheet: ("document.anchored", f"{YEAR}/final/commitments.json"),
    swap_opening: ("contest.commitments", f"{YEAR}/final/openings.json"),
    change_weights: ("contest.definition", f"{YEAR}/definition.json"),
    change_source: ("contest.source", f"{YEAR}/source.json"),
    change_round: ("contest.round", f"{YEAR}/rounds/paper/advancement.json"),
    open_earlier: ("contest.definition", f"{YEAR}/definition.json"),
}


def checked(root: Path, snapshot: Path) -> Report:
    return check_folder(root, snapshot.read_bytes())


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_named_although_everything_was_remade(
    contest: Path, copy_of: Callable[[Path], Path], tamper: Callable[[Forger], None]
) -> None:
    root = copy_of(contest)
    forger = Forger.of(root)
    tamper(forger)
    forger.remake_contest()
    report = checked(root, contest / SNAPSHOT)
    assert not report.ok
    found = {(finding.check, finding.place) for finding in report.findings}
    assert TAMPERINGS[tamper] in found
    assert "manifest.anchored" in {check for check, _ in found}


def test_remaking_an_unchanged_folder_changes_nothing(
    contest: Path, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(contest)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    forger = Forger.of(root)
    republish(forger)
    forger.document_log("contest-2020", _paths())
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before
    assert checked(root, contest / SNAPSHOT).ok


def _paths() -> list[str]:
    from api.demo.contest.checking import anchored_paths
    from api.demo.contest.source import read_source, source_bytes

    return anchored_paths(read_source(source_bytes(YEAR)))


def test_every_file_that_is_changed_removed_or_added_is_named(
    contest: Path, copy_of: Callable[[Path], Path]
) -> None:
    root = copy_of(contest)
    (root / "extra.txt").write_text("x")
    (root / "trail.en.txt").unlink()
    with (root / "keys" / "log-contest-2020.json").open("a") as file:
        file.write(" ")
    places = {f.place for f in checked(root, contest / SNAPSHOT).findings}
    assert {"extra.txt", "trail.en.txt", "keys/log-contest-2020.json"} <= places


@pytest.mark.parametrize("path", ["manifest.json", "2020/poll.json", "2023/result.json"])
@pytest.mark.parametrize("place", [0, 40, -2])
def test_flipped_bytes_are_found_without_a_traceback(
    contest: Path, copy_of: Callable[[Path], Path], path: str, place: int
) -> None:
    root = copy_of(contest)
    data = bytearray((root / path).read_bytes())
    data[place] ^= 1
    (root / path).write_bytes(bytes(data))
    assert path in _named(root, contest / SNAPSHOT)


def _named(root: Path, snapshot: Path) -> set[str]:
    """The places that a check names, be it in findings or because nothing could be checked."""
    try:
        return {finding.place for finding in checked(root, snapshot).findings}
    except FolderError as error:
        return {str(error).split(":")[0]}
