"""CPU cost of whole polls: ``python -m bench.poll [--voters N | --audit N] [--json]``.

One simulated poll of nine options, three choices, in one process: what the simulation took in all,
and what the audit took, in CPU milliseconds per ballot and as a ratio to one G1 multiplication of
the same run. The audit's target is that of 100,000 ballots in 300 CPU seconds: 3 ms a ballot on a
machine that multiplies in 0.125 ms, which makes 24; the ratio is what is compared. With few ballots
the fixed costs of ceremonies and chunks weigh more than they would there.

``--audit 100000`` makes a record of that size by somebody who knows all secrets (large_record.py)
and audits it with all cores in processes of their own: CPU seconds in all, and the resident memory
of all processes together. It takes some twenty minutes on two cores.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bench.ballot import RNG, unit
from bench.large_record import make_record
from voting.audit.auditor import audit
from voting.audit.means import Means as AuditMeans
from voting.audit.means import Trust
from voting.poll.record import MemoryFolder
from voting.simulate.plan import Plan, seeded_choices
from voting.simulate.simulation import Means, simulate
from voting.workers import processes, silent

T = TypeVar("T")

AUDIT_TARGET = 24.0
VOTERS = 1000
LARGE = 100_000
LARGE_CPU_SECONDS = 300.0
LARGE_MIB = 1024.0


def measured(work: Callable[[], T]) -> tuple[T, float, float]:
    """A result, its CPU seconds, and the unit around it."""
    before, started = unit(), time.process_time()
    result = work()
    spent = time.process_time() - started
    return result, spent, (before + unit()) / 2


def audited_on_disk(ballots: int, folder: Path) -> dict[str, Any]:
    """The cost of auditing a record of a size, which is made first and not counted."""
    cores = os.cpu_count() or 1
    record = folder / str(ballots)
    with processes(cores) as workers:
        make_record(ballots, record, workers, silent)
    command = [sys.executable, "-m", "bench.audit_run", str(record), str(cores)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not figures["holds"]:
        raise SystemExit("the audit of a sound record found something")
    return figures


def audit_large(ballots: int, *, as_json: bool) -> int:
    """Make, audit, print; 1 if more CPU or memory was needed than 100,000 ballots may take."""
    with tempfile.TemporaryDirectory() as folder:
        figures = audited_on_disk(ballots, Path(folder))
    figures["cpu_seconds_per_100000"] = figures["cpu_seconds"] * LARGE / ballots
    figures["ratio"] = 1000 * figures["cpu_seconds"] / ballots / figures["unit_ms"]
    if as_json:
        print(json.dumps(figures, indent=2))
    else:
        for name, figure in figures.items():
            print(
                f"{name:28} {figure:>12,.1f}"
                if isinstance(figure, float)
                else f"{name:28} {figure}"
            )
    missed = (
        figures["cpu_seconds_per_100000"] > LARGE_CPU_SECONDS or figures["resident_mib"] > LARGE_MIB
    )
    return int(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description="cost of a poll of nine options, three choices")
    parser.add_argument("--voters", type=int, default=VOTERS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--audit", type=int, metavar="N", help="ballots of a large record")
    wanted = parser.parse_args()
    if wanted.audit:
        return audit_large(wanted.audit, as_json=wanted.json)
    plan = Plan(wanted.voters)
    choices = seeded_choices(plan)
    made, simulating, first = measured(lambda: simulate(plan, choices, Means(RNG)))
    folder = MemoryFolder(made.files)
    report, auditing, second = measured(lambda: audit(folder, Trust(), AuditMeans(RNG)))
    figures = {
        "ballots": report.ballots,
        "simulation, ms per ballot": 1000 * simulating / report.ballots,
        "simulation, ratio": simulating / report.ballots / first,
        "audit, ms per ballot": 1000 * auditing / report.ballots,
        "audit, ratio": auditing / report.ballots / second,
        "audit, ratio wanted": AUDIT_TARGET,
        "record, bytes per ballot": sum(map(len, made.files.values())) / report.ballots,
    }
    if wanted.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, figure in figures.items():
            print(f"{name:28} {figure:10.1f}")
    return int(not report.holds or figures["audit, ratio"] > AUDIT_TARGET)


if __name__ == "__main__":
    sys.exit(main())
