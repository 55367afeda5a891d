"""From a proposal to a decision on paper, and receipts: for the applicant alone, once each."""

import io
from datetime import date, timedelta

import pypdf
import pytest

from api.actions.decide_application import DecisionOrder, decide_application
from api.actions.issue_certificate import (
    LIFETIME,
    Attested,
    CertificateOrder,
    issue_certificate,
)
from api.actions.paper_errors import (
    DecidedError,
    NoProposalError,
    RegisterPendingError,
    RegisterRefusedError,
    UnprintableTextError,
    WrittenReasonMissingError,
)
from api.actions.verify_paper import last_moment
from api.http.problem_kinds import KINDS
from api.papers.press import Press
from api.ports.accounts import Role
from api.ports.destruction import RecordKind
from api.ports.means import end_of_korean_day, korean_day
from api.ports.papers import PaperKind
from api.ports.printing import Sheet
from tests.api.papers.site import OFFICER, REASON, Opened, Site, outcome
from tests.api.staff.office import Office, Person
from verifier.eligibility.decision_file import parse_decision
from verifier.eligibility.evaluation import Outcome

STAFF = "/api/v1/staff"


@pytest.fixture
def opened(site: Site) -> Opened:
    return site.open()


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.people, site.desk.means, site.clock)


@pytest.fixture
def officer(office: Office) -> Person:
    return office.colleague(office.administrator(), Role.OFFICER)


def text_of(file: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(file), strict=True)
    return "".join(page.extract_text() for page in reader.pages)


def test_a_receipt_is_made_once_and_is_the_same_file_again(site: Site, opened: Opened) -> None:
    first, again = site.receipt(opened), site.receipt(opened)
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["cache-control"] == "no-store"
    assert first.content == again.content
    text = text_of(first.content)
    for said in ("접수증", opened.number, "2026-11-20 16:00:00", "[시험]"):
        assert said in text
    assert opened.secret not in text


def test_papers_are_for_the_holder_of_the_secret_alone(site: Site, opened: Opened) -> None:
    other = site.open()
    stranger = Opened(opened.number, other.secret)
    for ask in (site.receipt, site.decision):
        assert ask(stranger).json()["code"] == "application.not_found"
    without = site.people.get(f"/api/v1/applications/{opened.number}/decision")
    assert without.json()["code"] == "application.secret_required"


def test_a_decision_is_told_on_paper_and_answered_for(
    site: Site, opened: Opened, office: Office, officer: Person
) -> None:
    assert site.decision(opened).json()["code"] == "application.undecided"
    place = f"{STAFF}/applications/{opened.number}"
    assert officer.browser.ask("GET", f"{place}/proposal").json()["code"] == (
        "application.no_proposal"
    )
    site.propose(opened)
    seen = officer.browser.ask("GET", f"{place}/proposal").json()
    assert (seen["decided"], seen["proposal"]["outcome"]) == (False, "cannot_verify")
    told = {"outcome": "eligible", "written_reason": REASON}
    made = officer.browser.ask("POST", f"{place}/decision", json=told)
    assert made.status_code == 201, made.text
    site.anchor()
    answer = site.decision(opened)
    text = " ".join(text_of(answer.content).split())
    for said in ("결정서", "선정(자격 있음)", REASON, "[시험] 담당자", "이의신청", "Granted"):
        assert said in text
    assert made.json()["digest"] in "".join(text.split())
    assert outcome(site.show(answer.content)) == ("valid", "genuine")
    assert outcome(site.ask(site.code(opened, PaperKind.DECISION))) == ("valid", "genuine")
    state = site.people.get(f"/api/v1/applications/{opened.number}", headers=opened.headers)
    assert state.json()["state"] == "decided"
    assert office.count == 2


def test_the_kept_decision_is_the_verifiers_own_and_has_the_printed_digest(
    site: Site, opened: Opened
) -> None:
    site.propose(opened)
    order = DecisionOrder(opened.number, Outcome.NOT_ELIGIBLE, REASON)
    made = decide_application(site.desk, OFFICER, order)
    with site.desk.means.storage.reading() as reading:
        kept = reading.proposals.find(opened.number)
    assert kept is not None
    assert kept.decision is not None
    assert parse_decision(kept.decision) == made
    assert made.proposal.case_id == opened.number


def test_a_case_is_decided_once(site: Site, opened: Opened) -> None:
    site.propose(opened)
    order = DecisionOrder(opened.number, Outcome.ELIGIBLE, REASON)
    decide_application(site.desk, OFFICER, order)
    with pytest.raises(DecidedError):
        decide_application(site.desk, OFFICER, order)


def test_a_case_is_decided_once_by_two_at_the_same_time(
    site: Site, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has read the case before the first decides; the transaction finds out."""
    site.propose(opened)
    order = DecisionOrder(opened.number, Outcome.ELIGIBLE, REASON)
    printed = Press.print_sheet
    waiting = [order]

    def meanwhile(own: Press, sheet: Sheet, link: str, mark: str) -> bytes:
        if waiting:
            decide_application(site.desk, OFFICER, waiting.pop())
        return printed(own, sheet, link, mark)

    monkeypatch.setattr(Press, "print_sheet", meanwhile)
    with pytest.raises(DecidedError):
        decide_application(site.desk, OFFICER, order)
    site.anchor()
    assert site.decision(opened).status_code == 200


def test_what_was_not_proposed_on_is_not_decided(site: Site, opened: Opened) -> None:
    with pytest.raises(NoProposalError):
        decide_application(site.desk, OFFICER, DecisionOrder(opened.number, Outcome.ELIGIBLE))


def test_a_departure_needs_a_reason_that_can_be_printed(site: Site, opened: Opened) -> None:
    site.propose(opened)
    with pytest.raises(WrittenReasonMissingError):
        decide_application(site.desk, OFFICER, DecisionOrder(opened.number, Outcome.ELIGIBLE))
    order = DecisionOrder(opened.number, Outcome.ELIGIBLE, REASON + "😀")
    with pytest.raises(UnprintableTextError):
        decide_application(site.desk, OFFICER, order)
    assert site.decision(opened).json()["code"] == "application.undecided"


def test_only_officers_decide_and_nobody_decides_that_nothing_can_be_verified(
    site: Site, opened: Opened, office: Office, officer: Person
) -> None:
    site.propose(opened)
    place = f"{STAFF}/applications/{opened.number}/decision"
    told = {"outcome": "eligible", "written_reason": REASON}
    judge = office.colleague(office.administrator(), Role.JUDGE)
    assert judge.browser.ask("POST", place, json=told).json()["code"] == "staff.role_missing"
    stranger = office.stranger().browser.ask("POST", place, json=told)
    assert stranger.json()["code"] == "staff.sign_in_required"
    undecided = {"outcome": "cannot_verify", "written_reason": REASON}
    refused = officer.browser.ask("POST", place, json=undecided)
    assert refused.json()["code"] == "http.invalid_request"


def test_whoever_reads_a_case_leaves_a_trace(site: Site, opened: Opened, officer: Person) -> None:
    site.propose(opened)
    officer.browser.ask("GET", f"{STAFF}/applications/{opened.number}/proposal")
    with site.desk.means.storage.reading() as reading:
        (seen,) = reading.access_log.of_subject("application", opened.number, 10)
    assert (seen.actor, seen.purpose) == (officer.account, "case.read")


def test_a_certificate_names_its_holder_and_leaves_no_copy(site: Site, office: Office) -> None:
    issuer = office.colleague(office.administrator(), Role.ISSUER)
    told = {"kind": "school-record", "person": "synthetic-1", "holder": "[시험] 홍길동"}
    answer = issuer.browser.ask("POST", f"{STAFF}/certificates", json=told)
    assert answer.status_code == 201, answer.text
    text = text_of(answer.content)
    for said in ("학적 확인 증명서", "[시험] 홍길동", "아니요", "2026-11-20"):
        assert said in text
    site.anchor()
    assert outcome(site.show(answer.content)) == ("valid", "genuine")
    found = site.desk.means.storage
    with found.reading() as reading:
        rows = reading.connection.exec_driver_sql("SELECT * FROM paper").all()  # type: ignore[attr-defined] # past the port on purpose
    assert "홍길동" not in repr(rows)
    assert [row.file for row in rows] == [None]
    number = rows[0].id
    gone = issuer.browser.ask("PUT", f"{STAFF}/documents/{number}/revocation")
    assert gone.status_code == 204
    assert outcome(site.show(answer.content)) == ("not_valid", "revoked")
    again = issuer.browser.ask("PUT", f"{STAFF}/documents/{number}/revocation")
    assert again.json()["code"] == "paper.unknown"


def test_a_certificate_ends_after_ninety_days(site: Site) -> None:
    assert site.parts.papers is not None
    assert site.parts.papers.registry is not None
    order = CertificateOrder("school-record", "synthetic-1", "[시험] 홍길동")
    made = issue_certificate(site.desk, site.parts.papers.registry, "a" * 32, order)
    site.anchor()
    assert made.file is not None
    assert outcome(site.show(made.file)) == ("valid", "genuine")
    assert made.expires is not None
    last = end_of_korean_day(korean_day(made.issued + LIFETIME)) - timedelta(seconds=1)
    assert korean_day(last).isoformat() in text_of(made.file)
    site.clock.now = last
    assert outcome(site.show(made.file)) == ("valid", "genuine")
    site.clock.now = last + timedelta(seconds=1)
    assert outcome(site.show(made.file)) == ("not_valid", "expired")


@pytest.mark.parametrize("hour", [0, 9, 14, 15, 23])
def test_a_printed_last_day_is_whole_whenever_it_was_issued(site: Site, hour: int) -> None:
    """Papers of before carry the moment of issue on that day, which ended it early."""
    site.clock.now = site.clock.now.replace(hour=hour, minute=30)
    site.clock.forward(days=1)
    papers = site.parts.papers
    assert papers is not None
    assert papers.registry is not None
    order = CertificateOrder("school-record", "synthetic-1", "[시험] 홍길동")
    made = issue_certificate(site.desk, papers.registry, "a" * 32, order)
    assert made.expires is not None
    day = korean_day(made.issued + LIFETIME)
    assert made.expires == end_of_korean_day(day)
    for expires in (made.expires, made.issued + LIFETIME):
        assert last_moment(expires) == end_of_korean_day(day)


def test_nobody_unknown_to_the_register_gets_a_certificate(site: Site) -> None:
    assert site.parts.papers is not None
    assert site.parts.papers.registry is not None
    for kind, person in (("school-record", "nobody"), ("no-such-kind", "synthetic-1")):
        order = CertificateOrder(kind, person, "[시험] 홍길동")
        with pytest.raises(RegisterRefusedError):
            issue_certificate(site.desk, site.parts.papers.registry, "a" * 32, order)


class SlowRegistry:
    """A register that cannot be read at the moment."""

    def attested(self, kind: str, person: str, on: date) -> Attested | None:
        raise RegisterPendingError(f"{kind} of {person} on {on}")


def test_a_register_that_cannot_be_read_refuses_nobody(site: Site) -> None:
    order = CertificateOrder("school-record", "synthetic-1", "[시험] 홍길동")
    with pytest.raises(RegisterPendingError) as caught:
        issue_certificate(site.desk, SlowRegistry(), "a" * 32, order)
    assert KINDS[caught.value.code].status == 503


def test_papers_are_destroyed_with_their_application(site: Site, opened: Opened) -> None:
    file = site.receipt(opened).content
    site.propose(opened)
    site.anchor()
    with site.desk.means.storage.work() as work:
        assert work.destruction.destroy(RecordKind.APPLICATION, opened.number)
    assert outcome(site.show(file)) == ("undetermined", "unknown")
    with site.desk.means.storage.reading() as reading:
        rows = reading.connection.exec_driver_sql  # type: ignore[attr-defined] # past the port on purpose
        for table in ("paper", "proposal", "log_place"):
            assert rows(f"SELECT count(*) FROM {table}").scalar() == 0  # noqa: S608 # names above
        assert not rows("SELECT * FROM outbox WHERE kind = 'log.append'").all()
