"""Ours beside peers, in CPU milliseconds of one run: ``python -m bench.peers [--json]``.

A question of nine options of which three are chosen. Peers: Belenios (``belenios-tool`` of the
system) and PyPI's ``electionguard``, under an interpreter that can import it (ELECTIONGUARD_PYTHON,
or a Python on the PATH). A peer that cannot be had is a row that says so. What each one gives
differs, and the table says how: a figure alone compares unlike things.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.ballot import CHOICES, OPTIONS, RNG, make, poll, voter
from voting.crypto.ballot import ballot_length, parse_ballot
from voting.crypto.batch import verify_batch
from voting.crypto.verification import verify_ballot

BALLOTS = 12
BELENIOS_GROUP = "BELENIOS-2048"
INTERPRETERS = ("python3.10", "python3.9", "python3.8", "python3", sys.executable)
SCRIPT = Path(__file__).with_name("electionguard_run.py")
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Row:
    """One system; figures are None where it is absent.

    Args:
        name: with version or group.
        make_ms: CPU to make a ballot.
        verify_ms: CPU to verify one among ``BALLOTS``.
        size: bytes of a ballot as it is sent.
        trust: what differs; for an absent peer, why it is.
    """

    name: str
    make_ms: float | None
    verify_ms: float | None
    size: int | None
    trust: str

    def line(self) -> str:
        """The row of a table."""
        shown = [
            "absent" if figure is None else f"{figure:,.1f}"
            for figure in (self.make_ms, self.verify_ms)
        ]
        size = "absent" if self.size is None else f"{self.size:,}"
        return f"| {self.name} | {shown[0]} | {shown[1]} | {size} | {self.trust} |"


class AbsentError(Exception):
    """A peer cannot be had here; the message says why."""


def main() -> int:
    """Measure all that is there; an absent peer is no failure, but never left out."""
    parser = argparse.ArgumentParser(description="ours beside peers")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rows = [*ours(), measured("Belenios", belenios), measured("electionguard", electionguard)]
    if wanted.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    else:
        print("| system | make, ms | verify, ms | bytes | what differs |\n|---|---|---|---|---|")
        print("\n".join(row.line() for row in rows))
    return 0


def measured(name: str, peer: Callable[[], Row]) -> Row:
    """A peer's row, or the reason why there is none."""
    try:
        return peer()
    except AbsentError as error:
        return Row(name, None, None, None, f"absent: {error}")


def ours() -> list[Row]:
    """Ballots of this product, verified alone and together."""
    context, secret = poll()
    owners = [voter(context, secret) for _ in range(BALLOTS)]
    make(context, owners[0])
    started = time.process_time()
    leaves = [make(context, owner) for owner in owners]
    making = 1000 * (time.process_time() - started) / BALLOTS
    size = ballot_length(context.shape)
    started = time.process_time()
    for leaf in leaves:
        verify_ballot(context, parse_ballot(leaf, context), RNG)
    alone = 1000 * (time.process_time() - started) / BALLOTS
    many = [make(context, owner) for owner in owners * 20]
    started = time.process_time()
    verify_batch(context, [parse_ballot(leaf, context) for leaf in many], RNG)
    together = 1000 * (time.process_time() - started) / len(many)
    trust = "token of t of n registrars inside; person and ballot cannot be linked"
    return [
        Row("dojang, one by one", making, alone, size, trust),
        Row(f"dojang, {len(many)} together", making, together, size, trust),
    ]


def belenios() -> Row:
    """``belenios-tool``: CPU of whole processes, without what they take for no ballot at all."""
    tool = shutil.which("belenios-tool")
    if tool is None:
        raise AbsentError("no belenios-tool here (Debian: apt-get install belenios-tool)")
    with tempfile.TemporaryDirectory() as folder:
        election = Belenios(tool, Path(folder))
        election.set_up()
        before = election.cpu("election", "verify")
        made = [election.vote(place) for place in range(BALLOTS)]
        verifying = election.cpu("election", "verify") - before
        return Row(
            f"Belenios {election.version()}, {BELENIOS_GROUP}",
            1000 * sum(cpu for cpu, _ in made) / BALLOTS,
            1000 * verifying / BALLOTS,
            made[0][1],
            "process start counted in making; the credential authority knows who holds which key",
        )


@dataclass(frozen=True, slots=True)
class Belenios:
    """An election in a folder."""

    tool: str
    folder: Path

    def run(self, *words: str, text: str = "") -> str:
        """One command."""
        return subprocess.run(
            [self.tool, *words],
            cwd=self.folder,
            input=text,
            env=os.environ | {"BELENIOS_USE_URANDOM": "1"},
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
        ).stdout

    def cpu(self, *words: str) -> float:
        """CPU seconds of one command."""
        before = children()
        self.run(*words)
        return children() - before

    def version(self) -> str:
        """As the tool tells it."""
        return self.run("--version").strip()

    def set_up(self) -> None:
        """One trustee, one question, as many voters as ballots."""
        group, uuid = f"--group={BELENIOS_GROUP}", self.run("setup", "generate-token").strip()
        people = "".join(f"v{i}@example.com,v{i},1\n" for i in range(BALLOTS))
        self._write("voters.txt", people)
        credentials = ("setup", "generate-credentials", f"--uuid={uuid}", group)
        self.run(*credentials, "--file=voters.txt")
        self._rename("*.pubcreds", "public_creds.json")
        self._rename("*.privcreds", "private_creds.txt")
        self.run("setup", "generate-trustee-key", group)
        self._rename("*.pubkey", "public_keys.jsons")
        self.run("setup", "make-trustees")
        question = {
            "answers": [f"option {i}" for i in range(OPTIONS)],
            "min": CHOICES,
            "max": CHOICES,
            "question": "synthetic",
        }
        names = dict.fromkeys(("name", "description", "administrator", "credential_authority"), "x")
        self._write("template.json", json.dumps(names | {"questions": [question]}))
        self.run("setup", "make-election", f"--uuid={uuid}", group, "--template=template.json")
        self.run("archive", "init")
        votes = [int(i < CHOICES) for i in range(OPTIONS)]
        self._write("vote.json", json.dumps([votes]))

    def vote(self, place: int) -> tuple[float, int]:
        """CPU seconds and bytes of one ballot, which is put in the archive."""
        lines = (self.folder / "private_creds.txt").read_text("ascii").splitlines()
        self._write("credential", lines[place].split(" ")[1])
        before = children()
        ballot = self.run(
            "election", "generate-ballot", "--privcred=credential", "--ballot=vote.json"
        )
        spent = children() - before
        self.run("archive", "add-event", "--type=Ballot", text=ballot)
        return spent, len(ballot.strip())

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _rename(self, pattern: str, name: str) -> None:
        (found,) = self.folder.glob(pattern)
        found.rename(self.folder / name)


def electionguard() -> Row:
    """PyPI's ``electionguard`` in the first interpreter that can import it."""
    named = os.environ.get("ELECTIONGUARD_PYTHON")
    reasons = []
    for python in (named,) if named else INTERPRETERS:
        path = shutil.which(python)
        if path is None:
            continue
        done = subprocess.run(
            [path, str(SCRIPT), str(BALLOTS), str(OPTIONS), str(CHOICES)],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        if done.returncode == 0:
            found = json.loads(done.stdout.splitlines()[-1])
            return Row(
                f"electionguard {found['version']}",
                found["make_ms"],
                found["verify_ms"],
                found["bytes"],
                "no proof of who may vote: whoever runs the election decides; JSON with proofs",
            )
        reasons.append(f"{python}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    raise AbsentError("; ".join(reasons) or "no interpreter")


def children() -> float:
    """CPU seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
