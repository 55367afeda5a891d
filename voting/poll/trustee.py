"""A trustee's side of the tally: one answer, to one aggregate, for ever."""

from dataclasses import dataclass, field
from typing import Protocol

from voting.crypto.group import G1
from voting.crypto.randomness import Rng
from voting.crypto.threshold import (
    Aggregate,
    PartialDecryption,
    TrusteeKey,
    decrypt_partially,
    require_decryptable,
    require_enough,
)
from voting.poll.definition import PollDefinition
from voting.poll.errors import AnsweredError


class Answers(Protocol):
    """Where a trustee's key file notes what it answered, durably."""

    def put(self, key: bytes, aggregate: bytes) -> bytes:
        """Note the aggregate of a key unless there is one, and return the noted one.

        It is on disk when this returns. The key is X_l1 (48 bytes).
        """


@dataclass(slots=True)
class MemoryAnswers:
    """For simulations: forgotten when the process ends."""

    _noted: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def put(self, key: bytes, aggregate: bytes) -> bytes:
        """See ``Answers.put``."""
        return self._noted.setdefault(key, aggregate)


def answer(
    definition: PollDefinition,
    aggregate: Aggregate,
    key: TrusteeKey,
    answers: Answers,
    rng: Rng,
) -> PartialDecryption:
    """Decrypt the final sum partially.

    Args:
        definition: of the poll.
        aggregate: recomputed by this trustee's own program from the audited record.
        key: of this trustee.
        answers: the key's memory; noted before anything is computed.
        rng: secure source of random bytes.

    Raises:
        TooFewBallotsError: D-07.
        AggregateFormError, GroupError: a sum that no ballots have (D-01, G-02, G-03); not noted.
        AnsweredError: this key answered another aggregate (D-08).

    Not checked: the record, the time, that its checkpoint is the contract's final one, and that the
    opened sheets are anchored: the audit with a snapshot of the chain does (A-10, A-22).
    """
    require_enough(aggregate, definition.casting.min_ballots)
    # A malformed sum must not use up the key's one answer.
    require_decryptable(aggregate, key)
    digest = aggregate.digest()
    if answers.put(G1.encode(key.public[0]), digest) != digest:
        raise AnsweredError("this key answered another aggregate; it answers no second one")
    return decrypt_partially(aggregate, key, rng)
