"""The second worked example of voting/SPEC.md: ``python -m tests.voting.records.worked_poll``.

It walks through the published record and is written from it; a test compares.
"""

import json
from pathlib import Path

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.merkle import leaf_hash
from tests.voting.records.record_vectors import honest_files
from voting.crypto.ballot import ballot_length
from voting.crypto.threshold import Aggregate, Board
from voting.poll import record
from voting.poll.definition import PollDefinition, parse_definition
from voting.poll.documents import AnchoredNote, PublishedSum, decode_lines

SPECIFICATION = Path(__file__).parents[3] / "voting" / "SPEC.md"
START = "<!-- worked example of a poll: made by tests/voting/records/worked_poll.py -->\n"
END = "<!-- end of the worked example of a poll -->\n"


def replaced(text: str) -> str:
    """The specification with a fresh example."""
    before, rest = text.split(START)
    _, after = rest.split(END)
    return before + START + worked_poll() + END + after


def worked_poll() -> str:
    """The section's text."""
    files = honest_files()
    definition = parse_definition(files[record.DEFINITION])
    return "\n".join(["```", *_lengths(files), "", *_values(files, definition), "```", ""])


def _lengths(files: dict[str, bytes]) -> list[str]:
    return [f"{len(data):>6} bytes  {name}" for name, data in sorted(files.items())]


def _values(files: dict[str, bytes], definition: PollDefinition) -> list[str]:
    chain_id = definition.chain_id
    rows = [
        ("poll_id", definition.poll_id().hex()),
        ("ctx", definition.context().digest.hex()),
        ("trustees' ceremony", definition.trustees.ceremony(chain_id).digest.hex()),
        ("registrars' ceremony", definition.registrars.ceremony(chain_id).digest.hex()),
        ("first leaf's hash", _first_leaf(files, definition)),
        *_checkpoints(files, definition),
        *_tally(files, definition),
    ]
    return [f"{name:<21}{value}" for name, value in rows]


def _first_leaf(files: dict[str, bytes], definition: PollDefinition) -> str:
    return leaf_hash(files[record.BALLOTS][: ballot_length(definition.shape)]).hex()


def _checkpoints(files: dict[str, bytes], definition: PollDefinition) -> list[tuple[str, str]]:
    notes = [AnchoredNote.from_json(line) for line in decode_lines(files[record.CHECKPOINTS])]
    points = [open_checkpoint(note.note, [definition.board_key]) for note in notes]
    return [(f"root of {point.size}", point.root.hex()) for point in points]


def _tally(files: dict[str, bytes], definition: PollDefinition) -> list[tuple[str, str]]:
    published = PublishedSum.parse(files[record.AGGREGATE])
    place = (definition.chain_id, definition.publication.contract, definition.poll_id())
    board = Board(*place, published.size, published.root)
    aggregate = Aggregate(board, published.ballots, published.ciphertext())
    counts = json.loads(files[record.COUNTS])
    votes = ", ".join(f"{name} {count}" for name, count in counts["votes"].items())
    return [
        ("N", str(published.ballots)),
        ("agg", aggregate.digest().hex()),
        ("counts", votes),
    ]


if __name__ == "__main__":
    SPECIFICATION.write_text(replaced(SPECIFICATION.read_text(encoding="utf-8")), encoding="utf-8")
