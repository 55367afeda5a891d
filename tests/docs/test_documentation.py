"""Documentation stays true: its commands run, its links lead somewhere, its check names exist."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, written

PAGES = [path for path in written(".md") if path.name != "CHANGELOG.md"]
BIN = Path(sys.executable).parent


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith((".venv/bin/", "make "))]


WITH_COMMANDS = [page for page in PAGES if commands(page)]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_readme_and_the_demo_page_hold_commands() -> None:
    assert {"README.md", "docs/demo.md"} <= {name_of(page) for page in WITH_COMMANDS}


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_commands_of_a_page_run_in_their_order(page: Path, tmp_path: Path) -> None:
    for command in commands(page):
        words = shlex.split(command)
        if words[0] == "make":
            words = [*words, "-n", "-C", str(ROOT)]
        else:
            words[0] = str(BIN / Path(words[0]).name)
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_of_a_page_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    missing = [
        target
        for target in targets
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert not missing


def test_every_cell_of_who_knows_what_names_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    section = page.partition("## Who knows what")[2]
    listed = re.findall(r"^(\d+)\. `(tests/[a-z_/]+\.py)::(test_\w+)`$", section, re.MULTILINE)
    assert [int(number) for number, _, _ in listed] == list(range(1, len(listed) + 1))
    for _, path, name in listed:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")
    rows = [line.split("|")[2:-1] for line in section.splitlines() if line.startswith("| ")][1:]
    named = {int(number) for row in rows for cell in row for number in re.findall(r"\d+", cell)}
    assert named == {int(number) for number, _, _ in listed}
    assert all("(" in cell or cell.strip().startswith("as the") for row in rows for cell in row)


def test_demo_page_lists_exactly_the_checks_that_are_made() -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z]+\.[a-z]+)`", page)) - {"snapshot.json"}
    made: set[str] = set()
    for path in (ROOT / "api" / "demo").rglob("*.py"):
        made |= set(re.findall(r'examine\(\s*"([a-z.]+)"', path.read_text(encoding="utf-8")))
    names = {name for name in listed if not name.endswith((".json", ".txt"))}
    assert names == made


def test_readme_is_three_sentences_two_commands_and_a_picture() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    opening = text.split("```")[0].split("\n", 1)[1].strip()
    assert len(re.findall(r"\.(?:\s|$)", opening)) == 3
    assert "docs/picture.svg" in text


def test_make_is_at_hand() -> None:
    assert shutil.which("make")
