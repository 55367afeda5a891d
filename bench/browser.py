"""Making a ballot of 9/3 in node by the TypeScript twin, cold and warm.

``python -m bench.browser [--json]``. The module is built with esbuild into a temporary folder. Each
of several fresh processes loads it, prepares the poll, and makes one ballot (cold), then more of
them (warm). CPU time stands beside elapsed time, as a busy machine lengthens the latter only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.ballot import CHOICES, OPTIONS, poll, voter
from voting.crypto.group import G1, G2, encode_scalar

ROOT = Path(__file__).parents[1]
PROCESSES = 5
TARGETS = {"first ballot": 200.0, "later ballots": 100.0}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, the median over all processes."""

    name: str
    elapsed_ms: float
    cpu_ms: float
    target_ms: float | None


def parameters() -> str:
    """A poll and a voter, as JSON for the process."""
    context, token_secret = poll()
    owner = voter(context, token_secret)
    return json.dumps(
        {
            "pollId": context.poll_id.hex(),
            "options": OPTIONS,
            "minimum": CHOICES,
            "maximum": CHOICES,
            "maxCasts": context.shape.max_casts,
            "optionKeys": [G1.encode(key).hex() for key in context.option_keys],
            "tokenKey": G2.encode(context.token_key).hex(),
            "secret": encode_scalar(owner.secret).hex(),
            "token": owner.token.hex(),
        }
    )


def build(folder: Path) -> Path:
    """The twin as it is served, for node."""
    out = folder / "twin.mjs"
    options = ("--bundle", "--format=esm", "--log-level=warning", f"--outfile={out}")
    command = ("node_modules/.bin/esbuild", "api/browser/index.ts", *options)
    subprocess.run(command, cwd=ROOT, check=True)
    return out


def run(twin: Path) -> dict[str, Any]:
    """One fresh process."""
    environment = os.environ | {"TWIN": str(twin), "POLL": parameters()}
    done = subprocess.run(
        ("node", "bench/browser.mjs"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows() -> list[Row]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        twin = build(Path(folder))
        runs = [run(twin) for _ in range(PROCESSES)]
    samples = {
        "load the module": [run["loaded"] for run in runs],
        "prepare the poll": [run["prepared"] for run in runs],
        "first ballot": [run["first"] for run in runs],
        "all of that": [run["total"] for run in runs],
        "later ballots": [later for run in runs for later in run["later"]],
    }
    return [_row(name, found) for name, found in samples.items()]


def _row(name: str, samples: list[dict[str, float]]) -> Row:
    elapsed, cpu = (median(sample[key] for sample in samples) for key in ("elapsed", "cpu"))
    return Row(name, elapsed, cpu, TARGETS.get(name))


def main() -> int:
    parser = argparse.ArgumentParser(description="cost of making a ballot in node")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = rows()
    if wanted.json:
        print(json.dumps([asdict(row) for row in found], indent=1))
        return 0
    for row in found:
        limit = f"   at most {row.target_ms:.0f} ms" if row.target_ms else ""
        print(f"{row.name:20} {row.elapsed_ms:8.1f} ms, CPU {row.cpu_ms:8.1f} ms{limit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
