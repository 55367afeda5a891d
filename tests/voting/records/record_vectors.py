"""Where the record vectors are, and how a changed file is written down."""

import json
from itertools import takewhile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors" / "poll"
HONEST = FOLDER / "record"
SNAPSHOT = FOLDER / "record-snapshot.json"
CASES = FOLDER / "records.json"

Patch = tuple[int, int, str]
"""First byte that changes, number of bytes taken out, bytes put in (hexadecimal)."""


def patch_between(before: bytes, after: bytes) -> Patch:
    start = _common(before, after)
    rest = min(len(before), len(after)) - start
    end = min(_common(before[::-1], after[::-1]), rest)
    return start, len(before) - start - end, after[start : len(after) - end].hex()


def _common(one: bytes, other: bytes) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def patched(before: bytes, patch: Patch) -> bytes:
    start, length, new = patch
    return before[:start] + bytes.fromhex(new) + before[start + length :]


def honest_files() -> dict[str, bytes]:
    paths = [path for path in HONEST.rglob("*") if path.is_file()]
    return {path.relative_to(HONEST).as_posix(): path.read_bytes() for path in paths}


def cases() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(CASES.read_text(encoding="utf-8"))
    return document


def changed_files(case: dict[str, Any]) -> dict[str, bytes]:
    files = honest_files()
    for name, patch in case["files"].items():
        if patch is None:
            del files[name]
        else:
            files[name] = patched(files.get(name, b""), patch)
    return files
