"""The poll's side of a contest: how many people voted, and how many votes each entry got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import MAX_SAFE_INTEGER, Json
from voting.contest.entries import MAX_ENTRIES, Entry
from voting.contest.figures import in_range
from voting.contest.naming import version_of
from voting.errors import PollCountsError


@dataclass(frozen=True, slots=True)
class PollCounts:
    """The counts of a poll in which a voter gives an entry at most one vote.

    Args:
        voters: how many people's ballots were counted.
        votes: for every entry id, how many of them chose it.

    Not checked: how many choices a ballot had to make (the poll's definition and tally do).
    """

    voters: int
    votes: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "votes", MappingProxyType(dict(self.votes)))
        if not in_range(self.voters, 0, MAX_SAFE_INTEGER // MAX_ENTRIES):
            raise PollCountsError("the number of voters is out of range")
        if not all(in_range(count, 0, self.voters) for count in self.votes.values()):
            raise PollCountsError("an entry has between no vote and one vote of every voter")

    @property
    def total(self) -> int:
        """All votes together."""
        return sum(self.votes.values())

    def check_entries(self, entries: Sequence[Entry]) -> None:
        """Require a count for every entry and for nothing else.

        Raises:
            PollCountsError: an entry without a count, or a count for something else.
        """
        if self.votes.keys() != {entry.id for entry in entries}:
            raise PollCountsError("the poll counted other entries than those of the contest")

    def to_json(self) -> dict[str, Json]:
        """The document of the counts."""
        votes: dict[str, Json] = dict(self.votes)
        return {"version": version_of("poll-counts"), "voters": self.voters, "votes": votes}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: another version, unknown or missing members, or wrong types.
            PollCountsError: too many entries, or a count that the voters cannot have given.
        """
        part = Document.of(value, "poll counts")
        part.version(version_of("poll-counts"))
        voters, votes = part.integer("voters"), part.document("votes")
        part.close()
        if len(votes.names()) > MAX_ENTRIES:
            raise PollCountsError(f"at most {MAX_ENTRIES} entries are counted")
        return cls(voters, {name: votes.integer(name) for name in votes.names()})
