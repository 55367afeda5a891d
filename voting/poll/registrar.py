"""A registrar: at most one signed blinded key per person, each on record before it is computed."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from voting.crypto.group import G1
from voting.crypto.randomness import Rng, draw_bytes
from voting.crypto.tokens import sign_blinded
from voting.crypto.transcript import transcript_hash, u32
from voting.poll.definition import PollDefinition
from voting.poll.errors import PollPhaseError
from voting.poll.roll import (
    SALT_BYTES,
    Eligible,
    Roll,
    RollEntry,
    check_presentation_hash,
    check_same_request,
    nullifier,
    nullifier_commitment,
)
from voting.poll.states import registration_is_open
from voting.poll.token_log import TokenLog, encode_entry, entries_root


@dataclass(frozen=True, slots=True)
class RegistrarKeys:
    """A registrar's secrets for one poll.

    Args:
        index: j, 1-based.
        share: x_j, which signs blinded points of this poll and nothing else.
        nullifier_key: 32 bytes of its own.
        identity: Ed25519, the key named in the definition.
    """

    index: int
    share: int = field(repr=False)
    nullifier_key: bytes = field(repr=False)
    identity: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A registrar's answer.

    Args:
        registrar: j.
        share: S_j, 48 bytes.
        commitment: nc_j as it will stand in the log, 32 bytes.
        salt: opens the commitment towards the person.
        signature: Ed25519 over ``entry_digest``: proof that the log must hold this entry.
    """

    registrar: int
    share: bytes
    commitment: bytes
    salt: bytes = field(repr=False)
    signature: bytes


def entry_digest(poll_id: bytes, registrar: int, commitment: bytes, blinded: bytes) -> bytes:
    """``tr("token-entry", poll_id, u32 j, nc_j, M)``: what a registrar signs for the person."""
    return transcript_hash("token-entry", poll_id, u32(registrar), commitment, blinded)


@dataclass(slots=True)
class Registrar:
    """One registrar of one poll; ``roll`` is its storage."""

    definition: PollDefinition
    keys: RegistrarKeys
    roll: Roll
    rng: Rng = field(repr=False)
    poll_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.poll_id = self.definition.poll_id()

    def grant(self, eligible: Eligible, blinded: bytes, at: datetime) -> Grant:
        """Give a person the share for their blinded key.

        The same person with the same key gets the same answer, as often as they ask.

        Args:
            eligible: a person whose credential was verified, the presentation being bound to
                ``blinded`` (``Request.check``).
            blinded: M, 48 hostile bytes.
            at: now.

        Raises:
            PollPhaseError: registration is not open (Q-02).
            GroupError: M is no valid point (G-01 to G-03); nothing is stored.
            OtherRequestError: the person asked with another key before (N-01).
            SharedRequestError: another person asked with this key (N-02).
        """
        return self.answer(self.note(eligible, blinded, at))

    def note(self, eligible: Eligible, blinded: bytes, at: datetime) -> RollEntry:
        """The first half of ``grant``: put a person's request on the roll, and compute nothing.

        A batch is noted first, and answered once all of it is on disk.

        Raises:
            RegistrationError: as ``grant``.
        """
        if not registration_is_open(self.definition, at):
            raise PollPhaseError("registration is not open")
        check_presentation_hash(eligible)
        G1.decode(blinded)
        person = nullifier(self.keys.nullifier_key, self.poll_id, eligible.pseudonym)
        salt = draw_bytes(self.rng, SALT_BYTES)
        stored = self.roll.put(RollEntry(person, blinded, eligible.presentation_hash, salt))
        check_same_request(stored, blinded)
        return stored

    def close(self, at: datetime) -> TokenLog:
        """The log to publish and anchor, once registration is closed.

        Raises:
            PollPhaseError: registration goes on (Q-02).
        """
        if at < self.definition.registration.closes:
            raise PollPhaseError("a registrar's log is published after its closing, never before")
        entries = tuple(
            sorted(
                encode_entry(entry.blinded, self._commitment(entry))
                for entry in self.roll.entries()
            )
        )
        origin = self.definition.registrar_key(self.keys.index).origin
        state = Checkpoint(origin, len(entries), entries_root(entries))
        return TokenLog(entries, sign_checkpoint(state, self.keys.identity))

    def answer(self, entry: RollEntry) -> Grant:
        """The second half of ``grant``: the share for an entry that is on the roll, on disk."""
        commitment = self._commitment(entry)
        digest = entry_digest(self.poll_id, self.keys.index, commitment, entry.blinded)
        return Grant(
            self.keys.index,
            sign_blinded(self.keys.share, entry.blinded, self.rng),
            commitment,
            entry.salt,
            self.keys.identity.sign(digest),
        )

    def _commitment(self, entry: RollEntry) -> bytes:
        return nullifier_commitment(self.poll_id, self.keys.index, entry)
