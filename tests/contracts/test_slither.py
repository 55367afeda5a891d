"""slither over the contracts, offline: it sees all of them, and every finding is explained."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
SLITHER = ROOT / ".setup" / "slither-venv" / "bin" / "slither"
EXPLAINED = tomllib.loads((CONTRACTS / "slither.toml").read_text(encoding="utf-8"))
DECLARED = re.compile(r"^(?:abstract contract|contract|interface|library) \w+", re.MULTILINE)
ANALYSED = re.compile(r"analyzed \((\d+) contracts with (\d+) detectors\)")
LEAST_DETECTORS = 100

FLAWED = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

contract Flawed {
    function destroy(address payable heir) external {
        selfdestruct(heir);
    }
}
"""


@dataclass(frozen=True)
class Report:
    """What slither saw, and the check, file and first element of each finding."""

    contracts: int
    detectors: int
    findings: list[tuple[str, str, str]]


def slither(folder: Path, sources: dict[str, str]) -> Report:
    """Build sources with forge in a project of their own and let every detector look at them.

    The project is a copy, because slither's own build would clean folders that other tests use.
    """
    assert SLITHER.exists(), "slither is missing: run 'make setup'"
    project = _project(folder, sources)
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("forge-*/bin/forge"))
    assert found, "forge is missing: run 'npm ci' in the root of the checkout"
    # slither calls forge by its name to learn the project's settings. Settings of whoever runs the
    # tests, which forge and slither would look for at home, must not change what is reported.
    environment = os.environ | {
        "PATH": f"{found[0].parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
    }
    _run([str(found[0]), "build", "--build-info", "--deny", "never"], project, environment)
    arguments = ["--foundry-ignore-compile", "--foundry-out-directory", "out", "--fail-none"]
    command = [str(SLITHER), ".", *arguments, "--json", "report.json"]
    text = _run(command, project, environment)
    counted = ANALYSED.search(text)
    assert counted, text
    report = json.loads((project / "report.json").read_text(encoding="utf-8"))
    assert report["success"], report["error"]
    findings = [_name(item) for item in report["results"].get("detectors", [])]
    return Report(int(counted[1]), int(counted[2]), sorted(findings))


def _project(folder: Path, sources: dict[str, str]) -> Path:
    project = folder / "contracts"
    (project / "src").mkdir(parents=True)
    for name, text in sources.items():
        (project / "src" / name).write_text(text, encoding="utf-8")
    shutil.copytree(CONTRACTS / "compiler", project / "compiler")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    settings = (CONTRACTS / "foundry.toml").read_text(encoding="utf-8")
    (project / "foundry.toml").write_text(settings.replace('"../build/forge/', '"'))
    return project


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    run = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def _name(finding: dict[str, Any]) -> tuple[str, str, str]:
    first = finding["elements"][0]
    element = first["type_specific_fields"].get("signature", first["name"])
    return finding["check"], first["source_mapping"]["filename_relative"], element


def accepted() -> list[tuple[str, str, str]]:
    """The explained findings."""
    return sorted((a["check"], a["file"], a["element"]) for a in EXPLAINED["accepted"])


def contract_sources() -> dict[str, str]:
    """The sources of the contracts by file name."""
    return {path.name: path.read_text("utf-8") for path in (CONTRACTS / "src").glob("*.sol")}


def test_every_contract_is_analysed_and_every_finding_explained(tmp_path: Path) -> None:
    sources = contract_sources()
    report = slither(tmp_path, sources)
    declared = sum(len(DECLARED.findall(text)) for text in sources.values())
    assert report.contracts == EXPLAINED["analysed"] == declared
    assert report.detectors >= LEAST_DETECTORS
    assert report.findings == accepted()


def test_planted_flaw_is_found_and_not_explained(tmp_path: Path) -> None:
    report = slither(tmp_path, {"Flawed.sol": FLAWED})
    assert report.contracts == 1
    found = ("suicidal", "src/Flawed.sol", "destroy(address)")
    assert found in report.findings
    assert found not in accepted()


@pytest.mark.parametrize("finding", EXPLAINED["accepted"], ids=lambda finding: finding["check"])
def test_accepted_finding_says_why(finding: dict[str, str]) -> None:
    assert set(finding) == {"check", "file", "element", "why"}
    assert len(finding["why"].split()) > 10


def test_nothing_is_silenced_in_the_sources() -> None:
    assert [name for name, text in contract_sources().items() if "slither-disable" in text] == []
    assert not (CONTRACTS / "slither.config.json").exists()
