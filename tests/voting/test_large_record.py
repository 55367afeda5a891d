"""The record that the bench audits: made by somebody who knows all secrets, and sound."""

from pathlib import Path

from bench.large_record import make_record
from tests.simulators.poll import audited
from voting.disk_folder import DiskFolder
from voting.workers import processes, silent


def test_a_record_of_somebody_who_knows_all_secrets_is_sound(tmp_path: Path) -> None:
    with processes(1) as workers:
        make_record(12, tmp_path / "record", workers, silent)
    report = audited(DiskFolder(tmp_path / "record"))
    assert report.holds, report.findings
    assert report.ballots == 12
