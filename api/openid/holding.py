"""Answers that wait until their credentials are anchored: held sealed, judged once, then forgotten.

Whoever applies right after issuing is ahead of the next seal. The attempt is not spent: the answer
is judged again when the anchor is there, by the worker and whenever somebody looks. After a day no
anchor can help any more (C-43), and what is found then is the outcome. What cannot be judged then,
because its rules are gone or it cannot be opened, is forgotten and has to be shown again.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from api.openid.answer import WalletAnswer
from api.openid.asking import AskedRequest, Reader
from api.openid.desk import Desk
from api.openid.errors import OpenIdError
from api.openid.judging import held_place, judge_answer
from api.openid.outcome import Answered, AnswerKind
from api.openid.receiving import Progress, Shown, look
from api.openid.scope_secrets import unseal
from api.openid.trail import unjudged_result
from api.ports.errors import SealError
from contracts.evidence.encoding import parse_json
from contracts.evidence.errors import EncodingError, LedgerUnavailableError

LONGEST_WAIT: Final = timedelta(days=1)
"""No credential is believed that was anchored later than that after its issuing."""
MAX_HELD_BYTES: Final = 1 << 22
PAGE: Final = 100
_BROKEN: Final = (SealError, EncodingError, OpenIdError)
_NOT_NOW: Final = (LedgerUnavailableError, *_BROKEN)


def look_now(desk: Desk, shown: Shown, reader: Reader, at: datetime) -> Progress:
    """As ``look``; an answer that waited is judged first, if that is possible by now.

    Raises:
        UnknownResourceError: as there.
    """
    progress = look(desk, shown, reader)
    if progress.answered is None or progress.answered.kind is not AnswerKind.RECORDING:
        return progress
    try:
        judged = judge_held(desk, progress.asked, progress.answered, at)
    except _NOT_NOW:
        return progress  # it goes on waiting
    return look(desk, shown, reader) if judged else progress


def judge_all_held(desk: Desk, at: datetime) -> int:
    """Judge every answer that waits, as far as it can be; returns how many wait no more.

    Raises:
        LedgerUnavailableError: the chain does not answer; all go on waiting.
    """
    done, after = 0, ""
    while True:
        with desk.storage.reading() as reading:
            names = reading.presentations.waiting(after, PAGE)
            found = [
                (reading.presentations.find(name), reading.presentations.answered(name))
                for name in names
            ]
        for asked, answered in found:
            if asked is not None and answered is not None:
                with suppress(*_BROKEN):  # one that cannot be opened keeps no other waiting
                    done += judge_held(desk, asked, answered, at)
        if len(names) < PAGE:
            return done
        after = names[-1]


def judge_held(desk: Desk, asked: AskedRequest, answered: Answered, at: datetime) -> bool:
    """Judge one that waits; False where it goes on waiting, or another process was sooner.

    Raises:
        LedgerUnavailableError: the chain does not answer.
        SealError, EncodingError, OpenIdError: it cannot be judged now, and its day is not over.
    """
    name = asked.request.id
    if answered.held is None:
        return False
    is_over = at >= answered.at + LONGEST_WAIT
    try:
        answer = _opened(unseal(desk.secrets, held_place(name), answered.held))
        judged = judge_answer(desk, asked, answer, at, answered.at)
    except _BROKEN:
        if not is_over:
            raise
        with desk.storage.work() as work:
            return work.presentations.settle_held(_unjudged(asked, answered, at))
    if judged.must_wait and not is_over:
        return False
    with desk.storage.work() as work:
        return work.presentations.settle_held(
            judged.outcome(desk, answered.response_code_hash, work)
        )


def _unjudged(asked: AskedRequest, answered: Answered, at: datetime) -> Answered:
    result = unjudged_result(asked, at)
    return replace(answered, kind=AnswerKind.UNJUDGED, result=result, basis=None, held=None)


def _opened(held: bytes) -> WalletAnswer:
    told = parse_json(held, max_bytes=MAX_HELD_BYTES)
    return WalletAnswer(
        {
            query: tuple(str(text) for text in texts)
            for query, texts in (told.items() if isinstance(told, dict) else ())
            if isinstance(texts, list)
        }
    )
