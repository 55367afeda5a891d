"""Comparing a published result with the recomputed one."""

from typing import Final

from contracts.evidence.encoding import Json, parse_json
from voting.contest.result import Result
from voting.errors import ResultMismatchError

MAX_RESULT_BYTES: Final = 1 << 24


def check_result(published: bytes, recomputed: Result) -> None:
    """Compare a published result with the recomputed one, byte for byte.

    Raises:
        EncodingError: the published bytes are no JSON.
        ResultMismatchError: naming the first member that differs, or ``$`` where only the spelling
            of the document does.
    """
    if published != recomputed.to_bytes():
        claimed = parse_json(published, max_bytes=MAX_RESULT_BYTES)
        expected = recomputed.to_json()
        raise ResultMismatchError(_difference(claimed, expected, "$"))


def _difference(claimed: Json, expected: Json, path: str) -> str:
    """The path of the first member, in canonical order, in which two values differ."""
    if isinstance(claimed, dict) and isinstance(expected, dict):
        names = sorted(claimed.keys() | expected.keys())
        pairs = [(name, claimed.get(name), expected.get(name)) for name in names]
        if claimed.keys() != expected.keys():
            return path
    elif isinstance(claimed, list) and isinstance(expected, list) and len(claimed) == len(expected):
        pairs = [(str(i), *both) for i, both in enumerate(zip(claimed, expected, strict=True))]
    else:
        return path
    for name, left, right in pairs:
        if left != right:
            return _difference(left, right, f"{path}.{name}")
    return path
