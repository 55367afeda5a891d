"""Hashes of everything a contest is decided from, so that a result names its inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.evidence.encoding import Json, canonical, tagged_hash
from voting.contest.entries import Entry, entries_hash
from voting.contest.judging import ScoreSheet
from voting.contest.naming import version_of
from voting.contest.panel import Judge, panel_hash
from voting.contest.poll_counts import PollCounts
from voting.contest.rules import ContestRules


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a result was computed from, as hashes (32 bytes each).

    ``sheets`` covers the opened sheets in the order of the panel, countable or not.
    """

    rules: bytes
    entries: bytes
    panel: bytes
    sheets: bytes
    poll: bytes

    def to_json(self) -> dict[str, Json]:
        """All hashes in hexadecimal."""
        return {
            "rules": self.rules.hex(),
            "entries": self.entries.hex(),
            "panel": self.panel.hex(),
            "sheets": self.sheets.hex(),
            "poll": self.poll.hex(),
        }


def inputs_of(
    rules: ContestRules,
    entries: Sequence[Entry],
    panel: Sequence[Judge],
    sheets: Sequence[ScoreSheet],
    poll: PollCounts | None,
) -> Inputs:
    """Hash everything a contest is decided from.

    Args:
        rules: as frozen before voting opened.
        entries: the finalists, in any order.
        panel: the fixed list of judges.
        sheets: at most one for each judge of the panel, in any order.
        poll: the counts, or None for a poll without result.

    Raises:
        EncodingError: a sheet without canonical form.
    """
    opened = {sheet.judge: sheet for sheet in sheets}
    ordered = [opened[judge.id].to_json() for judge in panel if judge.id in opened]
    counts = None if poll is None else poll.to_json()
    return Inputs(
        rules.rules_hash(),
        entries_hash(entries),
        panel_hash(panel),
        tagged_hash(version_of("sheets"), *(canonical(sheet) for sheet in ordered)),
        tagged_hash(version_of("poll-counts"), canonical(counts)),
    )
