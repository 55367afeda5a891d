"""The table of defences names tests that exist, with a mutant each, and every error has a test."""

import re
from pathlib import Path

import pytest

from tests.mutants.run import FOLDER, Mutant, load

ROOT = Path(__file__).parents[2]
README = (ROOT / "contracts" / "README.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:forge:)?(?:test|invariant)_?\w+)`", README)))
DEFENCES = re.findall(r"^\| (.+) \| (`.+`) \|$", README, re.MULTILINE)
MUTANTS = load(FOLDER / "contracts.toml")


def existing_tests() -> set[str]:
    python = (ROOT / "tests" / "contracts").rglob("test_*.py")
    names = {f for path in python for f in re.findall(r"def (test_\w+)\(", path.read_text())}
    solidity = (ROOT / "contracts" / "forge").glob("*.t.sol")
    pattern = r"function ((?:test|invariant)\w*)\("
    return names | {
        f"forge:{f}" for path in solidity for f in re.findall(pattern, path.read_text())
    }


def test_defences_are_listed() -> None:
    assert len(NAMED) > 50
    assert len(DEFENCES) > 40


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence[0])
def test_defence_has_a_mutant_that_one_of_its_tests_catches(defence: tuple[str, str]) -> None:
    guarding = {_test(mutant) for mutant in MUTANTS}
    assert guarding & set(re.findall(r"`(\w+)`", defence[1]))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_removes_what_stands_in_the_source(mutant: Mutant) -> None:
    assert mutant.count() == 1
    assert _test(mutant) in existing_tests()


def _test(mutant: Mutant) -> str:
    return mutant.test.partition("[")[0].rpartition("::")[2]


@pytest.mark.parametrize("name", NAMED)
def test_test_that_the_readme_names_exists(name: str) -> None:
    assert name in existing_tests()


@pytest.mark.parametrize(
    "interface", ["ICheckpointLog", "IIssuerRegistry", "IOwned", "IStatusRegistry"]
)
def test_every_error_is_met_by_a_test(interface: str) -> None:
    source = (ROOT / "contracts" / "src" / f"{interface}.sol").read_text()
    tests = "".join(
        path.read_text()
        for folder in ("tests/contracts", "contracts/forge")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".sol")
    )
    errors = re.findall(r"error (\w+)\(", source)
    assert errors
    assert [name for name in errors if name not in tests] == []
