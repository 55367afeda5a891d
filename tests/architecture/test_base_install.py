"""An install without extras starts both command lines and brings no web or chain package."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, tracked

WHEELS = ROOT / ".setup" / "base-wheels"
CHAIN = ("web3", "eth_tester", "eth")
FORBIDDEN = (*CHAIN, "fastapi", "starlette", "sqlalchemy", "pydantic")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def base_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with dojang and its base requirements, installed without a network."""
    assert WHEELS.is_dir(), "run `make test`: it downloads the base wheels first"
    folder = tmp_path_factory.mktemp("base")
    source = folder / "source"
    for path in tracked(""):
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation",
        "--no-index", "-w", folder, source, cwd=folder)  # fmt: skip
    wheel = next(folder.glob("dojang-*.whl"))
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", "--no-index", "--find-links", WHEELS, wheel,
        cwd=folder)  # fmt: skip
    return python


@pytest.mark.parametrize("package", ["verifier", "voting"])
def test_command_line_starts_from_a_base_install(base_python: Path, package: str) -> None:
    done = run(base_python, "-m", package, "--help", cwd=base_python.parent)
    assert "usage" in done.stdout.lower()


@pytest.mark.parametrize("package", ["verifier", "voting"])
def test_command_line_imports_no_web_or_chain_package(base_python: Path, package: str) -> None:
    script = (
        "import sys, runpy\n"
        "sys.argv = ['x', '--help']\n"
        f"try: runpy.run_module('{package}', run_name='__main__')\n"
        "except SystemExit: pass\n"
        f"print([name for name in {FORBIDDEN!r} if name in sys.modules])"
    )
    done = run(base_python, "-c", script, cwd=base_python.parent)
    assert done.stdout.splitlines()[-1] == "[]"


def test_base_install_holds_no_web_or_chain_package(base_python: Path) -> None:
    script = f"import importlib.util as u; print([n for n in {FORBIDDEN!r} if u.find_spec(n)])"
    assert run(base_python, "-c", script, cwd=base_python.parent).stdout.strip() == "[]"


def test_serving_imports_no_chain_until_it_is_opened() -> None:
    script = f"import sys, api.serving\nprint([n for n in {CHAIN!r} if n in sys.modules])"
    assert run(sys.executable, "-c", script, cwd=ROOT).stdout.strip() == "[]"


def test_wiring_imports_nothing_that_counts_before_the_folder_of_measures_is_named() -> None:
    """prometheus-client decides at its import where it counts; too early, nothing is counted."""
    script = "import sys, api.serving, api.wiring\nprint('prometheus_client' in sys.modules)"
    assert run(sys.executable, "-c", script, cwd=ROOT).stdout.strip() == "False"
