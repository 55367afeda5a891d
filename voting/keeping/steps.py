"""A party's way through a ceremony: what is posted, and the one right next step.

Each round's message is made once. A new state that holds it is returned with it; the caller has it
on disk before the message is handed over, and the same bytes are handed over when asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from voting.crypto.ceremony import Ceremony, Round, SignedMessage, check_message
from voting.crypto.ceremony_judge import judge_complaint, judge_equivocation
from voting.crypto.ceremony_record import CeremonyRecord, verify_ceremony
from voting.crypto.dkg import begin, complain, deal_shares, finish, open_commitments
from voting.crypto.errors import (
    CeremonyError,
    CeremonySignatureError,
    ShareDecryptionError,
    ShareEquationError,
)
from voting.crypto.group import PointT
from voting.crypto.randomness import Rng
from voting.keeping.errors import KeyFileFormError, OldCopyError, StepError
from voting.keeping.setting import Role, Setting
from voting.keeping.state import KeyState, Part

Posted: TypeAlias = Mapping[tuple[Round, int], bytes]
"""The exchanged messages, encoded, by kind and party (1-based); hostile."""

ROUNDS: Final = (Round.ANNOUNCE, Round.OPEN, Round.DEAL, Round.CONFIRM)


class Step(StrEnum):
    """What became of asking for the next step."""

    MADE = "made"
    """A message was made."""
    AGAIN = "again"
    """A message that was made before is not posted (any more): here it is again."""
    WAITING = "waiting"
    """Others come first."""
    IN_FORCE = "in_force"
    """Everybody confirmed: the keys are in force."""


@dataclass(frozen=True, slots=True)
class Move:
    """The outcome of one step.

    Args:
        state: to be on disk before anything else happens.
        step: what happened.
        kind: of the message, or of the messages that are waited for.
        message: to be handed over; empty where there is none.
        missing: the parties that are waited for.
    """

    state: KeyState
    step: Step
    kind: Round
    message: bytes = b""
    missing: tuple[int, ...] = ()


def advance(state: KeyState, setting: Setting, posted: Posted, rng: Rng) -> Move:
    """Take the next step of a ceremony, or say who is waited for.

    Args:
        state: of the key.
        setting: of the ceremony.
        posted: everything that was exchanged.
        rng: secure source of random bytes.

    Raises:
        StepError: the key is in another ceremony, gave this one up, or is no party of it (F-07).
        OldCopyError: a message of this key is posted that this state never made (F-04).
        CeremonyError: somebody broke a rule; the culprit is named, and nothing is signed.
    """
    if setting.role is Role.TRUSTEE:
        return _advance(state, setting, setting.trustees(), posted, rng)
    return _advance(state, setting, setting.registrars(), posted, rng)


def accuse(state: KeyState, setting: Setting, posted: Posted, rng: Rng) -> Move:
    """Complain about a bad share, which ends the ceremony; made once like every message.

    Raises:
        StepError: all shares are right, or this is not the moment to complain (F-07).
        CeremonyError: something else is wrong, which anybody can see without a complaint.
    """
    if setting.role is Role.TRUSTEE:
        return _accuse(state, setting, setting.trustees(), posted, rng)
    return _accuse(state, setting, setting.registrars(), posted, rng)


def give_up(state: KeyState) -> KeyState:
    """Leave the ceremony for good and forget its secrets; a next one can be joined.

    Raises:
        StepError: there is no ceremony, or its keys serve a poll already (F-07).
    """
    if state.part is None or state.poll:
        raise StepError("there is no ceremony to be given up, or its keys serve a poll")
    digest = state.part.setting.digest()
    return replace(state, part=None, ended=(*state.ended, digest)).noted("give-up", digest)


def _advance(
    state: KeyState, setting: Setting, ceremony: Ceremony[PointT], posted: Posted, rng: Rng
) -> Move:
    _check_place(state, setting, ceremony.digest)
    part = state.part
    if part is None:
        return _announce(state, setting, ceremony, posted, rng)
    return _go_on(state, ceremony, part, posted, rng)


def _go_on(
    state: KeyState, ceremony: Ceremony[PointT], part: Part, posted: Posted, rng: Rng
) -> Move:
    """The step of a key that announced itself before."""
    _check_own(ceremony, part.index, part, posted)
    again = _unposted(part, posted)
    if again is not None:
        return Move(state, Step.AGAIN, *again)
    if part.complaint:
        raise StepError("this key complained: the ceremony is over; give it up")
    if part.in_force:
        return Move(state, Step.IN_FORCE, Round.CONFIRM)
    _check_seen(ceremony, part, posted)
    kind = ROUNDS[len(part.said) - 1]
    missing = _missing(ceremony, posted, kind)
    if missing:
        _judge_posted(ceremony, part, posted)
        return Move(state, Step.WAITING, kind, missing=missing)
    messages = tuple(posted[kind, j] for j in range(1, ceremony.parties + 1))
    if kind is Round.CONFIRM:
        return _end(state, ceremony, part, messages)
    answered = replace(part, seen=(*part.seen, messages))
    return _answer(state, ceremony, answered, posted, rng)


def _check_place(state: KeyState, setting: Setting, digest: bytes) -> None:
    """Require that the key is, or may become, a party of this ceremony."""
    if state.role is not setting.role:
        raise KeyFileFormError(f"this is the key file of a {state.role}")
    if digest in state.ended:
        raise StepError("this key gave this ceremony up; a new one has a new setting")
    if state.part is not None and state.part.setting != setting:
        raise StepError("this key is in another ceremony; it has to be given up first")
    if state.public not in setting.identities:
        raise StepError("this key is none of the parties of the ceremony")


def _announce(
    state: KeyState, setting: Setting, ceremony: Ceremony[PointT], posted: Posted, rng: Rng
) -> Move:
    index = setting.identities.index(state.public) + 1
    _check_own(ceremony, index, None, posted)
    party, message = begin(ceremony, index, state.signer, rng)
    part = Part(setting, index, party.kem_secret, party.polynomials, party.commitments)
    return _made(state, part, Round.ANNOUNCE, message.encode())


def _made(state: KeyState, part: Part, kind: Round, message: bytes) -> Move:
    after = replace(state, part=replace(part, said=(*part.said, message)))
    return Move(after.noted(kind.name.lower(), message), Step.MADE, kind, message)


def _answer(
    state: KeyState, ceremony: Ceremony[PointT], part: Part, posted: Posted, rng: Rng
) -> Move:
    """Answer to a complete round with the message of the next one."""
    party, seen = part.party(state.signer), [_decode_all(messages) for messages in part.seen]
    kind = ROUNDS[len(seen)]
    if kind is Round.OPEN:
        return _made(state, part, kind, open_commitments(ceremony, party, seen[0], rng).encode())
    if kind is Round.DEAL:
        return _made(state, part, kind, deal_shares(ceremony, party, seen[0], seen[1]).encode())
    _judge_posted(ceremony, part, posted)
    shares, keys, message = finish(ceremony, party, (seen[0], seen[1], seen[2]), rng)
    own = keys.shares[part.index - 1]
    part = replace(
        part,
        shares=shares,
        public=tuple(ceremony.group.encode(point) for point in own),
        keys=tuple(ceremony.group.encode(point) for point in keys.public),
        transcript=keys.transcript,
    )
    return _made(state, part, kind, message.encode())


def _end(
    state: KeyState, ceremony: Ceremony[PointT], part: Part, confirmations: tuple[bytes, ...]
) -> Move:
    """Everybody confirmed: check it, and erase what served the ceremony only."""
    rounds = [_decode_all(messages) for messages in (*part.seen, confirmations)]
    verify_ceremony(ceremony, CeremonyRecord(*rounds))
    done = replace(part, kem_secret=b"", polynomials=(), in_force=True)
    return Move(replace(state, part=done), Step.IN_FORCE, Round.CONFIRM)


def _accuse(
    state: KeyState, setting: Setting, ceremony: Ceremony[PointT], posted: Posted, rng: Rng
) -> Move:
    _check_place(state, setting, ceremony.digest)
    part = state.part
    if part is None or len(part.said) != len(ROUNDS) - 1:
        raise StepError("one complains after dealing and before confirming")
    _check_own(ceremony, part.index, part, posted)
    if part.complaint:
        return Move(state, Step.AGAIN, Round.COMPLAIN, part.complaint)
    _check_seen(ceremony, part, posted)
    missing = _missing(ceremony, posted, Round.DEAL)
    if missing:
        return Move(state, Step.WAITING, Round.DEAL, missing=missing)
    rounds = [_decode_all(messages) for messages in part.seen]
    dealings = _decode_all(tuple(posted[Round.DEAL, j] for j in range(1, ceremony.parties + 1)))
    party = part.party(state.signer)
    try:
        finish(ceremony, party, (rounds[0], rounds[1], dealings), rng)
    except (ShareDecryptionError, ShareEquationError) as error:
        message = complain(ceremony, party, error.culprit, dealings).encode()
        after = replace(state, part=replace(part, complaint=message))
        return Move(after.noted("complain", message), Step.MADE, Round.COMPLAIN, message)
    raise StepError("all shares are right; there is nothing to complain about")


def _check_own(ceremony: Ceremony[PointT], index: int, part: Part | None, posted: Posted) -> None:
    """Compare what stands under this party's number with what this state made."""
    made = {} if part is None else dict(zip(ROUNDS, part.said, strict=False))
    if part is not None and part.complaint:
        made[Round.COMPLAIN] = part.complaint
    for kind in Round:
        there = posted.get((kind, index))
        if there is None or there == made.get(kind):
            continue
        try:
            message = SignedMessage.decode(there)
            check_message(ceremony, kind, message)
            if message.sender != index:
                raise CeremonySignatureError(0, "a message under another party's number")
        except CeremonyError as error:
            text = f"what stands under your number for {kind.name} is not from you"
            raise StepError(text) from error
        raise OldCopyError(f"your {kind.name} is posted, but this key file never made it")


def _unposted(part: Part, posted: Posted) -> tuple[Round, bytes] | None:
    made = list(zip(ROUNDS, part.said, strict=False))
    if part.complaint:
        made.append((Round.COMPLAIN, part.complaint))
    return next(((k, m) for k, m in made if (k, part.index) not in posted), None)


def _check_seen(ceremony: Ceremony[PointT], part: Part, posted: Posted) -> None:
    """Nothing that was answered to may have changed since."""
    for kind, messages in zip(ROUNDS, part.seen, strict=False):
        for j, known in enumerate(messages, 1):
            there = posted.get((kind, j), known)
            if there == known:
                continue
            one, other = SignedMessage.decode(known), SignedMessage.decode(there)
            verdict = judge_equivocation(ceremony, one, other)
            if verdict is not None:
                raise verdict


def _missing(ceremony: Ceremony[PointT], posted: Posted, kind: Round) -> tuple[int, ...]:
    return tuple(j for j in range(1, ceremony.parties + 1) if (kind, j) not in posted)


def _decode_all(messages: tuple[bytes, ...]) -> tuple[SignedMessage, ...]:
    return tuple(SignedMessage.decode(data) for data in messages)


def _judge_posted(ceremony: Ceremony[PointT], part: Part, posted: Posted) -> None:
    """Raise the verdict of a complaint, if there is one."""
    for j in range(1, ceremony.parties + 1):
        if (Round.COMPLAIN, j) in posted and len(part.seen) == len(ROUNDS) - 1:
            verdict = judge_posted_complaint(ceremony, j, posted)
            if verdict is not None:
                raise verdict


def judge_posted_complaint(
    ceremony: Ceremony[PointT], complainer: int, posted: Posted
) -> CeremonyError | None:
    """The verdict of a posted complaint; None if its sender had confirmed all shares before.

    Raises:
        CeremonyError: rounds one to three, or the complaint, are not sound by themselves.
    """
    parties = range(1, ceremony.parties + 1)
    one, two, three = (
        _decode_all(tuple(posted[kind, j] for j in parties if (kind, j) in posted))
        for kind in ROUNDS[:3]
    )
    confirmed = posted.get((Round.CONFIRM, complainer))
    confirmation = None if confirmed is None else SignedMessage.decode(confirmed)
    complaint = SignedMessage.decode(posted[Round.COMPLAIN, complainer])
    return judge_complaint(ceremony, (one, two, three), complaint, confirmation=confirmation)
