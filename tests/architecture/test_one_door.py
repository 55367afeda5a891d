"""Untrusted to trusted is a change of type, made in one place: ``verifier/check.py``."""

import ast

from tests.architecture.sources import PACKAGES, ROOT, tracked

BUILDERS = {"verifier/check.py", "verifier/eligibility/cases.py"}
"""The door; and the worked cases of a service, whose applicants are invented."""
BEHIND_THE_DOOR = {"Examination", "Standing", "VerifiedClaims", "evaluate", "prove_one_person"}


def product() -> dict[str, ast.Module]:
    found = [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in PACKAGES]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in found
    }


def test_nobody_else_builds_what_rules_are_applied_to() -> None:
    built = {
        path
        for path, tree in product().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "VerifiedClaims"
    }
    assert built == BUILDERS


def test_the_service_examines_nothing_by_itself() -> None:
    """It reads ``VerifiedClaims``, to say what was seen, and makes none."""
    imported = {
        (path, name.name)
        for path, tree in product().items()
        if path.startswith(("api/", "voting/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("verifier.")
        for name in node.names
        if name.name in BEHIND_THE_DOOR
    }
    assert imported == {("api/openid/trail.py", "VerifiedClaims")}
