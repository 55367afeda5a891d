"""Where a name of the product, and a test by its name, stands: so that mutants outlive moves.

A symbol is written as its name with its classes', as ``SqlStatusLists.due_lists``; where several
files define it, with the file's stem before it, as ``offline:run_cases``; and where that is not
enough, with the folder's, as ``credential/report:Finding``. A stem with a colon and nothing after
it stands for a whole file, for what stands outside of all definitions.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, is_written, tracked

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Place:
    """A part of a file, in lines from 0, the last one not included."""

    file: str
    first: int
    end: int

    def text(self, source: str) -> str:
        """The part of the file's text."""
        return "".join(source.splitlines(keepends=True)[self.first : self.end])


def definitions(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """Names with their classes', and their first and last lines, from 1."""
    waiting: list[tuple[str, ast.AST]] = [("", node) for node in tree.body]
    while waiting:
        outer, node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            name = f"{outer}{node.name}"
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield name, first, node.end_lineno or first
            if isinstance(node, ast.ClassDef):
                waiting += [(f"{name}.", inner) for inner in node.body]
        for named in _assigned(node):
            yield f"{outer}{named}", node.lineno, node.end_lineno or node.lineno  # type: ignore[attr-defined] # an assignment


def _assigned(node: ast.AST) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [one.id for one in targets if isinstance(one, ast.Name)]


def spellings(file: str, name: str) -> list[str]:
    """How a symbol may be written, the shortest first."""
    path = Path(file)
    return [name, f"{path.stem}:{name}", f"{path.parent.name}/{path.stem}:{name}"]


@cache
def symbols() -> Mapping[str, list[Place]]:
    """All places that a spelling stands for."""
    found: dict[str, list[Place]] = defaultdict(list)
    for path in tracked(".py"):
        file = path.relative_to(ROOT).as_posix()
        if path.relative_to(ROOT).parts[0] not in PACKAGES or not is_written(path):
            continue
        source = path.read_text(encoding="utf-8")
        places = [*definitions(ast.parse(source)), ("", 1, len(source.splitlines()))]
        for name, first, last in places:
            for spelling in spellings(file, name):
                found[spelling].append(Place(file, first - 1, last))
    return found


@cache
def tests() -> Mapping[str, list[str]]:
    """Files that define a test, by its name and by stem and name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in tracked(".py"):
        if path.relative_to(ROOT).parts[0] != "tests" or not path.is_file():
            continue
        file = path.relative_to(ROOT).as_posix()
        for name, _, _ in definitions(ast.parse(path.read_text(encoding="utf-8"))):
            spelled = name.replace(".", "::")
            for spelling in (spelled, f"{path.stem}::{spelled}"):
                found[spelling].append(file)
    return found


def find_symbol(spelling: str) -> Place:
    """The one place of a symbol.

    Raises:
        LookupError: there is none, or there are several.
    """
    places = symbols().get(spelling, [])
    if len(places) != 1:
        raise LookupError(f"{len(places)} places define {spelling}")
    return places[0]


def find_test(spelling: str) -> str:
    """A test as pytest names it, by its name with its parameters.

    Raises:
        LookupError: there is none, or there are several.
    """
    name, bracket, parameters = spelling.partition("[")
    files = tests().get(name, [])
    if len(set(files)) != 1:
        raise LookupError(f"{len(set(files))} files define {name}")
    stem, _, rest = name.partition("::")
    inner = rest if rest and stem == Path(files[0]).stem else name
    return f"{files[0]}::{inner}{bracket}{parameters}"
