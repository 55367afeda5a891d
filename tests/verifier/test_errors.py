"""Errors, their codes and their numbers agree with the tree in the module and with SPEC.md."""

import re
from pathlib import Path

from verifier import errors
from verifier.credential import errors as credential_errors
from verifier.errors import InputError, RejectedError, UndeterminedError, VerifierError

MODULES = {errors.__name__, credential_errors.__name__}
SPEC = (Path(errors.__file__).parent / "SPEC.md").read_text(encoding="utf-8")


def descendants(base: type[VerifierError]) -> list[type[VerifierError]]:
    own = [entry for entry in base.__subclasses__() if entry.__module__ in MODULES]
    return own + [inner for entry in own for inner in descendants(entry)]


CHECKS = [entry for entry in descendants(VerifierError) if entry.check]


def test_every_check_has_one_number_and_one_code() -> None:
    numbers = [entry.check for entry in CHECKS]
    assert sorted(numbers) == [f"C-{number:02}" for number in range(1, len(numbers) + 1)]
    codes = [entry.code for entry in descendants(VerifierError)]
    assert len(set(codes)) == len(codes)


def test_the_specification_lists_every_check_with_its_code() -> None:
    listed = dict(re.findall(r"^\| (C-\d\d) \| `([a-z_.]+)` \|", SPEC, re.MULTILINE))
    assert listed == {entry.check: entry.code for entry in CHECKS}


def test_the_tree_at_the_top_of_the_module_is_complete() -> None:
    drawn = re.findall(r"─ (\w+Error)(\*?)(?: .*?(C-\d\d)?)?$", errors.__doc__ or "", re.MULTILINE)
    assert {name: (bool(star), check) for name, star, check in drawn} == {
        entry.__name__: (entry.__module__ == credential_errors.__name__, entry.check)
        for entry in descendants(VerifierError)
    }


def test_cannot_verify_is_never_a_rejection() -> None:
    undetermined = descendants(UndeterminedError)
    assert {entry.check for entry in undetermined} == {"C-40", "C-41", "C-49", "C-58", "C-62"}
    assert not any(issubclass(entry, RejectedError) for entry in undetermined)
    assert not any(entry.check for entry in descendants(InputError))
