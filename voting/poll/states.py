"""The phases of a poll, which follow from its definition and the time alone."""

from datetime import datetime
from enum import StrEnum

from voting.poll.definition import PollDefinition


class Phase(StrEnum):
    """What a poll is in; the next one begins where one ends, there is no way back."""

    ANNOUNCED = "announced"
    """Defined and anchored; nobody votes yet."""
    OPEN = "open"
    """Ballots are taken."""
    CLOSING = "closing"
    """No ballot is taken; the final checkpoint is being anchored."""
    CLOSED = "closed"
    """The final checkpoint stands: sheets are opened, then the sum is decrypted."""


def phase_at(definition: PollDefinition, at: datetime) -> Phase:
    """The phase at a time (aware): each begins at its first moment."""
    times = definition.times
    if at < times.opens:
        return Phase.ANNOUNCED
    if at < times.closes:
        return Phase.OPEN
    return Phase.CLOSING if at <= times.final else Phase.CLOSED


def registration_is_open(definition: PollDefinition, at: datetime) -> bool:
    """Whether registrars give shares: before their closing; with voting, only while that is open.

    A poll whose registration closes before voting takes registrations from the moment it is
    anchored.
    """
    if at >= definition.registration.closes:
        return False
    return definition.registration.closes <= definition.times.opens or (
        at >= definition.times.opens
    )
