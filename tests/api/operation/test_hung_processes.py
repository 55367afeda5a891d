"""A process that was stopped gives back what it holds: it is killed, and started again."""

import subprocess
import sys
from pathlib import Path

SUPERVISED = """
import os, signal, sys, time
from pathlib import Path
from api.operation import supervising
from api.operation.supervising import Post, Supervisor

supervising.BEAT_SECONDS = 0.05
supervising.HANG_SECONDS = 2.0
folder = Path(sys.argv[1])

def first_stands_still(ready):
    ready()
    number = len(list(folder.glob("run-*")))
    (folder / f"run-{number}").touch()
    if number == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
    else:
        (folder / "again").touch()
    while True:
        time.sleep(0.05)

def steady(ready):
    ready()
    while not (folder / "again").exists():
        time.sleep(0.05)
    os.kill(os.getppid(), signal.SIGTERM)
    while True:
        time.sleep(0.05)

supervisor = Supervisor([Post("worker", first_stands_still, stops_last=True), Post("web", steady)])
with supervisor.told_of_signals():
    assert supervisor.start()
    assert supervisor.watch()
"""


def test_a_process_that_stands_still_is_killed_and_started_again(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-c", SUPERVISED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    assert "process.hangs" in made.stdout
    assert (tmp_path / "run-1").exists()
    assert not (tmp_path / "run-2").exists()
