"""CPU cost of whole polls: ``python -m bench.poll [--voters N] [--json]``.

One simulated poll of nine options, three choices, in one process: what the simulation took in all,
and what the audit took, in CPU milliseconds per ballot and as a ratio to one G1 multiplication of
the same run. The audit's target is that of 100,000 ballots in 300 CPU seconds: 3 ms a ballot on a
machine that multiplies in 0.125 ms, which makes 24; the ratio is what is compared. With few ballots
the fixed costs of ceremonies and chunks weigh more than they would there.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from bench.ballot import RNG, unit
from voting.audit.auditor import audit
from voting.audit.means import Means as AuditMeans
from voting.audit.means import Trust
from voting.poll.record import MemoryFolder
from voting.simulate.plan import Plan, seeded_choices
from voting.simulate.simulation import Means, simulate

T = TypeVar("T")

AUDIT_TARGET = 24.0
VOTERS = 1000


def measured(work: Callable[[], T]) -> tuple[T, float, float]:
    """A result, its CPU seconds, and the unit around it."""
    before, started = unit(), time.process_time()
    result = work()
    spent = time.process_time() - started
    return result, spent, (before + unit()) / 2


def main() -> int:
    parser = argparse.ArgumentParser(description="cost of a poll of nine options, three choices")
    parser.add_argument("--voters", type=int, default=VOTERS)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
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
