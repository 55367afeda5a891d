"""One audit in a process of its own; prints its cost as one line of JSON.

``python -m bench.audit_run RECORD WORKERS``: CPU seconds of all processes, the largest resident set
of each kind of process, the cost of one G1 multiplication before and after.
"""

import json
import resource
import secrets
import sys
import time
from pathlib import Path

from bench.ballot import unit
from voting.audit.auditor import audit
from voting.audit.means import Means, Trust
from voting.disk_folder import DiskFolder
from voting.workers import processes, silent


def main() -> int:
    record, count = Path(sys.argv[1]), int(sys.argv[2])
    before, base, started = unit(), _cpu(), time.perf_counter()
    with processes(count) as workers:
        report = audit(DiskFolder(record), Trust(), Means(secrets.token_bytes, workers, silent))
    spent, wall = _cpu() - base, time.perf_counter() - started
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    figures = {
        "holds": report.holds,
        "ballots": report.ballots,
        "cpu_seconds": spent,
        "wall_seconds": wall,
        "resident_mib": (own + (count if count > 1 else 0) * child) / 1024,
        "main_mib": own / 1024,
        "worker_mib": child / 1024,
        "unit_ms": 500 * (before + unit()),
    }
    print(json.dumps(figures))
    return 0


def _cpu() -> float:
    """CPU seconds of this process and of all that it started and that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    sys.exit(main())
