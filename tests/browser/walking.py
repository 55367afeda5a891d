"""Running the scripts beside this file, which walk through pages in a real browser."""

import json
import subprocess
from typing import Any

from tests.architecture.sources import ROOT

SECONDS = 150


def walk(script: str, *arguments: str) -> Any:
    """What a script saw.

    Args:
        script: its name without the ending.
        arguments: the browser's path first.
    """
    done = subprocess.run(
        ["node", f"tests/browser/{script}.mjs", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
