"""What the job worker last said of itself, in a file that every process of the service can read.

A stopped worker answers nobody, so what it measures is told by others, with its age. The file has
its length from the start and is written in place: a full disk does not silence the worker.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.operation.clock_watch import steady_seconds
from api.operation.job_book import JobState
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.errors import EncodingError

FILE: Final = "worker.state"
BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a worker said, in whole seconds of ``steady_seconds``.

    Args:
        at: when.
        clock_shift: by how much the time of day jumped since it was trusted.
        jobs: done (-1 for never), failures, and whether the last time failed, by name.
    """

    at: int
    clock_shift: int
    jobs: Mapping[str, tuple[int, int, bool]]

    @property
    def age(self) -> float:
        """Seconds since then."""
        return max(0.0, steady_seconds() - self.at)


def write_state(folder: Path, jobs: Mapping[str, JobState], clock_shift: float) -> None:
    """Say how the worker is; where that cannot be written, it is said next time."""
    told: dict[str, Json] = {
        name: {
            "done": -1 if job.done is None else int(job.done),
            "failures": job.failures,
            "failing": int(job.is_failing),
        }
        for name, job in jobs.items()
    }
    state: dict[str, Json] = {
        "at": int(steady_seconds()),
        "shift": str(int(clock_shift)),
        "jobs": told,
    }
    data = canonical(state).ljust(BYTES, b"\n")
    try:
        descriptor = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, data[:BYTES], 0)
        finally:
            os.close(descriptor)
    except OSError:
        return


def read_state(folder: Path) -> WorkerState | None:
    """What was last said; None where nothing can be read."""
    try:
        data = (folder / FILE).read_bytes()[:BYTES].rstrip(b"\n")
        document = Document.of(parse_canonical(data, max_bytes=BYTES), "worker")
        jobs, told = {}, document.document("jobs")
        for name in told.names():
            job = told.document(name)
            failing = job.integer("failing") != 0
            jobs[name] = (_signed(job, "done"), job.integer("failures"), failing)
        return WorkerState(document.integer("at"), int(document.text("shift")), jobs)
    except (OSError, EncodingError, ValueError):
        return None


def _signed(document: Document, name: str) -> int:
    try:
        return document.integer(name)
    except EncodingError:
        return -1  # it was never done
