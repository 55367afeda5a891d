"""The mutants fit the sources: ``make mutants`` takes hours, and a stale one guards nothing."""

import pytest

from tests.architecture.sources import ROOT
from tests.mutants.run import Mutant, every


def test_every_mutant_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in every()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("mutant", every(), ids=lambda mutant: mutant.name)
def test_a_mutant_changes_one_place_and_names_a_test(mutant: Mutant) -> None:
    assert mutant.count() == 1
    assert mutant.old != mutant.new
    assert (ROOT / mutant.test_id().partition("::")[0]).is_file()


def test_our_own_python_is_named_by_its_symbol() -> None:
    assert {mutant.file.rpartition(".")[2] for mutant in every() if mutant.file} <= {"sol", "ts"}


def test_no_defence_is_lost() -> None:
    assert len(every()) >= 810
