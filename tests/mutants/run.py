"""``make mutants``: remove one defence at a time and see its test fail.

Each entry of a TOML file beside this one names a symbol (or, of other languages, a file), a text in
it, what to put in its place, and the test that must then fail. The text must occur exactly once in
the symbol, so that an entry cannot go stale unseen; it may move with it to any file. Nothing is
changed in the checkout: mutants live in a copy.

    python -m tests.mutants.run [NAME ...]      names or prefixes, all by default
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT, tracked
from tests.mutants.symbols import Place, find_symbol, find_test

FOLDER = Path(__file__).parent
LINKED = ("node_modules", ".venv", ".setup", "api/fonts")
GENERATED = ("contracts/artifacts", "contracts/bindings")
SECONDS = 300


@dataclass(frozen=True)
class Mutant:
    """One defence removed, and the test that guards it; see ``tests.mutants.symbols``."""

    name: str
    old: str
    new: str
    test: str
    symbol: str = ""
    file: str = ""
    compile: bool = False

    def place(self) -> Place:
        """Where the text stands.

        Raises:
            LookupError: the symbol is not defined, or more than once.
        """
        if self.symbol:
            return find_symbol(self.symbol)
        return Place(self.file, 0, len((ROOT / self.file).read_text("utf-8").splitlines()))

    def test_id(self) -> str:
        """The test as pytest names it.

        Raises:
            LookupError: it is not defined, or more than once.
        """
        return find_test(self.test)

    def count(self) -> int:
        """How often the text occurs there."""
        place = self.place()
        return place.text((ROOT / place.file).read_text("utf-8")).count(self.old)

    def applied(self, source: str) -> str:
        """The file's text without the defence."""
        place = self.place()
        lines = source.splitlines(keepends=True)
        changed = place.text(source).replace(self.old, self.new)
        return "".join([*lines[: place.first], changed, *lines[place.end :]])


def load(path: Path) -> list[Mutant]:
    """The mutants of one TOML file, named after it."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**{**entry, "name": f"{path.stem}/{entry['name']}"}) for entry in entries]


def every() -> list[Mutant]:
    """All mutants."""
    return [mutant for path in sorted(FOLDER.glob("*.toml")) for mutant in load(path)]


def copy_checkout(target: Path) -> None:
    """The product's files, with the installed tools linked."""
    for path in tracked(""):
        if path.is_file():
            place = target / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)  # With its mode: the compiler is a script.
    for name in LINKED:
        if (ROOT / name).exists():
            (target / name).symlink_to(ROOT / name)


def pytest_of(checkout: Path, test: str) -> subprocess.CompletedProcess[str]:
    """Run one test in a checkout."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    environment = {
        "PYTHONPATH": str(checkout),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/local/bin",
    }
    return subprocess.run(
        command,
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def generated(checkout: Path) -> dict[Path, bytes]:
    """What compiling writes, to be put back after a mutant that was compiled."""
    found = [path for name in GENERATED for path in (checkout / name).iterdir() if path.is_file()]
    return {path: path.read_bytes() for path in found}


def verdict(mutant: Mutant, checkout: Path) -> str:
    """Why a mutant is not well guarded; empty if its test fails as it must."""
    path = checkout / mutant.place().file
    source = path.read_text(encoding="utf-8")
    if mutant.count() != 1:
        return f"the text occurs {mutant.count()} times in {mutant.symbol or mutant.file}"
    before = generated(checkout) if mutant.compile else {}
    try:
        path.write_text(mutant.applied(source), encoding="utf-8")
        if mutant.compile:
            command = [sys.executable, "-m", "contracts", "compile"]
            subprocess.run(command, cwd=checkout, check=True, capture_output=True)
        done = pytest_of(checkout, mutant.test_id())
    except subprocess.CalledProcessError as error:
        return f"does not compile: {error.stderr[-300:]!r}"
    except subprocess.TimeoutExpired:
        return ""
    finally:
        path.write_text(source, encoding="utf-8")
        for file, data in before.items():
            file.write_bytes(data)
    if done.returncode == 1:
        return ""
    return f"{mutant.test} ended with {done.returncode}: {done.stdout.splitlines()[-1:]}"


def main(names: list[str]) -> int:
    """Try the mutants; 0 if every one is caught, and by its own test."""
    chosen = [m for m in every() if not names or any(m.name.startswith(name) for name in names)]
    unguarded = 0
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder)
        copy_checkout(checkout)
        for test in sorted({mutant.test_id() for mutant in chosen}):
            done = pytest_of(checkout, test)
            if done.returncode:
                print(f"fails without any mutant: {test}\n{done.stdout[-2000:]}")
                return 1
        for mutant in chosen:
            why = verdict(mutant, checkout)
            unguarded += bool(why)
            print(f"{'NOT CAUGHT' if why else 'caught':10} {mutant.name}  {why}", flush=True)
    print(f"{len(chosen) - unguarded} caught, {unguarded} not caught, of {len(chosen)}")
    return int(unguarded > 0 or not chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
