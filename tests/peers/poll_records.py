"""Records, changed records, and the two programs that read them."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEER = Path(__file__).resolve().parent / "poll_verifier"
NODE = shutil.which("node")
VECTORS = ROOT / "tests" / "vectors" / "poll"
LIBRARY = ROOT / "node_modules" / "@noble" / "curves"

BALLOT = 35 + 48 * (2 * 3 + 7) + 32 * 5  # three options, no slack: section 6.1
PARTIAL = 36 + 128 * 5 + 32
ENTRY = 80

Found = dict[str, Any]
Change = Callable[[Path], object]
Edit = Callable[[Any], object]


def nothing(_: object) -> None:
    """What is left as it is."""


def node(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(NODE), str(PEER / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def product(record: Path, *options: str) -> Found:
    command = [sys.executable, "-m", "voting", "audit", str(record), "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    report: Found = json.loads(done.stdout)
    assert done.returncode == (0 if report["holds"] else 1), done.stderr
    return report


def peer(records: Iterable[Path], *options: str, chains: Iterable[Path] = ()) -> list[Found]:
    """One report for each record, from one process; chains are for all of them in turn."""
    given = [argument for chain in chains for argument in ("--chain", str(chain))]
    done = node("verify.mjs", "--json", *map(str, records), *given, *options)
    assert done.returncode in {0, 1}, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def findings(report: Found) -> list[str]:
    assert report["holds"] is (report["findings"] == [])
    return sorted({finding["check"] for finding in report["findings"]})


# --- records that are changed by somebody without any key --------------------------------------


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def poll_id(definition: bytes) -> str:
    tag = b"dojang-poll-v1/definition"
    length = len(definition).to_bytes(4, "big")
    return hashlib.sha256(bytes([len(tag)]) + tag + b"\x01" + length + definition).hexdigest()


def seal(record: Path) -> None:
    """A manifest that fits the changed files, so that it finds nothing."""
    names = sorted(
        path.relative_to(record).as_posix() for path in record.rglob("*") if path.is_file()
    )
    files = []
    for name in names:
        data = (record / name).read_bytes()
        if name != "manifest.json":
            digest = hashlib.sha256(data).hexdigest()
            files.append({"length": len(data), "name": name, "sha256": digest})
    manifest = json.loads((record / "manifest.json").read_bytes())
    manifest["files"] = files
    definition = record / "definition.json"
    if definition.exists():
        manifest["poll"] = poll_id(definition.read_bytes())
    (record / "manifest.json").write_bytes(canonical(manifest))


def flip(name: str, at: int) -> Change:
    def change(record: Path) -> None:
        data = bytearray((record / name).read_bytes())
        data[at] ^= 1
        (record / name).write_bytes(data)

    return change


def remove(name: str) -> Change:
    def change(record: Path) -> None:
        path = record / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def items(name: str, size: int, edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    def change(record: Path) -> None:
        data = (record / name).read_bytes()
        parts = [data[at : at + size] for at in range(0, len(data), size)]
        (record / name).write_bytes(b"".join(edit(parts)))

    return change


def ballots(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    return items("board/ballots.bin", BALLOT, edit)


def partials(edit: Callable[[list[bytes]], list[bytes]]) -> Change:
    return items("tally/partials.bin", PARTIAL, edit)


def document(name: str, edit: Edit) -> Change:
    def change(record: Path) -> None:
        value = json.loads((record / name).read_bytes())
        edit(value)
        (record / name).write_bytes(canonical(value))

    return change


def checkpoints(edit: Callable[[list[Any]], object]) -> Change:
    def change(record: Path) -> None:
        path = record / "board/checkpoints.jsonl"
        lines = [json.loads(line) for line in path.read_bytes().decode().splitlines()]
        edit(lines)
        path.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))

    return change


def text(name: str, edit: Callable[[bytes], bytes]) -> Change:
    def change(record: Path) -> None:
        (record / name).write_bytes(edit((record / name).read_bytes()))

    return change


def shift(counts: Any) -> None:
    first, second = sorted(counts["votes"])[:2]
    counts["votes"][first] += 1
    counts["votes"][second] -= 1


# Of these the product's audit is asked as well. It is started anew for each record, and
# `records.json` has tried it with the like of the others.
BY_BOTH = {
    "a byte of the manifest",
    "definition, another title",
    "ballots swapped",
    "an opened mark",
}

# These build on what an earlier check has found wrong: a reader may find it once more there, or
# leave them undetermined (section 19). Nothing of the table below is found by them alone but A-23.
CONSEQUENCES = {"A-20", "A-23"}

# name: the change, whether the manifest is made to fit, the first check that has to find it. The
# ordinates stay as they are beside changed ballots: A-24 is the last check, so that it is the first
# finding where it is the only one.
TAMPERED: dict[str, tuple[Change, bool, str]] = {
    "a byte of the manifest": (flip("manifest.json", 200), False, "A-01"),
    "an unlisted file": (lambda r: (r / "notes.txt").write_text("x"), False, "A-01"),
    "no counts, unlisted": (remove("tally/counts.json"), True, "A-19"),
    "no tally": (remove("tally"), True, "A-19"),
    "no contest": (remove("contest"), True, "A-01"),
    "no definition": (remove("definition.json"), False, "A-01"),
    "definition, a byte": (flip("definition.json", 60), True, "A-02"),
    "definition, another title": (
        document("definition.json", lambda d: d["title"].update(en="other")),
        True,
        "A-06",
    ),
    "definition, nested without end": (
        text("definition.json", lambda _: b"[" * 100_000 + b"]" * 100_000),
        True,
        "A-02",
    ),
    "trustees' ceremony, a length": (
        text("trustees/ceremony.bin", lambda b: b"\xff\xff\xff\xff" + b[4:]),
        True,
        "A-04",
    ),
    "registrars' ceremony, a byte": (flip("registrars/ceremony.bin", 2000), True, "A-05"),
    "endorsements, a byte": (flip("endorsements.json", 60), True, "A-06"),
    "token log, a byte": (flip("tokens/01.bin", 70), True, "A-08"),
    "ballot, a byte": (flip("board/ballots.bin", 3 * BALLOT + 200), True, "A-09"),
    "ballots swapped": (ballots(lambda b: [b[1], b[0], *b[2:]]), True, "A-09"),
    "a ballot dropped": (ballots(lambda b: b[:-1]), True, "A-09"),
    "a ballot duplicated": (ballots(lambda b: [*b, b[0]]), True, "A-09"),
    "half a ballot": (text("board/ballots.bin", lambda b: b[:-400]), True, "A-09"),
    "checkpoint, a byte": (flip("board/checkpoints.jsonl", 100), True, "A-09"),
    "a checkpoint dropped": (checkpoints(lambda c: c.pop(2)), True, "A-09"),
    "a checkpoint too early": (
        checkpoints(lambda c: c[0].update(anchored_at="2026-01-04T00:00:00Z")),
        True,
        "A-10",
    ),
    "a posted ballot without a reason": (
        text("board/inbox.jsonl", lambda _: b'{"ballot":"00","refused":""}\n'),
        True,
        "A-16",
    ),
    "aggregate, one ballot more": (
        document("tally/aggregate.json", lambda a: a.update(ballots=a["ballots"] + 1)),
        True,
        "A-18",
    ),
    "partial, a byte": (flip("tally/partials.bin", PARTIAL - 1), True, "A-20"),
    "partial, twice": (partials(lambda p: [p[0], p[0]]), True, "A-20"),
    "counts shifted": (document("tally/counts.json", shift), True, "A-21"),
    "panel, reversed": (
        document("contest/panel.json", lambda p: p["judges"].reverse()),
        True,
        "A-22",
    ),
    "commitment, a byte": (flip("contest/commitments.bin", 40), True, "A-22"),
    "an opened mark": (
        document(
            "contest/opened.json",
            lambda o: o["openings"][0]["sheet"]["marks"]["case-01"].update(effort=101),
        ),
        True,
        "A-22",
    ),
    "an opening withheld": (
        document("contest/opened.json", lambda o: o["openings"].pop()),
        True,
        "A-23",
    ),
    "result, a byte": (flip("contest/result.json", 2000), True, "A-23"),
    "an ordinate, a byte": (flip("board/ordinates.bin", 5000), True, "A-24"),
    "an ordinate dropped": (text("board/ordinates.bin", lambda b: b[:-48]), True, "A-24"),
}

# What may be left out: only the manifest has to be made to fit.
WITHOUT_ORDINATES = remove("board/ordinates.bin")


# --- the worked record, changed together with what the chain says of it ------------------------


def anchored(name: str, edit: Edit) -> Edit:
    """Edits the checkpoints of the board's log with that name behind its origin."""

    def change(snapshot: Any) -> None:
        tag = b"dojang-evidence-v1/log"
        definition = json.loads((VECTORS / "record/definition.json").read_bytes())
        origin = (definition["publication"]["origin"] + name).encode()
        named = bytes([len(tag)]) + tag + b"\x01" + len(origin).to_bytes(4, "big") + origin
        log = hashlib.sha256(named).hexdigest()
        (own,) = [each for each in snapshot["logs"] if each["log"] == log]
        edit(own["checkpoints"])

    return change


def again(checkpoints: list[Any]) -> None:
    (only,) = checkpoints
    checkpoints.append({**only, "sequence": 1, "size": only["size"] + 1})


def later(checkpoints: list[Any]) -> None:
    checkpoints[0]["time"] = "2026-01-13T02:00:01Z"


# name: the change of the record and of the snapshot, all checks that find it
CHAINED: dict[str, tuple[Change, Edit, list[str]]] = {
    "unchanged": (nothing, nothing, []),
    "an opening withheld after anchoring": (
        document("contest/opened.json", lambda o: o["openings"].pop()),
        nothing,
        ["A-22", "A-23"],
    ),
    "sheets fixed later": (
        document("contest/opened.json", lambda o: o.update(anchored_at="2026-01-13T01:00:01Z")),
        nothing,
        ["A-22"],
    ),
    "sheets anchored later": (nothing, anchored("/sheets", later), ["A-22"]),
    "sheets anchored twice": (nothing, anchored("/sheets", again), ["A-22"]),
    "sheets not anchored": (nothing, anchored("/sheets", list.clear), ["A-22"]),
    "decrypted later": (
        document("tally/aggregate.json", lambda a: a.update(decrypted_at="2026-01-13T02:00:01Z")),
        nothing,
        ["A-20"],
    ),
    "tally anchored twice": (nothing, anchored("/tally", again), ["A-20"]),
    "tally not anchored": (nothing, anchored("/tally", list.clear), ["A-20"]),
    "tally anchored and kept back": (remove("tally"), nothing, ["A-19", "A-23"]),
    "a token log anchored twice": (nothing, anchored("/registrar/1", again), ["A-08"]),
    "nothing on this chain": (
        nothing,
        lambda s: s["logs"].clear(),
        ["A-03", "A-08", "A-10", "A-20", "A-22"],
    ),
}
CHAINED_BY_BOTH = {"nothing on this chain"}
