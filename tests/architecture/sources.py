"""Which files are ours, and what stands in them: the ground of the shape tests."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "verifier", "voting", "api")
CORE = ("contracts/evidence", "verifier", "voting")
GENERATED = ("contracts/bindings/", "contracts/artifacts/")


def tracked(*suffixes: str) -> list[Path]:
    """Files that are part of the product (tracked, or new and not ignored), by suffix."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in sorted(set(listed)) if name.endswith(suffixes)]


def is_written(path: Path) -> bool:
    """Whether a person wrote the file, as opposed to a generator."""
    name = path.relative_to(ROOT).as_posix()
    return path.is_file() and not name.startswith(GENERATED)


def written(*suffixes: str) -> list[Path]:
    """Our own sources with one of these suffixes."""
    return [path for path in tracked(*suffixes) if is_written(path)]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    skipped = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return (node.end_lineno or 0) - node.lineno + 1 - skipped
