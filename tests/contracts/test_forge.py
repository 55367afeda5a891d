"""forge's fuzz and invariant tests of the contracts, and the gas figures; all of it offline."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
SUITES = {
    "CheckpointLogFuzz",
    "CheckpointLogInvariants",
    "IssuerRegistryFuzz",
    "IssuerRegistryInvariants",
    "StatusRegistryFuzz",
    "StatusRegistryInvariants",
}
TEST_FUNCTION = re.compile(r"function ((?:test|invariant)_?\w+)\(")

# One forge at a time: two would build into the same folder.


def forge(*arguments: str) -> dict[str, Any]:
    """Run forge and return its JSON report, by suite."""
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("forge-*/bin/forge"))
    assert found, "forge is missing: run 'npm ci' in the root of the checkout"
    run = subprocess.run(
        [str(found[0]), "test", "--json", *arguments],
        cwd=CONTRACTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report: dict[str, Any] = json.loads(run.stdout)
    return {name.rpartition(":")[2]: suite for name, suite in report.items()}


def results(report: dict[str, Any]) -> dict[str, str]:
    return {
        name.partition("(")[0]: result["status"]
        for suite in report.values()
        for name, result in suite["test_results"].items()
    }


def recorded_gas() -> dict[str, str]:
    figures: dict[str, str] = json.loads((CONTRACTS / "forge" / "gas" / "Gas.json").read_text())
    return figures


def written_tests(*, gas: bool) -> set[str]:
    files = [path for path in CONTRACTS.glob("forge/*.t.sol") if (path.stem == "Gas.t") == gas]
    return {name for path in files for name in TEST_FUNCTION.findall(path.read_text())}


def test_fuzz_and_invariant_tests_pass_and_all_were_run() -> None:
    report = forge("--no-match-contract", "^Gas$")
    assert set(report) == SUITES
    assert results(report) == dict.fromkeys(written_tests(gas=False), "Success")


def test_gas_figures_are_those_on_record() -> None:
    """A changed figure is looked at, and then recorded by FORGE_SNAPSHOT_EMIT=true."""
    report = forge("--isolate", "--match-contract", "^Gas$")
    assert results(report) == dict.fromkeys(written_tests(gas=True), "Success")
    measured: dict[str, str] = {}
    for result in report["Gas"]["test_results"].values():
        measured |= result["gas_snapshots"]["Gas"]
    assert measured == recorded_gas()


def test_gas_on_record_is_within_the_promise() -> None:
    figures = recorded_gas()
    assert int(figures["CheckpointLog.anchor first"]) < 80_000
    assert int(figures["CheckpointLog.anchor later"]) < 60_000
