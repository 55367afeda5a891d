"""``make run`` may be killed at any moment of its first set-up; the next one is as if it had not.

The rules are the Makefile's own. What they call is played by one script, which does its work in the
two halves in which the real ones can be caught: an interpreter without pip, a package that looks
installed and is not there, a module folder without its files, a demonstration just put in place.
"""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

PLAYER = r"""#!/bin/bash
# Plays every command of the set-up, in $HOME's site.
set -eu
cd "$SITE"
half() {  # the moment between two halves
  count=$(($(cat moments) + 1)); echo $count > moments
  if [ "$count" = "$AT" ]; then
    case "$HOW" in
      FULL) echo 'No space left on device' >&2; exit 1 ;;
      *) kill -s "$HOW" -- "-$GROUP"; sleep 5 ;;
    esac
  fi
}
install() {  # a package looks installed before it is
  if [ ! -e "$1/$2.dist-info" ] || [ -n "${3:-}" ]; then
    mkdir -p "$1"; touch "$1/$2.dist-info"; half; echo whole > "$1/$2.py"
  fi
}
case "$(basename "$0") $*" in
  *" -c "*) ;;
  *"-m venv "*) rm -rf .venv; mkdir -p .venv/bin; cp player .venv/bin/python; half
    touch .venv/pip; cp player .venv/bin/dojang ;;
  *"-m pip "*) [ -e .venv/pip ] || { echo 'No module named pip' >&2; exit 1; }
    case "$*" in
      *dev.lock) install .venv/site one; install .venv/site two ;;
      *node.lock) install .venv/site node "$(grep -o -- --force <<< "$*" || true)" ;;
      *"-e .") install .venv/site dojang ;;
    esac ;;
  "node "*) [ -e .venv/site/node.py ] ;;
  "npm "*) [ -e .venv/site/node.py ]; install node_modules scripts
    fonts=node_modules/@expo-google-fonts/nanum-gothic; mkdir -p $fonts/{400Regular,700Bold}
    for name in 400Regular/NanumGothic_400Regular.ttf 700Bold/NanumGothic_700Bold.ttf; do
      echo font > $fonts/$name; done; echo licence > $fonts/LICENSE_FONT
    mkdir -p node_modules/.bin; cp player node_modules/.bin/esbuild ;;
  "esbuild "*) [ -e node_modules/scripts.py ]
    mkdir -p api/static; : > api/static/verify.js; half; echo whole > api/static/verify.js ;;
  "dojang demo all"*) for package in one two dojang; do [ -e .venv/site/$package.py ]; done
    [ ! -e var/demo/contest ] || [ -e var/demo/contest/manifest.json ] \
      || { echo 'holds something that is not a demonstration' >&2; exit 1; }
    rm -rf var/demo/contest var/demo/part; mkdir -p var/demo/part; half
    echo votes > var/demo/part/votes; echo whole > var/demo/part/manifest.json
    mv var/demo/part var/demo/contest; half ;;
  "dojang serve"*) cat .venv/site/*.py node_modules/scripts.py api/static/verify.js \
    api/fonts/NanumGothic-Bold.ttf var/demo/contest/manifest.json > /dev/null
    [ "$(cat api/static/verify.js)" = whole ]; echo served ;;
  *) echo "unknown: $0 $*" >&2; exit 2 ;;
esac
"""
MOST_MOMENTS = 30


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A checkout in which everything but make and the Makefile is played."""
    for folder in ("requirements", "api/demo", "contracts", "verifier", "voting", "tools"):
        (tmp_path / folder).mkdir(parents=True)
    for lock in ("dev", "node", "base"):
        (tmp_path / f"requirements/{lock}.lock").touch()
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        (tmp_path / name).touch()
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    player = tmp_path / "player"
    player.write_text(PLAYER, encoding="utf-8")
    player.chmod(0o755)
    for name in ("python3", "node", "npm"):
        (tmp_path / "tools" / name).symlink_to(player)
    return tmp_path


def run(site: Path, at: int = 0, how: str = "") -> tuple[bool, str]:
    """``make run``, caught in the middle of a step; whether it was, and what was said."""
    (site / "moments").write_text("0", encoding="ascii")
    shell = 'GROUP=$$ exec make --no-print-directory run "PYTHON=$SITE/tools/python3"'
    told = {
        "SITE": str(site),
        "AT": str(at),
        "HOW": how,
        "PATH": f"{site / 'tools'}{os.pathsep}{os.environ['PATH']}",
    }
    made = subprocess.run(
        ["/bin/bash", "-c", shell],
        cwd=site,
        env=told,
        start_new_session=True,
        # A shell ignores Ctrl-C for what it starts in the background, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    caught = int((site / "moments").read_text(encoding="ascii")) >= at > 0
    return caught, made.stdout + made.stderr if made.returncode == 0 or caught else made.stderr


@pytest.mark.parametrize(("how", "step"), [("KILL", 1), ("INT", 4), ("FULL", 3)])
def test_a_set_up_that_was_caught_anywhere_is_made_whole_by_the_next(
    site: Path, how: str, step: int
) -> None:
    for at in range(1, MOST_MOMENTS, step):
        for made in (".venv", ".setup", "node_modules", "var", "api/static", "api/fonts"):
            subprocess.run(["/bin/rm", "-rf", site / made], check=True)
        caught, said = run(site, at, how)
        if not caught:
            assert "served" in said
            break
        assert "served" not in said
        _, again = run(site)
        assert "served" in again, (at, said, again)
    assert at > 7, "the player knows fewer moments than there are"


def test_a_demonstration_is_not_taken_away_by_ctrl_c(site: Path) -> None:
    assert "served" in run(site)[1]
    manifest = site / "var/demo/contest/manifest.json"
    (site / "api/demo/new.py").touch()
    os.utime(site / "api/demo/new.py", (2**31, 2**31))
    caught, _ = run(site, 2, signal.Signals.SIGINT.name[3:])
    assert caught
    assert manifest.exists()


def test_what_was_set_up_is_not_set_up_again(site: Path) -> None:
    assert "served" in run(site)[1]
    _, said = run(site)
    assert "served" in said
    assert "setting up" not in said
