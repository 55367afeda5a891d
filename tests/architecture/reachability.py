"""Which top-level names of the product an entry point reaches, read from the source alone.

A name is reached when a reached piece of code speaks of it: a function's or a class's whole body,
or what a module does while it is imported. A method counts as spoken of with its class.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

PACKAGES: Final = ("api", "contracts", "verifier", "voting")
Name = tuple[str, str]
"""A module and one of its top-level names; the empty name is what the module does when imported."""
_OWNED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Module:
    """One file: what it defines, and what each of its parts speaks of."""

    name: str
    path: Path
    owned: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, Name] = field(default_factory=dict)
    body: list[ast.stmt] = field(default_factory=list)

    @classmethod
    def read(cls, root: Path, path: Path) -> "Module":
        """Parse a file."""
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        made = cls(name, path)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for statement in tree.body:
            if isinstance(statement, _OWNED):
                made.owned[statement.name] = statement
            else:
                made.body.append(statement)
                made.owned.update(dict.fromkeys(_assigned(statement), statement))
        for node in ast.walk(tree):
            made.imported.update(_imports(node))
        return made

    def spoken_of(self, name: str) -> Iterator[str]:
        """Every identifier in a definition, or in what runs at import."""
        pieces = self._at_import if name == "" else [self.owned[name]]
        for piece in pieces:
            for node in ast.walk(piece):
                if isinstance(node, ast.Name):
                    yield node.id
                elif isinstance(node, ast.Attribute):
                    yield node.attr
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value  # an annotation in quotes

    @cached_property
    def spoken_to(self) -> set[str]:
        """Modules whose names are reached by attribute: ``import x``, ``from package import x``."""
        return {f"{one}.{other}".rstrip(".") for one, other in self.imported.values()}

    @cached_property
    def _at_import(self) -> list[ast.AST]:
        """Statements that are no plain definitions, decorators, and bases."""
        running: list[ast.AST] = [one for one in self.body if not list(_assigned(one))]
        for made in self.owned.values():
            if isinstance(made, _OWNED):
                running += made.decorator_list
        return running


def _assigned(statement: ast.stmt) -> Iterator[str]:
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id


def _imports(node: ast.AST) -> Mapping[str, Name]:
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return {one.asname or one.name: (node.module, one.name) for one in node.names}
    if isinstance(node, ast.Import):
        return {one.asname or one.name: (one.name, "") for one in node.names}
    return {}


def read_product(root: Path) -> Mapping[str, Module]:
    """All modules of the product by their dotted names."""
    files = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    modules = [Module.read(root, path) for path in files]
    return {module.name: module for module in modules}


def unreached(modules: Mapping[str, Module], entries: list[Name]) -> list[str]:
    """Names that no entry point reaches, as ``module:name``."""
    seen: set[Name] = set()
    waiting = [*entries]
    while waiting:
        module_name, name = waiting.pop()
        module = modules.get(module_name)
        if module is None or (module_name, name) in seen:
            continue
        if name and name not in module.owned:
            submodule = f"{module_name}.{name}"
            waiting.append(module.imported.get(name, (submodule, "")))
            continue
        seen.add((module_name, name))
        waiting.append((module_name, ""))
        if name == "":
            waiting += [(one, "") for one, _ in module.imported.values()]
            waiting += [(f"{one}.{other}", "") for one, other in module.imported.values()]
        spoken_to = module.spoken_to & modules.keys()
        for word in set(module.spoken_of(name)):
            if word in module.owned:
                waiting.append((module_name, word))
            if word in module.imported:
                waiting.append(module.imported[word])
            waiting += [(one, word) for one in spoken_to if word in modules[one].owned]
    return sorted(
        f"{module.name}:{name}"
        for module in modules.values()
        for name in module.owned
        if (module.name, name) not in seen and not name.startswith("__")
    )
