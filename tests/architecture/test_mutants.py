"""The mutants fit the sources: ``make mutants`` takes hours, and a stale one guards nothing."""

import ast
from functools import cache

import pytest

from tests.architecture.sources import ROOT
from tests.mutants.run import Mutant, every


@cache
def defined_in(file: str) -> set[str]:
    """The names of all test functions and classes of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_every_mutant_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in every()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("mutant", every(), ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_place_and_names_a_test(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.old != mutant.new
    file, *names = mutant.test.split("[")[0].split("::")
    assert set(names) <= defined_in(file)
