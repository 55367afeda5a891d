"""Errors of contests and polls.

JSON that does not parse, or has members nobody knows, is the evidence layer's ``EncodingError``.

VotingError
├── ContestError
│   ├── TextError                 contest.text                   a title or agency that cannot be shown and hashed
│   ├── RulesError                contest.rules                  rules that are out of range or contradict themselves
│   ├── EntriesError              contest.entries                entries that are malformed, repeated or too many
│   ├── PanelError                contest.panel                  a list of judges, or sheets of judges not on it
│   ├── PollCountsError           contest.poll_counts            votes that do not fit the entries or the voters
│   ├── RoundError                contest.round                  a round that cannot be decided
│   ├── AwardsError               contest.awards                 prizes that do not add up
│   └── ResultMismatchError       contest.result_mismatch        a published result that recomputing does not give
├── SheetError
│   ├── SheetCoverageError        sheet.coverage                 an entry missing, unknown, or both scored and abstained
│   ├── SheetScoreError           sheet.score                    a score that is missing, foreign or out of range
│   └── ConflictOfInterestError   sheet.conflict_of_interest     a judge scored the own agency's case
└── CommitmentError
    ├── CommitmentFormError       commitment.form                wrong length, or a list of the wrong size
    ├── CommitmentCopiedError     commitment.copied              two experts with the same commitment
    └── CommitmentOpeningError    commitment.opening             an opening that does not lead to the commitment
"""  # noqa: E501 - one class per line keeps the tree readable

from typing import ClassVar


class VotingError(Exception):
    """Any failure of the voting layer; ``code`` is stable and part of the interface."""

    code: ClassVar[str] = "voting"


class ContestError(VotingError):
    """A contest that cannot be computed from what was given."""

    code = "contest"


class TextError(ContestError):
    """A title or agency that is empty, too long, not in NFC, or holds characters nobody sees."""

    code = "contest.text"


class RulesError(ContestError):
    """A parameter of the contest that is out of range or contradicts another one."""

    code = "contest.rules"


class EntriesError(ContestError):
    """Entries that are malformed, repeated, missing or too many."""

    code = "contest.entries"


class PanelError(ContestError):
    """A list of judges that repeats one, or a sheet of somebody who is not on it."""

    code = "contest.panel"


class PollCountsError(ContestError):
    """Votes that do not fit the entries or the number of voters."""

    code = "contest.poll_counts"


class RoundError(ContestError):
    """An expert round for which too few sheets or scores were handed in."""

    code = "contest.round"


class AwardsError(ContestError):
    """Prizes whose parts do not add up to what the tiers provide."""

    code = "contest.awards"


class ResultMismatchError(ContestError):
    """A published result that differs from the recomputed one; ``path`` names the first place."""

    code = "contest.result_mismatch"

    def __init__(self, path: str) -> None:
        super().__init__(f"the published result differs from the recomputed one at {path}")
        self.path = path


class SheetError(VotingError):
    """A score sheet that breaks the rules and is therefore left out."""

    code = "sheet"


class SheetCoverageError(SheetError):
    """A sheet that misses an entry, names an unknown one, or both scores and abstains on one."""

    code = "sheet.coverage"


class SheetScoreError(SheetError):
    """A score that is missing, for an unknown criterion, no integer, or out of range."""

    code = "sheet.score"


class ConflictOfInterestError(SheetError):
    """A judge scored a case of the agency the judge belongs to, instead of abstaining."""

    code = "sheet.conflict_of_interest"


class CommitmentError(VotingError):
    """A commitment to a score sheet that cannot be used."""

    code = "commitment"


class CommitmentFormError(CommitmentError):
    """A commitment, draft id or salt that is not 32 bytes, or a list that is empty or too long."""

    code = "commitment.form"


class CommitmentCopiedError(CommitmentError):
    """Two experts handed in the same commitment: one of them copied it."""

    code = "commitment.copied"


class CommitmentOpeningError(CommitmentError):
    """A sheet and salt that do not lead to the commitment they claim to open."""

    code = "commitment.opening"
