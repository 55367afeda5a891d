"""The worked example in voting/SPEC.md: ``python -m tests.voting.crypto.worked_example``.

It stands between two markers and is written from the vectors; a test compares.
"""

from pathlib import Path
from typing import Any

from tests.voting.crypto.vector_files import read

SPECIFICATION = Path(__file__).parents[3] / "voting" / "SPEC.md"
START = "<!-- worked example of a ballot: made by tests/voting/crypto/worked_example.py -->\n"
END = "<!-- end of the worked example of a ballot -->\n"
POLL, CASE = "one of three", "second of three"
_WIDTH = 64


def worked_example() -> str:
    """The section's text."""
    vectors = read("ballots.json")
    poll = next(poll for poll in vectors["polls"] if poll["name"] == POLL)
    case = next(case for case in vectors["valid"] if case["name"] == CASE)
    return "\n".join([*_setting(poll), *_voter(case), *_layout(case), *_challenges(case), ""])


def replaced(text: str) -> str:
    """The specification with a fresh example."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return before + START + worked_example() + END + after


def _setting(poll: dict[str, Any]) -> list[str]:
    keys = [(f"Y_{i}", key) for i, key in enumerate(poll["option_keys"], 1)]
    rows = [("poll_id", poll["poll_id"]), *keys, ("PK", poll["token_key"]), ("ctx", poll["ctx"])]
    text = (
        f"A poll with m = {poll['options']} options, of which every ballot chooses exactly "
        f"min = max = {poll['max']}, with at most {poll['max_casts']} casts:"
    )
    return [text, "", *_block(rows)]


def _voter(case: dict[str, Any]) -> list[str]:
    names = ("k", "r", "s", "t1", "t0", "w")
    rows = [(name, case[name]) for name in names]
    rows += [(f"a_{i}", value) for i, value in enumerate(case["a"], 1)]
    votes = ", ".join(str(vote) for vote in case["votes"])
    text = (
        f"A voter with the secret ballot key k votes ({votes}) with seq = {case['sequence']}. "
        "These secrets are given so that the example can be repeated; a device draws them fresh:"
    )
    return [text, "", *_block(rows)]


def _layout(case: dict[str, Any]) -> list[str]:
    data = bytes.fromhex(case["ballot"])
    count = len(case["bits"])
    fields = [("version", 1), ("poll_id", 32), ("seq", 2), ("V", 48), ("sigma", 48), ("A", 48)]
    fields += [(f"B_{i}", 48) for i in range(1, count + 1)]
    fields += [("A'", 48), *((f"B'_{i}", 48) for i in range(1, count + 1))]
    fields += [("C1", 48), ("C0", 48), *((f"f_{i}", 32) for i in range(1, count))]
    fields += [("z", 32), ("t", 32), ("R", 48), ("sv", 32)]
    rows, at = [], 0
    for name, length in fields:
        rows.append((f"{at:4} {name}", data[at : at + length].hex()))
        at += length
    assert at == len(data)
    return [f"The ballot, {len(data)} bytes, each field behind its offset:", "", *_block(rows)]


def _challenges(case: dict[str, Any]) -> list[str]:
    rows = [(name, case[name]) for name in ("code", "dy", "y", "dx", "x", "dc", "c")]
    return ["Its tracking code, digests and challenges:", "", *_block(rows)]


def _block(rows: list[tuple[str, str]]) -> list[str]:
    lines = ["```"]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        parts = [value[at : at + _WIDTH] for at in range(0, len(value), _WIDTH)]
        lines.append(f"{name:{width}}  {parts[0]}")
        lines += [f"{'':{width}}  {part}" for part in parts[1:]]
    return [*lines, "```", ""]


if __name__ == "__main__":
    text = SPECIFICATION.read_text(encoding="utf-8")
    SPECIFICATION.write_text(replaced(text), encoding="utf-8")
