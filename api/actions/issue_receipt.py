"""The receipt of an application, for the holder of its secret: made once, the same file again."""

from datetime import datetime
from typing import Final

from api.actions.application_entry import application_entry
from api.actions.issue_paper import PaperDesk, PaperOrder, keep_paper, print_paper
from api.actions.paper_errors import PrinterError, UnfinishedError, told
from api.actions.print_again import with_file
from api.actions.read_application import read_application
from api.ports.applications import Application
from api.ports.means import KOREA
from api.ports.papers import Paper, PaperKind
from api.ports.printing import Entry, PrintingError, Section
from contracts.evidence.merkle import leaf_hash
from verifier.eligibility.wording import Bilingual

_TRIAL: Final = Bilingual(
    "신청일을 골라서 낸 시험 신청입니다. 이 신청에서는 아무 일도 일어나지 않습니다.",
    "A trial with a chosen day: nothing follows from this application.",
)
_NOTES: Final = (
    Bilingual(
        "신청번호와 비밀번호로 진행 상황을 보고 결정서를 받습니다. 비밀번호는 이 종이에 없으며 "
        "다시 알려 드릴 수 없습니다.",
        "With the number and the secret you can see how things stand and get the decision. The "
        "secret is not on this paper and cannot be told again.",
    ),
)


def issue_receipt(desk: PaperDesk, number: str, secret: str) -> Paper:
    """The receipt with its file.

    Raises:
        ApplicationNotFoundError: no such number, or not its secret.
        UnfinishedError: nothing was shown for it yet: a receipt would outlive it.
        PrinterError: it cannot be printed at the moment.
    """
    application = read_application(desk.means, number, secret).application
    if application.ends is not None:
        raise UnfinishedError("nothing was shown for it yet")
    kept = _kept(desk, number)
    if kept is not None:
        return with_file(desk.printer, kept)
    try:
        made = print_paper(desk, _order(desk, application), desk.means.now())
    except PrintingError as error:
        raise told(error) from error
    with desk.means.storage.work() as work:
        if keep_paper(work, made):
            return made
    other = _kept(desk, number)  # somebody was sooner by a moment
    if other is None:
        raise PrinterError("the receipt was made and is gone")
    return with_file(desk.printer, other)


def _kept(desk: PaperDesk, number: str) -> Paper | None:
    with desk.means.storage.reading() as reading:
        return reading.papers.of_application(number, PaperKind.RECEIPT)


def _order(desk: PaperDesk, application: Application) -> PaperOrder:
    policy = desk.means.catalogue.policy(application.service, application.round)
    service, chosen = policy.service, policy.round
    entries = (
        Entry(Bilingual("신청번호", "Application number"), same(application.number)),
        Entry(Bilingual("서비스", "Service"), service.title),
        Entry(Bilingual("회차", "Round"), chosen.title),
        Entry(Bilingual("접수한 때", "Received"), korean_time(application.received)),
        Entry(Bilingual("신청일", "Application date"), same(application.date.isoformat())),
    )
    evidence = (
        Entry(
            Bilingual("규칙의 고유값", "Digest of the rules"),
            same(application.service_digest.hex()),
        ),
        Entry(
            Bilingual("기록의 고유값", "Digest of the log entry"),
            same(leaf_hash(application_entry(application)).hex()),
        ),
    )
    return PaperOrder(
        kind=PaperKind.RECEIPT,
        title=Bilingual("접수증", "Receipt of an application"),
        issuer=service.agency,
        sections=(
            Section(Bilingual("신청", "Application"), entries),
            Section(Bilingual("증거", "Evidence"), evidence),
        ),
        notes=(*_NOTES, _TRIAL) if application.trial else _NOTES,
        application=application.number,
        synthetic=application.trial,
    )


def same(text: str) -> Bilingual:
    """A value that is written alike in both languages."""
    return Bilingual(text, text)


def korean_time(moment: datetime) -> Bilingual:
    """A moment as clocks in Korea show it."""
    local = moment.astimezone(KOREA)
    return Bilingual(
        f"{local:%Y-%m-%d %H:%M:%S} (한국 시각)", f"{local:%Y-%m-%d %H:%M:%S} Korean time"
    )
