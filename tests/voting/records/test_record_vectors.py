"""The published poll and its changed records against this audit."""

from typing import Any

import pytest

from contracts.evidence.snapshot_file import decode_snapshot
from tests.simulators.poll import audited
from tests.voting.records.record_vectors import (
    SNAPSHOT,
    cases,
    changed_files,
    honest_files,
    patch_between,
    patched,
)
from tests.voting.records.worked_poll import SPECIFICATION, replaced
from voting.audit.findings import Verdict
from voting.audit.means import Trust
from voting.poll.record import MemoryFolder

DOCUMENT = cases()


@pytest.mark.parametrize("case", DOCUMENT["cases"], ids=lambda case: case["name"])
def test_changed_record_is_found_by_the_checks_that_the_vector_names(case: dict[str, Any]) -> None:
    report = audited(MemoryFolder(changed_files(case)))
    assert sorted({finding.check for finding in report.findings}) == case["findings"]


def test_published_poll_holds_against_its_chain() -> None:
    trust = Trust(bytes.fromhex(DOCUMENT["poll_id"]), decode_snapshot(SNAPSHOT.read_bytes()))
    report = audited(MemoryFolder(honest_files()), trust)
    undetermined = {check for check, verdict in report.verdicts if verdict != Verdict.HOLDS}
    assert report.holds
    assert undetermined == {"A-24"}, "this record has no ordinates"


def test_vectors_name_most_of_the_auditors_checks() -> None:
    named = {check for case in DOCUMENT["cases"] for check in case["findings"]}
    assert len(named) >= 18


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"a"), (b"aa", b"a"), (b"abc", b"axc"), (b"aaa", b"aaaa"), (b"abcd", b"xyz")],
)
def test_patch_turns_one_file_into_the_other(before: bytes, after: bytes) -> None:
    assert patched(before, patch_between(before, after)) == after


def test_worked_poll_in_the_specification_is_this_record() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    assert replaced(text) == text, "run python -m tests.voting.records.worked_poll"
