"""The numbered trail of a request, for officers, and what the page is told of it."""

from datetime import datetime
from itertools import count

from api.openid.answer import WalletError
from api.openid.asking import AskedRequest, RuledQuery
from contracts.evidence.encoding import Json, b64u_encode, format_time
from verifier.check import CheckedAnswer
from verifier.eligibility.decision import propose
from verifier.eligibility.disclosure import learned
from verifier.eligibility.facts import VerifiedClaims
from verifier.eligibility.wording import Bilingual


class _Trail:
    """Steps in order; every one has a number, a code, and a sentence in both languages."""

    def __init__(self) -> None:
        self.steps: list[Json] = []
        self._numbers = count(1)

    def add(self, step: str, text: Bilingual, **facts: Json) -> None:
        """Write the next step."""
        words: Json = {"ko": text.ko, "en": text.en}
        self.steps.append({"number": next(self._numbers), "step": step, "text": words, **facts})


def checked_result(
    asked: AskedRequest, query: RuledQuery, checked: CheckedAnswer, at: datetime
) -> dict[str, Json]:
    """The outcome of an answer that was checked: proposal, what was learned, trail.

    No claim's value is in it: the findings say what followed from them.
    """
    trail = _begin(asked, at)
    facts = {fact.vct: fact for fact in checked.facts}
    credentials: list[Json] = []
    for asked_for in asked.request.queries:
        seen = _credential(asked_for.id, facts.get(asked_for.vct), checked, asked_for.vct)
        credentials.append(seen)
        good = asked_for.vct in facts
        text = (
            Bilingual("증명을 확인했습니다.", "The credential was verified.")
            if good
            else Bilingual("증명을 받아들이지 않았습니다.", "The credential was not accepted.")
        )
        trail.add("credential", text, **seen)
    for finding in checked.evaluation.findings:
        trail.add(
            "rule",
            finding.reason,
            rule=finding.rule_id,
            result=finding.result.value,
            code=finding.code,
        )
    proposal = propose(query.policy, checked.evaluation, asked.request.id)
    outcome = proposal.outcome.value
    trail.add("proposal", Bilingual("의견을 냈습니다.", "A proposal was made."), outcome=outcome)
    return {
        **_head(asked, at),
        "status": "checked",
        "outcome": outcome,
        "credentials": credentials,
        "learned": [
            {
                "credential": entry.credential.id,
                "learned": [_both(text) for text in entry.learned],
                "not_learned": [_both(text) for text in entry.not_learned],
            }
            for entry in learned(query.plan, checked.facts)
        ],
        "proposal": proposal.as_json(),
        "presentation_hash": checked.presentation_hash.hex(),
        "trail": trail.steps,
    }


def recording_result(asked: AskedRequest, at: datetime) -> dict[str, Json]:
    """What the page is told while an answer waits for its credentials to be anchored."""
    trail = _begin(asked, at)
    text = Bilingual(
        "증명이 발급 기록에 고정되기를 기다립니다. 고정되면 자동으로 확인합니다. 다시 보여 주지 "
        "않으셔도 됩니다.",
        "Waiting until the credential is recorded. Then it is checked by itself; you need not show "
        "it again.",
    )
    trail.add("recording", text)
    words: Json = {"ko": text.ko, "en": text.en}
    return {**_head(asked, at), "status": "recording", "text": words, "trail": trail.steps}


def unjudged_result(asked: AskedRequest, at: datetime) -> dict[str, Json]:
    """The outcome of an answer that was held and could not be judged for a day."""
    trail = _begin(asked, at)
    text = Bilingual(
        "받은 답을 확인하지 못해 지웠습니다. 다시 제시해 주십시오.",
        "The answer could not be checked and was deleted. Please show it again.",
    )
    trail.add("unjudged", text)
    return {**_head(asked, at), "status": "unjudged", "text": _both(text), "trail": trail.steps}


def error_result(asked: AskedRequest, answer: WalletError, at: datetime) -> dict[str, Json]:
    """The outcome of a request that the citizen refused or the wallet could not answer."""
    trail = _begin(asked, at)
    text = (
        Bilingual(
            "제시하지 않기로 하셨습니다. 불이익은 없습니다.",
            "You chose not to show anything. That is of no disadvantage to you.",
        )
        if answer.refused
        else Bilingual("지갑이 답하지 못했습니다.", "The wallet could not answer.")
    )
    trail.add("wallet", text, error=answer.error)
    status = "refused" if answer.refused else "wallet_error"
    return {**_head(asked, at), "status": status, "error": answer.error, "trail": trail.steps}


def _begin(asked: AskedRequest, at: datetime) -> _Trail:
    trail = _Trail()
    consent = asked.request.consent or b""
    trail.add(
        "asked",
        Bilingual("규칙이 필요로 하는 것만 요청했습니다.", "Only what the rules need was asked."),
        at=format_time(asked.request.issued),
        consent=b64u_encode(consent),
        nonce=asked.request.nonce,
    )
    trail.add(
        "answered",
        Bilingual("지갑의 답을 받았습니다.", "The wallet's answer was received."),
        at=format_time(at),
        mode=asked.mode.value,
    )
    return trail


def _head(asked: AskedRequest, at: datetime) -> dict[str, Json]:
    return {
        "request": asked.request.id,
        "service": asked.service,
        "round": asked.round,
        "application_date": asked.application_date.isoformat(),
        "answered_at": format_time(at),
    }


def _credential(
    query: str, fact: VerifiedClaims | None, checked: CheckedAnswer, vct: str
) -> dict[str, Json]:
    if fact is not None:
        return {
            "query": query,
            "verified": True,
            "issuer": fact.issuer,
            "issued_at": format_time(fact.issued_at.replace(microsecond=0)),
        }
    obstacle = checked.obstacles[vct]
    return {
        "query": query,
        "verified": False,
        "code": obstacle.code,
        "check": obstacle.check,
        "undetermined": obstacle.undetermined,
    }


def _both(text: Bilingual) -> Json:
    return {"ko": text.ko, "en": text.en}
