"""``make bench``: every benchmark, one after the other, in processes of their own."""

import subprocess
import sys

BENCHES = (
    "bench.evidence_log",
    "bench.credential",
    "bench.issuing",
    "bench.ballot",
    "bench.poll",
    "bench.peers",
    "bench.browser",
    "bench.service",
    "bench.presentation",
)


def main() -> int:
    """Run all; 1 if one of them missed a target that it states itself."""
    failed = 0
    for bench in BENCHES:
        print(f"\n== {bench}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", bench], check=False).returncode
    return int(failed != 0)


if __name__ == "__main__":
    sys.exit(main())
