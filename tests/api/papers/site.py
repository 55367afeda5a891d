"""A service with papers: what applicants, officers and the worker do in tests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.actions.anchor_logs import LOG_ANCHOR, AnchorLogs, seal_log
from api.actions.append_to_logs import LOG_APPEND, AppendToLogs
from api.actions.deliver_outbox import Courier
from api.actions.finish_application import finish_application
from api.actions.issue_paper import PAPERS_LOG, PaperDesk, paper_code
from api.actions.prove_entry import LogProofs
from api.app import Parts
from api.http.papers import VERIFY
from api.openid.basis import Basis, seal_basis
from api.ports.accounts import Account, AccountState, Role
from api.ports.means import Clock
from api.ports.papers import Paper, PaperKind
from api.ports.proposals import Claimed, Keeping, KeptProposal
from contracts.evidence.encoding import canonical
from tests.api.databases import START, StillClock
from verifier.eligibility.decision import propose
from verifier.eligibility.evaluation import evaluate

OFFICER = Account(
    "a" * 32, "[시험] 담당자", "T-1", AccountState.ACTIVE, frozenset({Role.OFFICER}), START
)
REASON = "창구에서 원본을 보고 확인했습니다."


@dataclass(frozen=True)
class Opened:
    """An application in the hands of its applicant."""

    number: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


@dataclass
class Site:
    """The people's application, its parts, and a worker's hand."""

    people: TestClient
    parts: Parts
    clock: StillClock

    @property
    def desk(self) -> PaperDesk:
        assert self.parts.papers is not None
        return self.parts.papers.desk

    @property
    def proofs(self) -> LogProofs:
        assert self.parts.papers is not None
        assert isinstance(self.parts.papers.proofs, LogProofs)
        return self.parts.papers.proofs

    def open(self, **order: str) -> Opened:
        """An application for which somebody has shown something."""
        told = {"service": "document-delivery", **order}
        made = self.people.post("/api/v1/applications", json=told).json()
        with self.desk.means.storage.work() as work:
            finish_application(work, made["number"], self.clock())
        return Opened(made["number"], made["secret"])

    def receipt(self, opened: Opened) -> Response:
        place = f"/api/v1/applications/{opened.number}/receipt"
        return self.people.post(place, headers=opened.headers)

    def decision(self, opened: Opened) -> Response:
        place = f"/api/v1/applications/{opened.number}/decision"
        return self.people.get(place, headers=opened.headers)

    def propose(self, opened: Opened, request: str = "request-1") -> None:
        """What the rules say when nothing was shown: cannot verify."""
        with self.desk.means.storage.work() as work:
            application = work.applications.find(opened.number)
            assert application is not None
            policy = self.desk.means.catalogue.policy(application.service, application.round)
            found = propose(policy, evaluate(policy, (), application.date), opened.number)
            document = canonical(found.as_json())
            counters = self.parts.counters
            assert counters is not None
            secrets = counters.cases.desk.scope_secrets(work, START)
            basis = seal_basis(Basis((), (), ()), request, secrets)
            kept = KeptProposal(opened.number, request, document, START, None, document, basis)
            claimed = Claimed(application.service, application.round, (), ())
            assert work.proposals.keep(kept, claimed) is Keeping.KEPT

    def paper(self, opened: Opened, kind: PaperKind) -> Paper:
        with self.desk.means.storage.reading() as reading:
            paper = reading.papers.of_application(opened.number, kind)
        assert paper is not None
        return paper

    def code(self, opened: Opened, kind: PaperKind = PaperKind.RECEIPT) -> str:
        paper = self.paper(opened, kind)
        return paper_code(paper.id, paper.content_digest)

    def anchor(self, logs: Sequence[str] = (PAPERS_LOG,), clock: StillClock | None = None) -> None:
        """What the worker does, by its own clock or the service's: append, seal, anchor."""
        self.work(logs, clock or self.clock)
        self.clock.forward(seconds=10)  # older than what is kept of the chain

    def work(self, logs: Sequence[str], clock: Clock, *, dies: bool = False) -> None:
        """One round of the worker, which may die when a state is signed and not sent."""
        storage, proofs = self.desk.means.storage, self.proofs
        handlers = {
            LOG_APPEND: AppendToLogs(storage),
            LOG_ANCHOR: AnchorLogs(storage, proofs.keys, proofs.ledger),
        }
        courier = Courier(storage, clock, "worker", handlers)
        courier.deliver_outbox()
        for log in logs:
            seal_log(storage, proofs.keys, log, clock())
        if not dies:
            courier.deliver_outbox()

    def ask(self, code: str) -> dict[str, Any]:
        answer = self.people.post(VERIFY, json={"code": code})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def show(self, file: bytes, media: str = "application/pdf") -> dict[str, Any]:
        answer = self.people.post(VERIFY, content=file, headers={"Content-Type": media})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def outcome(told: dict[str, Any]) -> tuple[str, str]:
    """Verdict and reason, and that nothing else is told than is allowed."""
    assert set(told) == {"verdict", "reason", "sentence", "issuer", "anchored"}
    assert json.dumps(told)
    return told["verdict"], told["reason"]
