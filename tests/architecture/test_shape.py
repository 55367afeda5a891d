"""The shape of the sources: sizes, names, what the core may not touch, what no file may hold."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import CORE, PACKAGES, ROOT, body_lines, functions, tracked, written

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".npmrc",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "api",
    "bench",
    "contracts",
    "docs",
    "package-lock.json",
    "package.json",
    "pyproject.toml",
    "requirements",
    "tests",
    "tsconfig.json",
    "verifier",
    "voting",
}
# Names through which a clock, the network, files or global randomness would come into the core.
OUTSIDE_WORLD = {
    "asyncio",
    "http",
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
# Files at the edge of the core: command lines, and the one loader of packaged data.
EDGES = {"__main__.py"}
# The commands of trustees and registrars: one command line could not hold them. Key files, folders
# and passphrases are read and written by disk.py alone; the others pass paths and streams on to it.
# What is signed, sealed or decrypted stays in the pure modules beside them. The folder that a
# record lies in is read by the command line, by the demonstrations and by whoever measures.
EDGE_FILES = {
    "voting/disk_folder.py",
    "voting/keeping/arguments.py",
    "voting/keeping/command_line.py",
    "voting/keeping/disk.py",
    "voting/keeping/party_commands.py",
    "voting/keeping/poll_commands.py",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def core_files() -> list[Path]:
    inside = tuple(f"{folder}/" for folder in CORE)
    return [
        path
        for path in written(".py")
        if name_of(path).startswith(inside)
        and path.name not in EDGES
        and name_of(path) not in EDGE_FILES
    ]


def test_there_are_sources_to_look_at() -> None:
    assert len(written(".py")) > 20


def test_top_level_holds_only_what_is_expected() -> None:
    assert {name_of(path).split("/")[0] for path in tracked("")} <= TOP_LEVEL


@pytest.mark.parametrize("path", written(".py", ".sol", ".ts"), ids=name_of)
def test_file_is_of_readable_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


def test_functions_are_of_readable_length() -> None:
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {body_lines(node)} lines"
        for path in written(".py")
        for node in functions(path)
        if body_lines(node) > MAX_FUNCTION_LINES
    ]
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [p for p in written(".py", ".sol", ".ts") if p.stem.lower() in FORBIDDEN_NAMES]


def test_core_imports_nothing_of_the_outside_world() -> None:
    found = []
    for path in core_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [f"{name_of(path)}: {n}" for n in names if n.split(".")[0] in OUTSIDE_WORLD]
    assert not found


def test_core_reads_no_clock_and_opens_no_file() -> None:
    forbidden = re.compile(r"\bdatetime\.(now|today|utcnow)\(|\bdate\.today\(|(?<![\w.])open\(")
    found = [
        f"{name_of(path)}:{number}"
        for path in core_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found


def test_only_one_module_of_the_keepers_opens_files() -> None:
    """The other edges hold paths; only this one may reach the system."""
    reaching = re.compile(
        r"^(import|from) (os|io|shutil|tempfile|fcntl)\b|\.(open|write_|read_)\w*\("
    )
    others = sorted(EDGE_FILES - {"voting/disk_folder.py", "voting/keeping/disk.py"})
    found = [
        name
        for name in others
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if reaching.search(line)
    ]
    assert not found


def test_core_classes_that_are_dataclasses_are_frozen_or_say_why() -> None:
    found = []
    for path in core_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip().startswith("@dataclass") and "slots=True" not in line:
                found.append(f"{name_of(path)}:{number}")
    assert not found


# Character classes keep this file from holding what it looks for.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|NotImplemented[E]rror)\b")
MACHINE = re.compile(r"(/wor[k]/|/roo[t]/|\.\./share[d]|share[d]/(docs|data|vectors))")


@pytest.mark.parametrize(
    "pattern", [UNFINISHED, MACHINE], ids=["unfinished work", "paths of one machine"]
)
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    texts = written(".py", ".sol", ".ts", ".md", ".yaml", ".toml", ".html", "Makefile", "run")
    found = [
        f"{name_of(path)}:{number}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


def test_lock_files_record_no_download_address() -> None:
    locks = [*tracked(".lock"), *tracked("package-lock.json"), *tracked(".npmrc")]
    assert len(locks) >= 4
    # `funding` links of npm packages are no addresses that anything is fetched from.
    addressed = re.compile(r'"resolved": *"http|registry *[=:] *"?http|index-url|^-i |@ https?:')
    assert not [
        name_of(path)
        for path in locks
        if any(addressed.search(line) for line in path.read_text(encoding="utf-8").splitlines())
    ]


def test_every_python_requirement_is_locked_by_hash() -> None:
    for lock in tracked(".lock"):
        blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
        assert all("--hash=sha256:" in block for block in blocks), lock


def test_packages_mirror_the_documented_tree() -> None:
    assert {p.parent.name for p in ROOT.glob("*/__init__.py")} == set(PACKAGES)
