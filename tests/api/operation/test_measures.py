"""What measures tell of a worker that is silent, jobs that fail, disks that are full."""

from pathlib import Path

import pytest

from api.disk import find_room, free_bytes
from api.observation.operation_measures import OperationMeasures
from api.operation.job_book import JobBook
from api.operation.worker_state import FILE, read_state, write_state


def told(folder: Path) -> dict[str, dict[tuple[str, ...], float]]:
    measures = OperationMeasures(
        lambda: read_state(folder), [folder], lambda: {"database": True, "chain": False}
    )
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in measures.collect()
    }


def test_what_the_worker_said_is_told_with_its_age(tmp_path: Path) -> None:
    book = JobBook()
    book.done("seal")
    book.failed("audit")
    book.failed("audit")
    write_state(tmp_path, book.states(), -86_400.4)
    found = told(tmp_path)
    assert found["dojang_job_failures"] == {("audit",): 2, ("seal",): 0}
    assert found["dojang_job_failing"] == {("audit",): 1, ("seal",): 0}
    assert set(found["dojang_job_age_seconds"]) == {("seal",)}
    assert found["dojang_clock_shift_seconds"] == {(): -86_400}
    assert found["dojang_worker_silent_seconds"][()] < 60
    assert found["dojang_part_ready"] == {("chain",): 0, ("database",): 1}


def test_a_worker_that_says_nothing_grows_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path, {}, 0)
    state = read_state(tmp_path)
    assert state is not None
    monkeypatch.setattr("api.operation.worker_state.steady_seconds", lambda: state.at + 1000)
    assert told(tmp_path)["dojang_worker_silent_seconds"] == {(): 1000}


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"{}", b"x" * 10_000])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, damage: bytes) -> None:
    assert read_state(tmp_path) is None
    (tmp_path / FILE).write_bytes(damage)
    assert read_state(tmp_path) is None
    assert told(tmp_path)["dojang_worker_silent_seconds"] == {}


def test_what_is_said_anew_takes_no_more_room(tmp_path: Path) -> None:
    book = JobBook()
    for name in ("seal", "audit", "retention"):
        book.done(name)
    write_state(tmp_path, book.states(), 0)
    length = (tmp_path / FILE).stat().st_size
    write_state(tmp_path, {}, 0)
    assert (tmp_path / FILE).stat().st_size == length
    assert read_state(tmp_path) is not None


def test_room_is_found_by_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = tmp_path / "a" / "b"
    assert find_room([tmp_path, absent]) == {tmp_path: True, absent: True}
    assert not list(tmp_path.iterdir())
    assert (free_bytes(absent) or 0) > 0
    monkeypatch.setattr("os.write", lambda _descriptor, data: len(data) - 1)
    assert find_room([tmp_path]) == {tmp_path: False}
    assert told(tmp_path)["dojang_disk_full"] == {(tmp_path.name,): 1}
