"""A certificate on paper, for whoever has no phone: what an agency's register attests, no more.

It names its holder, so the service keeps no copy: only the digests by which it is known again.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

from api.actions.issue_paper import PaperDesk, PaperOrder, keep_paper, print_paper
from api.actions.issue_receipt import same
from api.actions.paper_errors import PaperUnknownError, RegisterRefusedError, told
from api.actions.record_administration import Deed, record_administration
from api.ports.means import end_of_korean_day, korean_day
from api.ports.papers import Paper, PaperKind
from api.ports.printing import Entry, PrintingError, Section
from verifier.eligibility.wording import Bilingual

LIFETIME: Final = timedelta(days=90)
"""As long as a credential of the same register."""
_NOTE: Final = Bilingual(
    "위에 적은 것만 증명합니다. 같은 내용을 지갑의 증명으로도 받을 수 있습니다.",
    "Only what is written above is certified. The same is to be had as a credential in a wallet.",
)


@dataclass(frozen=True, slots=True)
class Attested:
    """What a register attests of a person on a day."""

    title: Bilingual
    issuer: Bilingual
    entries: tuple[Entry, ...]


class Registry(Protocol):
    """The registers that certificates are made from."""

    def attested(self, kind: str, person: str, on: date) -> Attested | None:
        """What is attested; None where the register knows nobody of that id, or no such kind.

        Raises:
            RegisterPendingError: the register does not say at the moment.
        """


@dataclass(frozen=True, slots=True)
class CertificateOrder:
    """Who asks for which certificate.

    Args:
        kind: id of the credential type whose register is asked.
        person: the person's id in the register.
        holder: the name as the officer saw it on the identity card.
    """

    kind: str
    person: str
    holder: str


def issue_certificate(
    desk: PaperDesk, registry: Registry, officer: str, order: CertificateOrder
) -> Paper:
    """Issue a certificate; its file is in the answer and nowhere else.

    Raises:
        RegisterRefusedError: the register does not bear it out.
        RegisterPendingError: it does not say at the moment.
        UnprintableTextError: the name holds a character that cannot be printed.
        PrinterError: it cannot be printed at the moment.
    """
    at = desk.means.now()
    day = korean_day(at)
    attested = registry.attested(order.kind, order.person, day)
    if attested is None:
        raise RegisterRefusedError("the register does not bear it out")
    last = korean_day(at + LIFETIME)
    about = (
        Entry(Bilingual("성명", "Name"), same(order.holder)),
        Entry(Bilingual("기준일", "As of"), same(day.isoformat())),
        Entry(Bilingual("유효기간", "Valid until"), same(last.isoformat())),
    )
    paper = PaperOrder(
        kind=PaperKind.CERTIFICATE,
        title=Bilingual(f"{attested.title.ko} 증명서", f"Certificate: {attested.title.en}"),
        issuer=attested.issuer,
        sections=(
            Section(Bilingual("받는 사람", "Holder"), about),
            Section(Bilingual("증명하는 것", "What is certified"), attested.entries),
        ),
        notes=(_NOTE,),
        expires=end_of_korean_day(last),
        personal=True,
    )
    try:
        made = print_paper(desk, paper, at)
    except PrintingError as error:
        raise told(error) from error
    with desk.means.storage.work() as work:
        keep_paper(work, made, personal=True)
        deed = Deed("paper.issue", officer, made.id, {"kind": order.kind})
        record_administration(work, deed, at, desk.means.rng)
    return made


def revoke_paper(desk: PaperDesk, officer: str, number: str) -> None:
    """End a paper: from now on everybody who checks it is told that it is not valid.

    Raises:
        PaperUnknownError: no such paper, or it was revoked before.
    """
    at = desk.means.now()
    with desk.means.storage.work() as work:
        if not work.papers.revoke(number, at):
            raise PaperUnknownError("no such paper that is valid")
        record_administration(work, Deed("paper.revoke", officer, number), at, desk.means.rng)
