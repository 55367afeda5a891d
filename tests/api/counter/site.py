"""The people's application with counters, a wallet at it, and the worker's errands done by hand."""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.actions.deliver_outbox import Courier
from api.actions.end_issuer_keys import END_KEY
from api.app import Parts, create_people_app
from api.openid.case_asking import CaseDesk
from api.openid.console_errands import ENROL, PUBLISH, ROTATE_KEY, ConsoleErrands, EndOwnKeys
from api.openid.counter import Counter
from api.pages.counter import CounterParts
from api.ports.accounts import Role
from api.store.database import Database
from tests.api.databases import (
    ALARM_READS,
    ORIGINS,
    MemoryShelf,
    StillClock,
    papers_of,
    parts_of,
)
from tests.api.staff.office import Office, Person
from tests.simulators.openid_trial import AGENCY, KIND, SERVICE, SimulatedWallet, Trial

PERSON = "synthetic-1"


@dataclass
class CounterSite:
    """Everything around a counter."""

    office: Office
    trial: Trial
    wallet: SimulatedWallet
    shelf: MemoryShelf
    storage: Database
    clock: StillClock
    administrator: Person
    parts: Parts

    @classmethod
    def start(cls, storage: Database, clock: StillClock, folder: Path) -> "CounterSite":
        trial, shelf = Trial.start(storage, clock, folder), MemoryShelf()
        parts = parts_of(storage, clock)
        counter = Counter(trial.openid.console.office, shelf, clock, ALARM_READS)
        cases = CaseDesk(trial.openid.desk, parts.means, ALARM_READS)
        parts = replace(
            parts,
            wallets=tuple(trial.openid.routes()),
            counters=CounterParts(counter, cases, trial=True),
            papers=papers_of(parts.means, trial.ground.ledger, trial.openid.desk),
        )
        client = TestClient(create_people_app(parts), base_url=ORIGINS.people)
        trial = replace(trial, http=client)
        office = Office(client, parts.means, clock)
        trial.openid.console.enrol(AGENCY, clock())
        return cls(
            office=office,
            trial=trial,
            wallet=SimulatedWallet(trial),
            shelf=shelf,
            storage=storage,
            clock=clock,
            administrator=office.administrator(),
            parts=parts,
        )

    def staff(self, *roles: Role) -> Person:
        return self.office.colleague(self.administrator, *roles)

    def work(self) -> None:
        """What the job worker does with the outbox."""
        console = self.trial.openid.console
        errands = ConsoleErrands(console, self.clock)
        handlers = {
            END_KEY: EndOwnKeys(console, self.clock),
            **dict.fromkeys((ENROL, PUBLISH, ROTATE_KEY), errands),
        }
        name = f"worker-{secrets.token_hex(4)}"
        assert Courier(self.storage, self.clock, name, handlers).deliver_outbox().dead == 0

    def point(self) -> bytes:
        """The key that the agency signs with now."""
        return self.trial.openid.console.office.keys.signer(AGENCY).point

    def looks(self, person: str = PERSON) -> list[tuple[str, str]]:
        """Who looked at what the agency has of somebody, and why; newest first."""
        subject = self.trial.openid.console.office.subject(AGENCY, person).hex()
        with self.storage.reading() as reading:
            found = reading.access_log.of_subject("person", subject, 20)
        return [(access.actor, access.purpose) for access in found]

    def acts(self) -> list[tuple[str, str]]:
        """Administrative entries of counters, oldest first."""
        with self.storage.reading() as reading:
            entries = reading.acts.entries(50)
        wanted = ("credential.", "issuer.", "register.")
        return sorted((one.act, one.account) for one in entries if one.act.startswith(wanted))

    def outcome(self) -> str:
        """What comes of showing a copy."""
        asked = self.trial.ask()
        assert self.wallet.show(asked).status_code == 200
        result: str = self.trial.result(asked)["outcome"]
        return result


def new_offer(**changes: object) -> dict[str, object]:
    """Somebody at the counter."""
    order = {"agency": AGENCY, "person": PERSON, "types": [KIND], "service": SERVICE}
    return {**order, "card_checked": True, **changes}


def code_of(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
