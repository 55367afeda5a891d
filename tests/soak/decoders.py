"""``make soak``: changed bytes at every decoder, for some minutes; only documented errors may come.

    python -m tests.soak.decoders [--seconds N] [--seed N] [--out FOLDER]
    python -m tests.soak.decoders --replay FILE

The fuzzer (atheris, libFuzzer) is guided by coverage of the product and starts from sound inputs.
The first byte of an input says which target it is for. What comes out undocumented, crashes, hangs
or eats memory is written to FOLDER (``var/soak``), and the exit code is 1. The same seed tries the
same inputs in the same order; how many of them depends on the machine.

The product is imported inside functions: the fuzzer has to instrument it while it is imported.
"""

# ruff: noqa: T201 - a command line prints

import argparse
import hashlib
import json
import re
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "var" / "soak"
PRODUCT: Final = ["contracts", "verifier", "voting"]
SECONDS: Final = 600
LONGEST_INPUT: Final = 1 << 15
LONGEST_SECONDS: Final = 20
MOST_MEGABYTES: Final = 2048
MOST_FINDINGS: Final = 100
MOST_WORDS: Final = 600
COUNT_EVERY: Final = 1 << 10
_WORD: Final = re.compile(rb"[A-Za-z_][A-Za-z0-9_+/.:-]{2,40}")
_FUZZ: Final = "--fuzz"


@dataclass
class Tried:
    """What became of the inputs of one run, and the findings, each kept once."""

    out: Path
    counts: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)

    def one(self, data: bytes) -> None:
        """Try one input; anything but a documented error is kept as a finding."""
        from tests.soak.targets import TARGETS

        if not data:
            return
        name = list(TARGETS)[data[0] % len(TARGETS)]
        target = TARGETS[name]
        try:
            target.run(data[1:])
            self.counts[f"{name}: accepted"] += 1
        except target.documented:
            self.counts[f"{name}: refused"] += 1
        except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
            self.keep(name, data, error)
        if self.counts.total() % COUNT_EVERY == 0:
            self.write()

    def keep(self, name: str, data: bytes, error: Exception) -> None:
        """Write an input and its traceback, once for each place that an error comes from."""
        self.counts[f"{name}: UNDOCUMENTED"] += 1
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{name} {type(error).__name__} {Path(last.filename).name}:{last.lineno}"
        if place in self.kept or len(self.kept) >= MOST_FINDINGS:
            return
        self.kept.add(place)
        path = self.out / f"finding-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(
            place + "\n" + "".join(traceback.format_exception(error)), encoding="utf-8"
        )
        self.write()

    def write(self) -> None:
        """The counts so far."""
        text = json.dumps(dict(sorted(self.counts.items())), indent=1)
        (self.out / "counts.json").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the inputs, fuzz in a process of its own, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.decoders", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--replay", type=Path)
    options = parser.parse_args(arguments)
    if options.replay:
        return replay(options.replay)
    return soak(options.out, options.seconds, options.seed)


def replay(path: Path) -> int:
    """Try one input again; an undocumented error comes out with its traceback."""
    from tests.soak.targets import TARGETS

    data = path.read_bytes()
    name = list(TARGETS)[data[0] % len(TARGETS)]
    try:
        TARGETS[name].run(data[1:])
    except TARGETS[name].documented as error:
        print(f"{name}: refused: {error}")
    else:
        print(f"{name}: accepted")
    return 0


def soak(out: Path, seconds: int, seed: int) -> int:
    """Fuzz for some seconds; returns 1 if anything was found."""
    corpus = out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*-*"), *corpus.iterdir()):
        old.unlink()
    write_seeds(corpus, out / "words.txt")
    command = [sys.executable, "-m", "tests.soak.decoders", _FUZZ, str(out), str(corpus)]
    limits = {
        "max_total_time": seconds,
        "seed": seed,
        "max_len": LONGEST_INPUT,
        "timeout": LONGEST_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES,
        "len_control": 0,
        "print_final_stats": 1,
        "dict": out / "words.txt",
        "artifact_prefix": f"{out}/",
    }
    command += [f"-{name}={value}" for name, value in limits.items()]
    with (out / "log.txt").open("w", encoding="utf-8") as log:
        code = subprocess.run(command, cwd=ROOT, stderr=log, stdout=log, check=False).returncode
    return report(out, code)


def report(out: Path, code: int) -> int:
    """Say how many inputs were tried on what, and what came of it."""
    counts = json.loads((out / "counts.json").read_text(encoding="utf-8"))
    log = (out / "log.txt").read_text(encoding="utf-8", errors="replace")
    covered = re.findall(r"cov: (\d+) ft: (\d+)", log)
    found = sorted(path for path in out.glob("*-*") if path.suffix != ".txt")
    accepted = sum(n for name, n in counts.items() if name.endswith(": accepted"))
    print(f"inputs: {sum(counts.values())}, of which accepted: {accepted}")
    print(f"branches covered: {covered[-1][0] if covered else '?'}")
    for path in found:
        about = path.with_suffix(".txt")
        first = about.read_text(encoding="utf-8").splitlines()[0] if about.exists() else "see log"
        print(f"finding: {path}: {first}")
    if code:
        print(f"the fuzzer ended with {code}: see {out / 'log.txt'}")
    return int(bool(found or code))


def write_seeds(corpus: Path, words: Path) -> None:
    """One file for each sound input, and the words in them, which the fuzzer puts elsewhere."""
    from tests.soak.seeds import seeds
    from tests.soak.targets import TARGETS

    names = list(TARGETS)
    found: Counter[bytes] = Counter()
    for name, inputs in seeds().items():
        for number, data in enumerate(inputs):
            path = corpus / f"{name.replace(' ', '_')}-{number}"
            path.write_bytes(bytes([names.index(name)]) + data)
            found.update(set(_WORD.findall(data)))
    known = [word.decode() for word, _ in found.most_common(MOST_WORDS)]
    lines = [f'"{word}"' for word in (*known, "null", "true", "1e400", "-0", "\\\\ud800")]
    words.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fuzz(out: Path, arguments: Sequence[str]) -> None:
    """Hand over to the fuzzer, which ends this process."""
    import atheris

    with atheris.instrument_imports(include=PRODUCT):
        import tests.soak.targets  # noqa: F401 - the product's modules are loaded with it
    tried = Tried(out)
    atheris.Setup([sys.argv[0], *arguments], tried.one)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == [_FUZZ]:
        fuzz(Path(sys.argv[2]), sys.argv[3:])
    sys.exit(main())
