"""A power cut between any two steps: never two signed messages for one round, nothing half-written.

A child process runs the real command and is killed by the operating system (SIGKILL) just before
one of its changes to the disk; then the command is run again.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.voting.keeping.cheater import state_of
from tests.voting.keeping.desk import Desk
from voting.crypto.ceremony import Round, SignedMessage
from voting.keeping.disk import message_name

ROOT = Path(__file__).parents[3]
CHILD = """
import os, signal, sys
from pathlib import Path
from voting.__main__ import main

left, real = int(sys.argv[1]), Path.replace

def replace(path, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(path, target)

Path.replace = replace
sys.exit(main(sys.argv[2:]))
"""
"""Changes of one step, in order: key file, its counter, the message."""


@pytest.mark.parametrize(
    ("changes", "kind"),
    [(0, Round.OPEN), (1, Round.OPEN), (2, Round.DEAL)],
    ids=["nothing changed", "key file changed", "key file and counter changed"],
)
def test_killed_party_signs_one_message_only(tmp_path: Path, kind: Round, changes: int) -> None:
    desk = Desk(tmp_path)
    desk.prepare("trustee", 3, 2)
    desk.rounds("trustee", 3, kind - 1)
    message = desk.exchange("trustee") / message_name(kind, 1)
    words = ["trustee", "next", *desk.own("trustee", 1), "--folder", desk.exchange("trustee")]
    command = [sys.executable, "-c", CHILD, str(changes), *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not message.exists()
    assert not done.stdout
    part = state_of(desk, "trustee", 1).part
    assert part is not None
    kept = part.said[kind - 1 :]
    assert len(kept) == (changes > 0)
    assert desk.step("trustee", 1)[0] == 0
    made = message.read_bytes()
    assert SignedMessage.decode(made).kind is kind
    assert kept in {(), (made,)}
    journal = [line.what for line in state_of(desk, "trustee", 1).journal]
    assert journal.count(kind.name.lower()) == 1
    for j in (2, 3):
        assert desk.step("trustee", j)[0] == 0
    assert desk.step("trustee", 1)[0] == 0
