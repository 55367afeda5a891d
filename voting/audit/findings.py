"""Findings of an audit and the book they are written in; one failed check stops no other."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

from contracts.evidence.encoding import Json
from contracts.evidence.errors import EvidenceError
from voting.audit.winners import Winners
from voting.crypto.transcript import PROTOCOL
from voting.errors import VotingError
from voting.poll.clauses import PublicationKind
from voting.poll.definition import PollDefinition

T = TypeVar("T")

MAX_LISTED: Final = 10_000
"""A large file of nothing but rubbish must not fill the memory with its findings."""

REPORT_VERSION: Final = f"{PROTOCOL}/audit"

CHECKS: Final = MappingProxyType(
    {
        "A-01": ("기록의 파일과 목록", "files and manifest"),
        "A-02": ("투표 정의와 식별값", "definition and poll id"),
        "A-03": ("체인에 기록된 값", "what stands on chain"),
        "A-04": ("개표 수탁자의 키 생성", "trustees' key ceremony"),
        "A-05": ("등록관의 키 생성", "registrars' key ceremony"),
        "A-06": ("모든 당사자의 확인 서명", "endorsements"),
        "A-07": ("키와 매개변수", "keys and parameters"),
        "A-08": ("투표권 발급 기록", "token logs"),
        "A-09": ("체크포인트와 투표함", "checkpoints and board"),
        "A-10": ("체크포인트의 시각", "times of checkpoints"),
        "A-11": ("묶음 안의 순서", "order inside batches"),
        "A-12": ("표 하나하나의 증명", "each ballot"),
        "A-13": ("되풀이된 암호문", "repeated ciphertexts"),
        "A-14": ("투표 순번", "sequence numbers"),
        "A-15": ("투표권보다 많지 않은 표", "no more keys than tokens"),
        "A-16": ("계약 우편함의 표", "ballots posted to the contract"),
        "A-17": ("공개된 점검", "published checks"),
        "A-18": ("집계된 암호문의 합", "the encrypted sum"),
        "A-19": ("최소 투표 수", "fewest ballots"),
        "A-20": ("복호화 증명", "decryption proofs"),
        "A-21": ("득표수", "counts"),
        "A-22": ("전문가 채점표", "experts' sheets"),
        "A-23": ("순위와 시상", "ranking and awards"),
        "A-24": ("표 옆에 적힌 y좌표", "ordinates beside the ballots"),
    }
)
"""Every check with its Korean and English name; SPEC section 19 says what each one looks at."""


class Verdict(StrEnum):
    """What became of a check."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDETERMINED = "undetermined"
    """Not looked at: what it needs is missing, or does not apply to this poll."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Args:
        check: the audit's check.
        place: where, as in ``board/ballots.bin[17]``.
        code: the finer check that failed, as in ``B-07``.
        message: for people.
    """

    check: str
    place: str
    code: str
    message: str

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "check": self.check,
            "place": self.place,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """What a record was compared with: a poll id known from elsewhere, a snapshot of a chain."""

    poll_id: bool
    chain: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit.

    Args:
        poll_id: 32 bytes, or empty if no definition could be read.
        compared: with what; without a poll id the definition is taken on trust, whatever the
            snapshot says, as no kind of publication keeps it.
        publication: what publishes the poll; None if no definition could be read.
        winners: None unless everything holds.
        ballots: how many stand on the board.
        counted: how many of them count.
        verdicts: of every check, in order.
        findings: everything that is wrong, in order of the checks.
    """

    poll_id: bytes
    compared: Compared
    publication: PublicationKind | None
    winners: Winners | None
    ballots: int
    counted: int
    verdicts: tuple[tuple[str, Verdict], ...]
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found and the definition was read."""
        return not self.findings and bool(self.poll_id)

    def to_json(self) -> dict[str, Json]:
        """The document that ``--json`` prints."""
        checks: dict[str, Json] = {code: verdict.value for code, verdict in self.verdicts}
        return {
            "version": REPORT_VERSION,
            "poll": self.poll_id.hex(),
            "definition_taken_on_trust": not self.compared.poll_id,
            "compared_with_chain": self.compared.chain,
            "publication": None if self.publication is None else self.publication.value,
            "winners": None if self.winners is None else self.winners.to_json(),
            "holds": self.holds,
            "ballots": self.ballots,
            "counted": self.counted,
            "checks": checks,
            "findings": [finding.to_json() for finding in self.findings],
        }


class StageError(Exception):
    """A check failed whose result the rest of its stage needs; the finding is in the book."""


@dataclass(slots=True)
class Book:
    """Findings while an audit runs."""

    findings: list[Finding] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set, repr=False)
    _made: Counter[str] = field(default_factory=Counter, repr=False)

    def add(self, check: str, place: str, error: VotingError | EvidenceError | str) -> None:
        """Note something that is wrong."""
        self.note(
            Finding(check, place, check if isinstance(error, str) else error.code, str(error))
        )

    def note(self, finding: Finding) -> None:
        """Note a finding that was made elsewhere; after ``MAX_LISTED`` of one check no more."""
        self._seen.add(finding.check)
        self._made[finding.check] += 1
        if self._made[finding.check] <= MAX_LISTED:
            self.findings.append(finding)
        elif self._made[finding.check] == MAX_LISTED + 1:
            more = f"more than {MAX_LISTED} findings; the others are not listed"
            self.findings.append(Finding(finding.check, "", finding.check, more))

    def look(self, check: str) -> None:
        """Note that a check was looked at."""
        self._seen.add(check)

    def leave(self, check: str) -> None:
        """Note that a check could not be carried out after all."""
        self._seen.discard(check)

    def expect(self, check: str, place: str, *, holds: bool, otherwise: str) -> None:
        """Note a check, and a finding unless it holds."""
        self._seen.add(check)
        if not holds:
            self.add(check, place, otherwise)

    def attempt(self, check: str, place: str, act: Callable[[], T]) -> T:
        """Do what raises if it fails, and return its result.

        Raises:
            StageError: it failed, and is noted.
        """
        self._seen.add(check)
        try:
            return act()
        except (VotingError, EvidenceError) as error:
            self.add(check, place, error)
            raise StageError from error

    def stage(self, act: Callable[[], T]) -> T | None:
        """Run checks that need each other; None where one of them failed, which is noted."""
        try:
            return act()
        except StageError:
            return None

    def verdicts(self) -> tuple[tuple[str, Verdict], ...]:
        """What became of every check."""
        failed = {finding.check for finding in self.findings}
        result = []
        for check in CHECKS:
            seen = Verdict.HOLDS if check in self._seen else Verdict.UNDETERMINED
            result.append((check, Verdict.FAILS if check in failed else seen))
        return tuple(result)

    def report(
        self,
        compared: Compared,
        definition: PollDefinition | None,
        sizes: tuple[int, int] = (0, 0),
        winners: Winners | None = None,
    ) -> Report:
        """The finished report; ``sizes`` are ballots on the board and ballots counted."""
        ordered = tuple(sorted(self.findings, key=lambda finding: finding.check))
        return Report(
            b"" if definition is None else definition.poll_id(),
            compared,
            None if definition is None else definition.publication.kind,
            None if ordered else winners,
            *sizes,
            self.verdicts(),
            ordered,
        )
