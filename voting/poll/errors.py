"""Errors of a poll; codes are the numbers of ``voting/SPEC.md`` where it has one.

PollError
├── DefinitionError            Q-01   a definition that is out of range or contradicts itself
├── PollPhaseError             Q-02   something that the poll's phase does not allow
├── RegistrationError
│   ├── OtherRequestError      N-01   this person asked for another ballot key before
│   ├── SharedRequestError     N-02   one blinded key under two persons
│   └── PresentationError      N-03   a presentation bound to another request, or to a stale nonce
├── RefusedBallotError                what only the board knows of a ballot
│   ├── WindowError            R-01   outside the voting window
│   ├── CastTwiceError         R-02   this key used this sequence number before
│   ├── CodeTakenError         R-03   the tracking code stands on the board
│   ├── RandomnessTakenError   R-04   A stands on the board
│   └── CheckedBallotError     R-05   code or A of a published check
├── AnsweredError              D-08   this trustee's key answered another aggregate before
└── RecordError                A-01   a public record that cannot be read
"""

from typing import ClassVar

from voting.errors import VotingError


class PollError(VotingError):
    """Any failure of a poll outside its cryptography."""

    code: ClassVar[str] = "poll"


class DefinitionError(PollError):
    """A definition under which no poll may be held."""

    code = "Q-01"


class PollPhaseError(PollError):
    """The poll is not in the phase that this needs."""

    code = "Q-02"


class RegistrationError(PollError):
    """A registrar gives no share."""

    code = "poll.registration"


class OtherRequestError(RegistrationError):
    """The same person asked with another blinded key; ``earlier`` is the first request's M.

    ``presentation`` is the hash of the holder-signed presentation that came with it.
    """

    code = "N-01"

    def __init__(self, earlier: bytes, presentation: bytes) -> None:
        super().__init__("this person was given a share for another ballot key")
        self.earlier = earlier
        self.presentation = presentation


class SharedRequestError(RegistrationError):
    """One blinded key that two persons ask for."""

    code = "N-02"


class PresentationError(RegistrationError):
    """A presentation whose nonce is not the one of this request."""

    code = "N-03"


class RefusedBallotError(PollError):
    """A ballot that may be sound by itself, but not on this board."""

    code = "poll.refused"


class WindowError(RefusedBallotError):
    """Before opening, or from closing on."""

    code = "R-01"


class CastTwiceError(RefusedBallotError):
    """The ballot key has used this sequence number."""

    code = "R-02"


class CodeTakenError(RefusedBallotError):
    """A ciphertext that stands on the board: copied, or cast twice."""

    code = "R-03"


class RandomnessTakenError(RefusedBallotError):
    """A first component A that stands on the board: two ballots share their randomness."""

    code = "R-04"


class CheckedBallotError(RefusedBallotError):
    """A ciphertext that was opened in public."""

    code = "R-05"


class AnsweredError(PollError):
    """A second aggregate: two sums that differ by one ballot would open it."""

    code = "D-08"


class RecordError(PollError):
    """A record with a file that is missing, too large or malformed."""

    code = "A-01"
