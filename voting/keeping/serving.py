"""What a key does for its one poll: endorse it, answer its one sum, sign registration requests."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self, TypeAlias

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from voting.crypto.ceremony import SIGNATURE_BYTES, endorse
from voting.crypto.errors import GroupError
from voting.crypto.group import G1, G1Point
from voting.crypto.randomness import Rng
from voting.crypto.threshold import Aggregate, TrusteeKey, verify_partial
from voting.crypto.transcript import PROTOCOL
from voting.keeping.errors import OtherPollError, StepError
from voting.keeping.setting import Role, read_role
from voting.keeping.state import KeyState, Part
from voting.poll.definition import PollDefinition
from voting.poll.errors import OtherRequestError, RegistrationError
from voting.poll.registrar import Grant, Registrar, RegistrarKeys
from voting.poll.roll import Eligible, MemoryRoll, RollEntry
from voting.poll.token_log import TokenLog
from voting.poll.trustee import answer

ENDORSEMENT_VERSION: Final = f"{PROTOCOL}/endorsement"
REQUESTS_VERSION: Final = f"{PROTOCOL}/registration-requests"
GRANTS_VERSION: Final = f"{PROTOCOL}/registration-grants"
MAX_REQUESTS: Final = 50_000
MAX_REQUESTS_BYTES: Final = 1 << 25

Save: TypeAlias = Callable[[KeyState], None]
"""Puts a state on disk; it is there when this returns."""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What a party hands over after it endorsed a poll; 32, 4 and 64 bytes of it are new."""

    role: Role
    party: int
    poll: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """The canonical document."""
        body: dict[str, Json] = {
            "version": ENDORSEMENT_VERSION,
            "role": str(self.role),
            "party": self.party,
            "poll": self.poll.hex(),
            "signature": self.signature.hex(),
        }
        return canonical(body)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``; a claim until ``check_endorsements`` has seen it.

        Raises:
            EncodingError: not the canonical document of this version.
        """
        part = Document.of(parse_canonical(data), "endorsement")
        part.version(ENDORSEMENT_VERSION)
        role, party, poll = read_role(part), part.integer("party", 1), part.hash("poll")
        body = cls(role, party, poll, part.data("signature", SIGNATURE_BYTES))
        part.close()
        return body


def endorse_poll(state: KeyState, definition: PollDefinition) -> KeyState:
    """Sign that this key serves this poll and no other, once and for ever.

    Raises:
        StepError: the keys are not in force (F-07).
        OtherPollError: the key signed another poll, or the definition names other keys (F-08).
        VotingError: keys that clash or are no points (P-02, G-01 to G-03).
    """
    part, poll = in_force(state), definition.poll_id()
    if state.poll and state.poll != poll:
        raise OtherPollError("this key endorsed another poll; it endorses no second one")
    definition.context()
    if _named(state.role, definition) != _made(state.role, part):
        raise OtherPollError("the definition does not name the keys of your ceremony")
    if state.poll:
        return state
    signature = endorse(poll, part.transcript, state.signer)
    return replace(state, poll=poll, endorsement=signature).noted("endorse", signature)


def endorsement_of(state: KeyState) -> Endorsement:
    """The endorsement as it is handed over, the same every time.

    Raises:
        StepError: nothing was endorsed (F-07).
    """
    part = in_force(state)
    if not state.poll:
        raise StepError("this key endorsed no poll yet")
    return Endorsement(state.role, part.index, state.poll, state.endorsement)


def in_force(state: KeyState) -> Part:
    """The part in a ceremony that everybody confirmed.

    Raises:
        StepError: there is none (F-07).
    """
    if state.part is None or not state.part.in_force:
        raise StepError("the ceremony is not finished: its keys are not in force")
    return state.part


def endorsed_part(state: KeyState, definition: PollDefinition) -> Part:
    """The part, for a poll that this key endorsed.

    Raises:
        StepError: nothing was endorsed (F-07).
        OtherPollError: this is another poll (F-08).
    """
    part = in_force(state)
    if not state.poll:
        raise StepError("this key endorsed no poll yet")
    if definition.poll_id() != state.poll:
        raise OtherPollError("this is another poll than the one that this key endorsed")
    return part


def _named(role: Role, definition: PollDefinition) -> tuple[object, ...]:
    chain_id = definition.chain_id
    if role is Role.TRUSTEE:
        body = definition.trustees
        return body.ceremony(chain_id).digest, 0, body.keys, body.transcript
    named = definition.registrars
    return named.ceremony(chain_id).digest, named.dishonest, (named.key,), named.transcript


def _made(role: Role, part: Part) -> tuple[object, ...]:
    dishonest = 0 if role is Role.TRUSTEE else part.setting.dishonest
    return part.setting.digest(), dishonest, part.keys, part.transcript


@dataclass(slots=True)
class KeptAnswers:
    """``voting.poll.trustee.Answers`` of one key file: the sum is on disk when ``put`` returns."""

    state: KeyState
    save: Save = field(repr=False)

    def put(self, key: bytes, aggregate: bytes) -> bytes:
        """See ``Answers.put``; a key file holds one key, so that there is one answer in it."""
        part = in_force(self.state)
        if part.public[0] != key:
            raise StepError("this is another key than the one in the file")
        if not self.state.aggregate:
            self.state = replace(self.state, aggregate=aggregate).noted("aggregate", aggregate)
            self.save(self.state)
        return self.state.aggregate


def answer_sum(
    state: KeyState, definition: PollDefinition, aggregate: Aggregate, save: Save, rng: Rng
) -> bytes:
    """This trustee's partial decryption of the one final sum, encoded; the same every time.

    Args:
        state: of the key.
        definition: of the endorsed poll.
        aggregate: recomputed by this program from the audited record.
        save: called with the sum before anything is computed, and with the answer before it leaves.
        rng: secure source of random bytes.

    Raises:
        StepError: this is no trustee's key, or nothing was endorsed (F-07).
        OtherPollError: another poll (F-08).
        AnsweredError: this key answered another sum (D-08).
        TooFewBallotsError: D-07.
        DecryptionProofError: the own answer does not verify: the machine or the file is faulty.
    """
    part = endorsed_part(state, definition)
    if state.role is not Role.TRUSTEE:
        raise StepError("only trustees decrypt")
    points = tuple(G1.decode(point) for point in part.public)
    key, answers = TrusteeKey(part.index, part.shares, points), KeptAnswers(state, save)
    if state.partial and state.aggregate == aggregate.digest():
        return state.partial
    partial = answer(definition, aggregate, key, answers, rng)
    # A fault in the computation could tell something about the shares: such an answer never leaves.
    verify_partial(aggregate, _alone(part.index, points), partial)
    encoded = partial.encode()
    save(replace(answers.state, partial=encoded).noted("decrypt", encoded))
    return encoded


def _alone(index: int, points: tuple[G1Point, ...]) -> list[tuple[G1Point, ...]]:
    return [points] * index


@dataclass(frozen=True, slots=True)
class Asked:
    """A verified registration request: a person, and M (48 hostile bytes)."""

    eligible: Eligible
    blinded: bytes


@dataclass(frozen=True, slots=True)
class Requests:
    """A batch of verified registration requests for one poll."""

    poll: bytes
    asked: tuple[Asked, ...]

    def to_bytes(self) -> bytes:
        """The canonical document."""
        asked: list[Json] = [
            {
                "pseudonym": one.eligible.pseudonym,
                "presentation": one.eligible.presentation_hash.hex(),
                "blinded": one.blinded.hex(),
            }
            for one in self.asked
        ]
        body: dict[str, Json] = {"version": REQUESTS_VERSION, "poll": self.poll.hex()}
        return canonical(body | {"requests": asked})

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.

        Not checked: the credentials behind it, which whoever made the file has verified.
        """
        part = Document.of(parse_canonical(data, max_bytes=MAX_REQUESTS_BYTES), "requests")
        part.version(REQUESTS_VERSION)
        poll, asked = part.hash("poll"), part.items("requests", _read_asked, MAX_REQUESTS)
        part.close()
        return cls(poll, tuple(asked))


def _read_asked(part: Document) -> Asked:
    pseudonym, presentation = part.text("pseudonym"), part.hash("presentation")
    return Asked(Eligible(pseudonym, presentation), part.data("blinded", G1.point_bytes))


def registrar_of(state: KeyState, definition: PollDefinition, rng: Rng) -> Registrar:
    """The registrar with the roll of its key file, in memory: ``roll_of`` goes back to the file.

    Raises:
        StepError: this is no registrar's key, nothing was endorsed, or the log is closed (F-07).
        OtherPollError: another poll (F-08).
    """
    part = endorsed_part(state, definition)
    if state.role is not Role.REGISTRAR:
        raise StepError("only registrars grant tokens")
    roll = MemoryRoll()
    for entry in state.roll:
        roll.put(entry)
    keys = RegistrarKeys(part.index, part.shares[0], state.nullifier_key, state.signer)
    return Registrar(definition, keys, roll, rng)


def sign_requests(
    state: KeyState,
    registrar: Registrar,
    requests: Requests,
    at: datetime,
    save: Save,
) -> bytes:
    """Answer a batch: everybody stands in the roll, on disk, before the first share is computed.

    The same batch gets the same shares again; what is refused is refused with its reason, and the
    others are answered.

    Args:
        state: of the key.
        registrar: made from it.
        requests: verified.
        at: now.
        save: puts the roll on disk.

    Returns:
        The document that is handed over, in the order of the requests.

    Raises:
        StepError: the token log is closed (F-07).
        OtherPollError: requests for another poll (F-08).
        PollPhaseError: registration is not open (Q-02).
    """
    if state.closed:
        raise StepError("the token log is closed: nobody registers any more")
    if requests.poll != registrar.poll_id:
        raise OtherPollError("these requests are for another poll")
    noted = [_note(registrar, one, at) for one in requests.asked]
    save(replace(state, roll=tuple(registrar.roll.entries())))
    answered: list[Json] = [
        refused_json(one.blinded, entry)
        if isinstance(entry, RegistrationError | GroupError)
        else grant_json(registrar.answer(entry), one.blinded)
        for one, entry in zip(requests.asked, noted, strict=True)
    ]
    body: dict[str, Json] = {
        "version": GRANTS_VERSION,
        "poll": registrar.poll_id.hex(),
        "registrar": registrar.keys.index,
        "grants": answered,
    }
    return canonical(body)


def _note(
    registrar: Registrar, one: Asked, at: datetime
) -> RollEntry | RegistrationError | GroupError:
    try:
        return registrar.note(one.eligible, one.blinded, at)
    except (RegistrationError, GroupError) as error:
        return error


def grant_json(grant: Grant, blinded: bytes) -> Json:
    """An answer; ``salt`` goes to the person alone."""
    return {
        "blinded": blinded.hex(),
        "share": grant.share.hex(),
        "commitment": grant.commitment.hex(),
        "salt": grant.salt.hex(),
        "signature": grant.signature.hex(),
    }


def refused_json(blinded: bytes, error: RegistrationError | GroupError) -> Json:
    """A refusal, with the earlier request as evidence where that is the reason (N-01)."""
    body: dict[str, Json] = {"blinded": blinded.hex(), "refused": error.code}
    if isinstance(error, OtherRequestError):
        body |= {"earlier": error.earlier.hex(), "presentation": error.presentation.hex()}
    return body


def close_log(state: KeyState, registrar: Registrar, at: datetime) -> tuple[KeyState, TokenLog]:
    """The token log, made once: from then on nobody registers.

    Raises:
        PollPhaseError: registration goes on (Q-02).
    """
    log = registrar.close(at)
    if state.closed:
        return state, TokenLog(log.entries, state.closed)
    return replace(state, closed=log.note).noted("token-log", log.note.encode("utf-8")), log
