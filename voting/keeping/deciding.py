"""Opened or cast, never both, remembered across restarts (device side, SPEC 6.5).

A sealed choice cannot know what became of it, as it is a value. Here the decision is noted, durably
and once, before anything of the choice leaves the device.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from voting.crypto.ballot_proof import Choice, SealedChoice, VoterKey, cast, seal
from voting.crypto.opening import Opening, open_for_check
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import Rng
from voting.keeping.errors import DecidedChoiceError


class Decision(StrEnum):
    """What becomes of a sealed choice; there is no way back."""

    OPENED = "opened"
    CAST = "cast"


class Decisions(Protocol):
    """Where a device notes what became of its sealed choices, durably."""

    def put(self, code: bytes, decision: Decision) -> Decision:
        """Note a decision unless there is one for this code, and return the noted one.

        It is on disk when this returns.
        """


@dataclass(slots=True)
class MemoryDecisions:
    """For tests and simulations: forgotten when the process ends."""

    _noted: dict[bytes, Decision] = field(default_factory=dict, repr=False)

    def put(self, code: bytes, decision: Decision) -> Decision:
        """See ``Decisions.put``."""
        return self._noted.setdefault(code, decision)


@dataclass(frozen=True, slots=True)
class Booth:
    """The only way to what a sealed choice can become, for one poll on one device.

    Casting again gives the same ballot, byte for byte; opening again shows the same.
    """

    context: PollContext
    decisions: Decisions = field(repr=False)

    def seal(self, choice: Choice, public: bytes, *, seed: bytes, rng: Rng) -> SealedChoice:
        """Encrypt a choice; see ``voting.crypto.ballot_proof.seal``.

        Raises:
            ChoiceError: B-10.
        """
        return seal(self.context, choice, public, seed=seed, rng=rng)

    def reveal(self, sealed: SealedChoice) -> Opening:
        """Open a choice for a check.

        Raises:
            DecidedChoiceError: it was cast (F-11).
            ForeignChoiceError: B-12.
        """
        opening = open_for_check(self.context, sealed)
        self._decide(sealed, Decision.OPENED)
        return opening

    def cast(self, sealed: SealedChoice, voter: VoterKey, rng: Rng) -> bytes:
        """Cast a choice.

        Raises:
            DecidedChoiceError: it was opened (F-11).
            ForeignChoiceError: B-12.
        """
        ballot = cast(self.context, sealed, voter, rng)
        self._decide(sealed, Decision.CAST)
        return ballot

    def _decide(self, sealed: SealedChoice, decision: Decision) -> None:
        if self.decisions.put(sealed.code, decision) is not decision:
            raise DecidedChoiceError("this choice was opened, or cast, before")
