"""Who broke a ceremony: every judge with the public messages comes to the same verdict."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from voting.crypto.ceremony import Ceremony, Round, SignedMessage, check_message, check_round
from voting.crypto.ceremony_record import (
    KEM_BYTES,
    check_announcements,
    check_dealings,
    check_openings,
    check_view,
    sealed_for,
    view_of,
)
from voting.crypto.dkg import open_sealed, public_kem, unseal_shares
from voting.crypto.errors import (
    CeremonyError,
    EquivocationError,
    FalseComplaintError,
    PartyListError,
    ShareDecryptionError,
    ShareEquationError,
    ViewMismatchError,
)
from voting.crypto.group import PointT
from voting.crypto.transcript import DIGEST_BYTES

_SECRET_START: Final = DIGEST_BYTES + 4
_ANSWERED: Final = {
    Round.OPEN: Round.ANNOUNCE,
    Round.DEAL: Round.OPEN,
    Round.CONFIRM: Round.DEAL,
    Round.COMPLAIN: Round.DEAL,
}


def judge_complaint(
    ceremony: Ceremony[PointT],
    rounds: tuple[Sequence[SignedMessage], Sequence[SignedMessage], Sequence[SignedMessage]],
    complaint: SignedMessage,
    *,
    confirmation: SignedMessage | None = None,
) -> CeremonyError | None:
    """Decide a complaint about a share.

    Args:
        ceremony: the setting.
        rounds: rounds one to three as published.
        complaint: ``body = view | u32 accused | kem secret``, the view being of round three.
        confirmation: the complainer's message of round four, if there is one.

    Returns:
        The verdict: an error of K-08 or K-09 whose culprit is the accused, or one of K-12 whose
        culprit is the complainer; None where the complainer confirmed the same round three: it
        said that all shares were right, and its complaint is ignored (SPEC 8.2).

    Raises:
        CeremonyError: rounds one to three are not sound by themselves, or nobody signed the
            complaint or the confirmation; then that is the verdict. A complaint about other
            messages than the published ones goes to ``judge_view`` (K-14).

    Not checked: whether there is a confirmation that the caller was not given.
    """
    first = check_announcements(ceremony, rounds[0])
    second = check_openings(ceremony, first, rounds[1])
    bodies = check_dealings(ceremony, second, rounds[2])
    accuser, body = complaint.sender, check_message(ceremony, Round.COMPLAIN, complaint)
    view = view_of(ceremony, rounds[2])
    check_view(accuser, body, view)
    if confirmation is not None and _confirms(ceremony, confirmation, accuser, view):
        return None
    accused = int.from_bytes(body[DIGEST_BYTES:_SECRET_START], "big")
    secret = body[_SECRET_START:]
    if not 1 <= accused <= ceremony.parties or accused == accuser or len(secret) != KEM_BYTES:
        return FalseComplaintError(accuser, "the complaint accuses nobody")
    if public_kem(secret) != first.kems[accuser - 1]:
        return FalseComplaintError(accuser, "the secret does not belong to its transport key")
    sealed = sealed_for(ceremony, bodies[accused - 1], accused, accuser)
    try:
        pair, group = (accused, accuser), ceremony.group
        opened = open_sealed(ceremony, first, pair, secret, sealed)
        unseal_shares(ceremony, second, pair, opened, partial(group.multiply, group.generator))
    except (ShareDecryptionError, ShareEquationError) as error:
        return error
    return FalseComplaintError(accuser, f"the shares of party {accused} are right")


def _confirms(
    ceremony: Ceremony[PointT], confirmation: SignedMessage, accuser: int, view: bytes
) -> bool:
    body = check_message(ceremony, Round.CONFIRM, confirmation)
    return confirmation.sender == accuser and body[:DIGEST_BYTES] == view


def judge_equivocation(
    ceremony: Ceremony[PointT], one: SignedMessage, other: SignedMessage
) -> EquivocationError | None:
    """Whether two messages show that their sender signed two things for one round.

    Returns:
        The verdict of K-11, or None where the messages do not contradict each other.

    Raises:
        CeremonyError: a message that its sender did not sign is no evidence (K-02, K-03).
    """
    check_message(ceremony, one.kind, one)
    check_message(ceremony, other.kind, other)
    if (one.kind, one.sender) != (other.kind, other.sender) or one.body == other.body:
        return None
    return EquivocationError(one.sender, f"signed two different messages for {one.kind.name}")


def judge_view(
    ceremony: Ceremony[PointT],
    published: Sequence[SignedMessage],
    answer: SignedMessage,
    claimed: Sequence[SignedMessage],
) -> CeremonyError | None:
    """Decide why a party answered to other messages than the published ones.

    A relay that shows a party a second message needs somebody who signed it, so that the party can
    always clear itself by showing what it was shown.

    Args:
        ceremony: the setting.
        published: the messages of the round before.
        answer: the party's signed message of round two to four, or its complaint: all start with
            its view.
        claimed: what the party says it was shown, in order.

    Returns:
        The verdict: K-11 with the one who signed twice as culprit, or K-14 with the one who
        answered; None where the answer is one to the published messages: nothing is to be judged.

    Raises:
        CeremonyError: the answer is not signed by its sender, or answers no round; ``published``
            is not one signed message of each party for the round before it (K-02, K-03).
    """
    body = check_message(ceremony, answer.kind, answer)
    if answer.kind not in _ANSWERED:
        raise PartyListError(0, f"{answer.kind.name} answers no round")
    check_round(ceremony, _ANSWERED[answer.kind], published)
    if body[:DIGEST_BYTES] == view_of(ceremony, published):
        return None
    liar = ViewMismatchError(answer.sender, "cannot show the messages it claims to have seen")
    if len(claimed) != len(published) or body[:DIGEST_BYTES] != view_of(ceremony, claimed):
        return liar
    for one, other in zip(published, claimed, strict=True):
        try:
            verdict = judge_equivocation(ceremony, one, other)
        except CeremonyError:
            return liar
        if verdict:
            return verdict
    return liar
