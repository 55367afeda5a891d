"""Verify a paper for anybody who holds its QR or its file: by whom, anchored when, valid now.

Four outcomes that are never merged. A paper that this service does not know may be another's: that
is "could not be determined", as is everything that cannot be looked up at the moment. One that is
ours and unaltered, but whose entry is not on the chain yet, is neither: whoever asks has to wait.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from api.actions.issue_paper import PAPERS_LOG, paper_entry
from api.ports.means import Means, end_of_korean_day, korean_day
from api.ports.papers import Paper
from contracts.evidence.encoding import b64u_decode
from contracts.evidence.errors import EncodingError, EvidenceError, LedgerError
from verifier.eligibility.wording import Bilingual

CODE: Final = r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"
MAX_CODE_TEXT: Final = 300
"""Characters of what a QR holds: an address and the code behind #."""
_INSTANT: Final = timedelta(microseconds=1)
_CODE: Final = re.compile(rf"(?:https?://[^\s#]{{1,200}}#)?({CODE})")


class Verdict(StrEnum):
    """What came out."""

    VALID = "valid"
    NOT_VALID = "not_valid"
    WAIT = "wait"
    """Ours and unaltered, and on its way to the chain: ask again in a moment."""
    UNDETERMINED = "undetermined"


class Reason(StrEnum):
    """Why; ``VERDICTS`` says what follows from each."""

    GENUINE = "genuine"
    ALTERED = "altered"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    NOT_ANCHORED = "not_anchored"
    UNAVAILABLE = "unavailable"
    CONTRADICTED = "contradicted"


VERDICTS: Final = {
    Reason.GENUINE: Verdict.VALID,
    Reason.ALTERED: Verdict.NOT_VALID,
    Reason.REVOKED: Verdict.NOT_VALID,
    Reason.EXPIRED: Verdict.NOT_VALID,
    Reason.UNKNOWN: Verdict.UNDETERMINED,
    Reason.NOT_ANCHORED: Verdict.WAIT,
    Reason.UNAVAILABLE: Verdict.UNDETERMINED,
    Reason.CONTRADICTED: Verdict.UNDETERMINED,
}


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """All that anybody is told: nothing of what the paper says, and not whose it is."""

    reason: Reason
    issuer: Bilingual | None = None
    anchored: datetime | None = None

    @property
    def verdict(self) -> Verdict:
        """Which of the outcomes."""
        return VERDICTS[self.reason]


@dataclass(frozen=True, slots=True)
class SeenFile:
    """What is known of an uploaded file: its SHA-256, and the first mark in it."""

    digest: bytes
    mark: str | None


class Proofs(Protocol):
    """Whether an entry of a log is anchored."""

    def anchored(self, log: str, key: str, entry: bytes) -> datetime | None:
        """The block time of the first checkpoint that covers the entry; None before there is one.

        Raises:
            LedgerError: the chain cannot be asked.
            EvidenceError: log and chain do not agree.
        """


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """What papers are verified with."""

    means: Means
    proofs: Proofs


def read_code(text: str) -> str | None:
    """The code in what a QR holds, or was typed; None where there is none."""
    found = _CODE.fullmatch(text.strip()) if len(text) <= MAX_CODE_TEXT else None
    return found[1] if found else None


def verify_code(check: PaperCheck, code: str) -> PaperAnswer:
    """Verify by what the QR holds. It says nothing of the rest of the page: the file does."""
    number, digest = _parts(code)
    with check.means.storage.reading() as reading:
        paper = reading.papers.find(number)
    if paper is None:
        return PaperAnswer(Reason.UNKNOWN)
    if not hmac.compare_digest(paper.content_digest, digest):
        return PaperAnswer(Reason.ALTERED)
    return _judge(check, paper)


def verify_file(check: PaperCheck, seen: SeenFile) -> PaperAnswer:
    """Verify by the file. One with the mark of a known paper, but other bytes, was altered."""
    with check.means.storage.reading() as reading:
        paper = reading.papers.find_by_file(seen.digest)
        marked = reading.papers.find(_parts(seen.mark)[0]) if seen.mark else None
    if paper is not None:
        return _judge(check, paper)
    return PaperAnswer(Reason.UNKNOWN if marked is None else Reason.ALTERED)


def _judge(check: PaperCheck, paper: Paper) -> PaperAnswer:
    """What holds of a paper that is ours and was not altered.

    That it ended is told even where its anchor cannot be looked up: it is not valid either way.
    """
    anchored, obstacle = _look_up(check.proofs, paper)
    at = check.means.now()
    if paper.revoked is not None:
        reason = Reason.REVOKED
    elif paper.expires is not None and at >= last_moment(paper.expires):
        reason = Reason.EXPIRED
    else:
        reason = obstacle or Reason.GENUINE
    return PaperAnswer(reason, paper.issuer, anchored)


def last_moment(expires: datetime) -> datetime:
    """When the Korean day ends that is printed as a paper's last one.

    New papers end exactly then; older ones carry the moment of that day at which they were issued.
    """
    return end_of_korean_day(korean_day(expires - _INSTANT))


def _look_up(proofs: Proofs, paper: Paper) -> tuple[datetime | None, Reason | None]:
    try:
        anchored = proofs.anchored(PAPERS_LOG, paper.id, paper_entry(paper))
    except LedgerError:
        return None, Reason.UNAVAILABLE
    except EvidenceError:
        return None, Reason.CONTRADICTED
    return anchored, Reason.NOT_ANCHORED if anchored is None else None


def _parts(code: str) -> tuple[str, bytes]:
    number, _, digest = code.partition(".")
    try:
        return number, b64u_decode(digest)
    except EncodingError:
        return number, b""
