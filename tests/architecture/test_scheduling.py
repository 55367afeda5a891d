"""Tests that belong together run together; a name that no longer exists would not."""

from tests.architecture.sources import ROOT
from tests.scheduling import GROUPS, group_of, place_of


def test_every_file_of_a_group_exists_and_is_in_one_group() -> None:
    files = [file for group in GROUPS.values() for file in group]
    assert len(files) == len(set(files))
    assert all((ROOT / file).is_file() for file in files)


def test_files_of_a_group_share_it_and_others_stand_alone() -> None:
    first, *others = GROUPS["demonstrations"]
    assert {group_of(f"{file}::test_x[a@b]") for file in (first, *others)} == {"demonstrations"}
    assert group_of("tests/api/test_settings.py::test_x") == "tests/api/test_settings.py"
    assert place_of(f"{first}::test_x") < place_of("tests/api/test_settings.py::test_x")
