"""Print the path of a Chromium for the browser tests; install Debian's where that is possible.

Looked for in this order: the variable CHROMIUM, the usual names and paths, then ``apt-get`` on
Debian as root. Otherwise the command that a person has to run is named, and the run fails.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
APT = ("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")


def find() -> str | None:
    """The path of a browser that is already there."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (MAC if Path(MAC).is_file() else None)


def install() -> None:
    """Install Debian's package; Korean letters need a font to be seen at all."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    for command in (("apt-get", "update", "-q"), (*APT, "fonts-noto-cjk")):
        subprocess.run(command, check=True, stdout=sys.stderr)


def main() -> int:
    """Find, else install, else say what to do."""
    if find() is None:
        install()
    path = find()
    if path is None:
        print(f"no Chromium: set CHROMIUM to one, or run: sudo {' '.join(APT)}", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
