"""Judge an answer by the rules that were asked by; and judge again what was believed before.

Nothing is written here but in ``JudgedAnswer.keep``, inside the transaction that ends the request.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.finish_application import finish_application
from api.openid.answer import WalletAnswer
from api.openid.asking import AskedRequest, RuledQuery
from api.openid.basis import basis_of, seal_basis
from api.openid.desk import Desk
from api.openid.errors import AnsweredError, InvalidAnswerError
from api.openid.outcome import Answered, AnswerKind
from api.openid.ports import OpenIdWork
from api.openid.scope_secrets import ScopeSecrets, seal
from api.openid.trail import checked_result, recording_result
from verifier.check import CheckedAnswer, Question, check, check_again
from verifier.credential.credential_evidence import CredentialEvidence
from verifier.credential.inclusion import TILE_LEAVES
from verifier.credential.needs import Needs, needs_of, together
from verifier.eligibility.errors import EligibilityError
from verifier.eligibility.policy import PolicyRound
from verifier.errors import (
    PendingAnchorError,
    RejectedError,
    RequestTimeError,
    UnansweredError,
    UnknownLogError,
)

_PENDING: Final = frozenset({UnknownLogError.check, PendingAnchorError.check})


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer and what the rules made of it."""

    asked: AskedRequest
    query: RuledQuery
    checked: CheckedAnswer
    at: datetime
    answer: WalletAnswer

    @property
    def must_wait(self) -> bool:
        """Whether nothing but an anchor that is not there yet stands in the way (C-39, C-40).

        A log is opened with its first anchor; its issuer's signature was checked before. What was
        asked for no application is told to nobody, so nothing is held for it.
        """
        obstacles = self.checked.obstacles.values()
        pending = [one for one in obstacles if one.check in _PENDING]
        is_open = all(one.undetermined or one.check in _PENDING for one in obstacles)
        return bool(pending) and is_open and self.asked.application is not None

    def keep(self, desk: Desk, code_hash: bytes | None, work: OpenIdWork) -> Answered:
        """The outcome as it is kept, with what stands behind it sealed beside it."""
        return (self._hold if self.must_wait else self.outcome)(desk, code_hash, work)

    def outcome(self, desk: Desk, code_hash: bytes | None, work: OpenIdWork) -> Answered:
        """The outcome as it is, whatever might still come."""
        asked, query, checked = self.asked, self.query, self.checked
        return Answered(
            request=asked.request.id,
            kind=AnswerKind.CHECKED,
            at=self.at,
            result=checked_result(asked, query, checked, self.at),
            presentation_hash=checked.presentation_hash,
            replay_key=checked.replay_key,
            response_code_hash=code_hash,
            basis=self._basis(desk.scope_secrets(work, self.at)),
        )

    def _hold(self, desk: Desk, code_hash: bytes | None, work: OpenIdWork) -> Answered:
        """The answer itself, sealed, until it can be judged; an issuer has signed what is in it.

        So the application is finished: what is held outlives the time of what is not.
        """
        asked = self.asked
        finish_application(work, asked.application or "", self.at, [asked.request.id])
        held = json.dumps({n: list(texts) for n, texts in self.answer.presentations.items()})
        return Answered(
            request=asked.request.id,
            kind=AnswerKind.RECORDING,
            at=self.at,
            result=recording_result(asked, self.at),
            presentation_hash=self.checked.presentation_hash,
            replay_key=self.checked.replay_key,
            response_code_hash=code_hash,
            held=seal(desk.secrets, held_place(asked.request.id), held.encode(), desk.rng),
        )

    def _basis(self, secrets: ScopeSecrets) -> bytes | None:
        """What stands behind it; None where it was asked for no application and serves none."""
        if self.asked.application is None:
            return None
        basis = basis_of(self.checked, self.query.policy, secrets)
        return seal_basis(basis, self.asked.request.id, secrets)


def held_place(request: str) -> str:
    """Under what words an answer is sealed while it waits."""
    return f"held/{request}"


def judge_answer(
    desk: Desk,
    asked: AskedRequest,
    answer: WalletAnswer,
    at: datetime,
    shown: datetime | None = None,
) -> JudgedAnswer:
    """Verify an answer and apply the rules; ``shown`` is when it came, if it was held since.

    Raises:
        InvalidAnswerError: it is not one to the request's queries.
        AnsweredError: the request has expired, or its rules are gone.
    """
    try:
        query = desk.query(asked.service, asked.round, asked.application_date)
        question = Question(
            request=asked.request,
            policy=query.policy,
            material=desk.trust.material(_needs(answer), at),
            at=at,
            application_date=asked.application_date,
            shown=shown,
        )
        checked = check(answer.presentations, question)
        return JudgedAnswer(asked, query, checked, at, answer)
    except EligibilityError as error:  # another version of the services was installed meanwhile
        raise AnsweredError("the rules are other ones than those that were asked for") from error
    except UnansweredError as error:
        raise InvalidAnswerError("the answers are not those to the request's queries") from error
    except RequestTimeError as error:
        raise AnsweredError("the request has expired") from error


def judge_again(
    desk: Desk, policy: PolicyRound, evidence: Sequence[CredentialEvidence], at: datetime
) -> dict[str, str]:
    """Judge credentials that were believed, on what chain and status lists say now.

    Returns:
        By type, the code of what speaks against a credential now; empty where nothing does.

    Raises:
        UndeterminedError: one cannot be determined now.
    """
    material = desk.trust.material(_needs_again(evidence), at, fresh=True)
    return check_again(evidence, policy, material, at)


def _needs(answer: WalletAnswer) -> Needs:
    """What to fetch; a malformed presentation needs nothing, and is refused when it is checked."""
    found = []
    for text in (text for texts in answer.presentations.values() for text in texts):
        with suppress(RejectedError):
            found.append(needs_of([text]))
    return together(found)


def _needs_again(evidence: Sequence[CredentialEvidence]) -> Needs:
    return together(
        Needs(
            frozenset({(one.place.log, one.place.index // TILE_LEAVES)}),
            frozenset() if one.status is None else frozenset({one.status.uri}),
            {one.place.log: one.place.index + 1},
        )
        for one in evidence
    )
