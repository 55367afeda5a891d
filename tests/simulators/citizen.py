"""A household of one citizen and a neighbour: many devices and tabs, copied wallets, no manners.

Every act is drawn at random from all that people can do at the service's interfaces. Whatever is
answered, the invariants hold: one ``voter`` value a series, one ``person`` value a service, and
what an application took in a round belongs to no other (findings C1, C3, C4).
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from api.store.database import Database
from api.store.proposals import proposals
from tests.simulators.openid_trial import Asked, SimulatedWallet, Trial
from verifier.credential.keys import SigningKey
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.services import SERVICE_IDS

if TYPE_CHECKING:
    from contracts.evidence.encoding import Json

CITIZEN, NEIGHBOUR = "synthetic-1", "synthetic-2"
PEOPLE: Final = (CITIZEN,) * 5 + (NEIGHBOUR,)
NEEDED: Final[Mapping[str, str]] = {
    "document-delivery": "delivery-entitlement",
    "citizen-poll": "voter",
}
"""Services whose question one credential answers, and which."""
T = TypeVar("T")


@dataclass(frozen=True)
class Tab:
    """An application in one of somebody's tabs."""

    service: str
    number: str
    secret: str = field(repr=False)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    @property
    def path(self) -> str:
        return f"/api/v1/applications/{self.number}"


@dataclass(frozen=True)
class Copy:
    """A copy of a credential, which a copied wallet shows again and again."""

    kind: str
    person: str
    text: str
    key: SigningKey


@dataclass
class Citizen:
    """What one drew, has, and was told. Safe for many threads."""

    draw: Random
    copies: list[Copy] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    asked: list[tuple[Tab, Asked]] = field(default_factory=list)
    shown: dict[str, Copy] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    values: set[tuple[str, str, str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def act(self, trial: Trial) -> None:
        """Do something at one worker."""
        act = self._one_of(ACTS)
        answer = act(self, trial)
        if answer is None:
            return
        code = code_of(answer)
        with self._lock:
            self.told[f"{act.__name__}: {answer.status_code} {code}"] += 1
            if answer.status_code >= 500 and answer.status_code != 503:
                self.wrong.append(f"{act.__name__}: {answer.status_code} {answer.text}")

    def take_credential(self, trial: Trial) -> Any:
        """A type that some service needs, mostly for the service that needs it."""
        needed, kind = self._one_of(sorted(NEEDED.items()))
        service = self._one_of((needed, needed, *sorted(SERVICE_IDS)))
        return self._take(trial, kind, service, self._one_of(PEOPLE))[0]

    def open_application(self, trial: Trial) -> Any:
        return self._open(trial, self._one_of(sorted(NEEDED)))[0]

    def ask(self, trial: Trial) -> Any:
        return self._ask(trial, self._recent(self.tabs))[0] if self.tabs else None

    def show(self, trial: Trial) -> Any:
        """Any copy that answers the question, shown before or not, the neighbour's as well."""
        if not self.asked:
            return None
        tab, asked = self._recent(self.asked)
        with self._lock:
            fitting = [one for one in self.copies if one.kind == NEEDED[tab.service]]
        return self._show(trial, asked, self._recent(fitting)) if fitting else None

    def join(self, trial: Trial) -> Any:
        """What was asked for one application, mostly with that one."""
        if not self.asked:
            return None
        tab, asked = self._recent(self.asked)
        return self._join(trial, self._one_of(self.tabs) if self._up_to(8) == 1 else tab, asked)

    def apply(self, trial: Trial) -> Any:
        """All of it in order, as it is meant."""
        service, kind = self._one_of(sorted(NEEDED.items()))
        answer, copies = self._take(trial, kind, service, self._one_of(PEOPLE))
        if copies:
            answer, tab = self._open(trial, service)
            if tab is not None:
                answer, asked = self._ask(trial, tab)
                if asked is not None:
                    self._show(trial, asked, copies[0])
                    return self._join(trial, tab, asked)
        return answer

    def look(self, trial: Trial) -> Any:
        return trial.look(self._recent(self.asked)[1]) if self.asked else None

    def read(self, trial: Trial) -> Any:
        tab = self._one_of(self.tabs) if self.tabs else None
        return None if tab is None else trial.http.get(tab.path, headers=tab.bearer)

    def withdraw(self, trial: Trial) -> Any:
        if not self.tabs or self._up_to(3) != 1:
            return None
        tab = self._one_of(self.tabs)
        return trial.http.delete(tab.path, headers=tab.bearer)

    def _take(self, trial: Trial, kind: str, service: str, person: str) -> tuple[Any, list[Copy]]:
        wallet = SimulatedWallet(trial)
        answer = wallet.obtain(kind, service, self._up_to(3), person)
        copies = [Copy(kind, person, text, key) for text, key in wallet.held]
        for copy in copies:
            self._keep(copy)
        return answer, copies

    def _open(self, trial: Trial, service: str) -> tuple[Any, Tab | None]:
        answer = trial.http.post("/api/v1/applications", json={"service": service})
        if answer.status_code != 201:
            return answer, None
        told = answer.json()
        tab = Tab(service, told["number"], told["secret"])
        with self._lock:
            self.tabs.append(tab)
        return answer, tab

    def _ask(self, trial: Trial, tab: Tab) -> tuple[Any, Asked | None]:
        """For the same device or another one."""
        body = {"application": tab.number, "device": self._one_of(("other", "same"))}
        answer = trial.http.post("/openid4vp/requests", json=body, headers=tab.bearer)
        if answer.status_code != 201:
            return answer, None
        asked = trial.asked(answer)
        with self._lock:
            self.asked.append((tab, asked))
        return answer, asked

    def _show(self, trial: Trial, asked: Asked, copy: Copy) -> Any:
        answer = SimulatedWallet(trial, [(copy.text, copy.key)]).show(asked)
        if answer.status_code == 200:
            with self._lock:
                self.shown[asked.id] = copy
        return answer

    def _join(self, trial: Trial, tab: Tab, asked: Asked) -> Any:
        body: Json = {"request": asked.id, "session": asked.session}
        headers = {**tab.bearer, "Cookie": asked.cookie}
        return trial.http.put(f"{tab.path}/presentation", json=body, headers=headers)

    def _keep(self, copy: Copy) -> None:
        claims = parse_sd_jwt(copy.text).reveal()
        is_vote = "voter" in claims
        value, scope = ("voter", "voter_series") if is_vote else ("person", "person_service")
        with self._lock:
            self.copies.append(copy)
            self.values.add((copy.person, value, str(claims[scope]), str(claims[value])))

    def _one_of(self, choices: "list[T] | tuple[T, ...]") -> T:
        with self._lock:
            return self.draw.choice(choices)

    def _recent(self, choices: list[T]) -> T:
        """Mostly one of the newest, so that something comes of it."""
        with self._lock:
            return self.draw.choice(choices if self.draw.random() < 0.2 else choices[-6:])

    def _up_to(self, most: int) -> int:
        with self._lock:
            return self.draw.randint(1, most)


ACTS: Final[tuple[Callable[[Citizen, Trial], Any], ...]] = (
    Citizen.apply,
    Citizen.take_credential,
    Citizen.take_credential,
    Citizen.open_application,
    Citizen.ask,
    Citizen.ask,
    Citizen.show,
    Citizen.show,
    Citizen.show,
    Citizen.join,
    Citizen.join,
    Citizen.join,
    Citizen.look,
    Citizen.read,
    Citizen.withdraw,
)


def values_of(citizen: Citizen) -> set[int]:
    """How many values anybody has for one series, or one service; 1, or something is wrong."""
    return set(Counter(one[:3] for one in citizen.values).values())


def believed(storage: Database) -> dict[str, str]:
    """Application by request, of all proposals that rest on a credential that was believed."""
    with storage.reading() as reading:
        rows = reading.connection.execute(select(proposals)).all()
    told = {row.request: (row.application, json.loads(row.proposal)["outcome"]) for row in rows}
    return {
        request: number for request, (number, outcome) in told.items() if outcome != "cannot_verify"
    }


def taken_twice(citizen: Citizen, joined: Mapping[str, str]) -> list[str]:
    """What serves two applications: a person in one round, or one copy.

    Args:
        joined: application by request, of all that somebody was believed for.
    """
    places: dict[tuple[str, str], set[str]] = {}
    copies: dict[str, set[str]] = {}
    services = {tab.number: tab.service for tab in citizen.tabs}
    for request, number in joined.items():
        copy = citizen.shown.get(request)
        if copy is not None:
            places.setdefault((services[number], copy.person), set()).add(number)
            copies.setdefault(copy.text, set()).add(number)
    return [str(what) for what, numbers in (places | copies).items() if len(numbers) > 1]


def code_of(answer: Any) -> str:
    """A problem's code, an outcome or a standard's word, whichever it is."""
    if not answer.content or not answer.headers["content-type"].endswith("json"):
        return ""
    told = answer.json()
    return str(told.get("code") or told.get("outcome") or told.get("error") or "")
