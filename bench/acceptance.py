"""The figures of the acceptance lists as a table. ``make acceptance`` prints it after the tests.

Seconds are of this machine; a target that is missed makes the run fail.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.poll import LARGE, LARGE_CPU_SECONDS, LARGE_MIB, audited_on_disk
from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.chain.embedded import EmbeddedLedger
from contracts.evidence.merkle import Tree, leaf_hash, prove_inclusion

DOJANG = [sys.executable, "-m", "api.cli"]
VOTING = [sys.executable, "-m", "voting"]
MINUTE = 60.0
MIB = 1 << 20
AUDITED = (LARGE // 2, LARGE)
BALLOT_BYTES = 1_587
"""Whoever held the record in memory would need more than this for each ballot."""


@dataclass(frozen=True)
class Line:
    """One figure: what, how much, and the most it may be."""

    what: str
    value: float
    most: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.most

    def row(self) -> str:
        """The line of the table."""
        mark = "holds" if self.holds else "MISSED"
        return f"| {self.what} | {self.value:,.2f} {self.unit} | {self.most:,.0f} | {mark} |"


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [*demos(Path(folder)), *log(), *gas(Path(folder))]
        lines += [*whole_poll(Path(folder)), *large_audit(Path(folder))]
    print("| figure | measured | at most | |\n|---|---|---|---|")
    print("\n".join(line.row() for line in lines))
    return int(not all(line.holds for line in lines))


def demos(folder: Path) -> list[Line]:
    """Both demonstrations and their offline checks, each under a minute."""
    lines = []
    for kind in ("allowance", "contest"):
        out = str(folder / kind)
        made = seconds(partial(run, "demo", kind, "--out", out))
        checked = seconds(partial(run, "demo", "check", out, "--snapshot", f"{out}/snapshot.json"))
        lines += [
            Line(f"dojang demo {kind}", made, MINUTE, "s"),
            Line(f"dojang demo check ({kind})", checked, MINUTE, "s"),
        ]
    return lines


def whole_poll(folder: Path) -> list[Line]:
    """The poll of 2020 in its whole size, with its audit, on all cores."""
    record = str(folder / "poll")
    simulated = seconds(lambda: run("simulate", "--voters", "4876", "--out", record, of=VOTING))
    audited = seconds(lambda: run("audit", record, of=VOTING))
    return [Line("simulate --voters 4876 with audit", simulated + audited, 3 * MINUTE, "s")]


def large_audit(folder: Path) -> list[Line]:
    """An audit of 100,000 ballots, and how its memory grew from half of them."""
    small, large = (audited_on_disk(ballots, folder) for ballots in AUDITED)
    grown = max(0.0, large["main_mib"] - small["main_mib"]) / (AUDITED[1] - AUDITED[0])
    what = f"audit of {LARGE:,} ballots, {large['unit_ms']:.2f} ms a unit"
    return [
        Line(what, large["cpu_seconds"], LARGE_CPU_SECONDS, "CPU s"),
        Line("its memory, all processes", large["resident_mib"], LARGE_MIB, "MiB"),
        Line("its memory's growth by the ballot", grown * MIB, BALLOT_BYTES, "bytes"),
    ]


def log() -> list[Line]:
    """100,000 leaves with all inclusion proofs on one core."""
    started = time.process_time()
    tree, size = Tree(), 100_000
    tree.extend(leaf_hash(index.to_bytes(8, "big")) for index in range(size))
    for index in range(size):
        prove_inclusion(tree, index, size)
    return [Line("100,000 leaves, all proofs", time.process_time() - started, 10, "CPU s")]


def gas(folder: Path) -> list[Line]:
    """What the transaction of a log's first and second checkpoint costs."""
    with EmbeddedLedger(folder / "chain") as ledger:
        ledger.open_log(b"l" * 32, b"k" * 32)
        address = dict(ledger.identity().contracts)[CheckpointLog.NAME]
        used = []
        for sequence in range(2):
            size = 100_000 * (sequence + 1)
            call = CheckpointLog.anchor(b"l" * 32, sequence, size, b"r" * 32)
            used.append(ledger.sender.act(address, call.data)["gasUsed"])
    return [
        Line("anchoring a log's first checkpoint", used[0], 80_000, "gas"),
        Line("anchoring a later checkpoint", used[1], 60_000, "gas"),
    ]


def run(*words: str, of: Sequence[str] = DOJANG) -> None:
    """Run one of the product's commands as a person would."""
    subprocess.run([*of, *words], check=True, capture_output=True)


def seconds(act: Callable[[], None]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
