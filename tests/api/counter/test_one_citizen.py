"""One citizen through every interface, at random: one voter value a series, one grant a round."""

import secrets
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Final

import pytest
from fastapi.testclient import TestClient

from api.app import create_people_app
from api.ports.accounts import Role
from api.ports.destruction import RecordKind
from tests.api.counter.site import CounterSite
from tests.api.counter.test_cases import ask as ask_at_counter
from tests.api.counter.test_cases import join as join_at_counter
from tests.api.databases import ORIGINS
from tests.simulators.citizen import Citizen, believed, taken_twice, values_of
from tests.simulators.openid_trial import Asked, Trial

FEW, MANY = 120, 1_000
MANY_SECONDS: Final = 5


class Walk:
    """A citizen at two workers, an officer at the counter, and time and destruction in between."""

    def __init__(self, site: CounterSite, seed: int) -> None:
        self.site, self.draw = site, Random(seed)  # noqa: S311 # a walk that can be walked again
        self.citizen = Citizen(self.draw)
        self.workers = (site.trial, self._second())
        self.officer = site.staff(Role.OFFICER)
        self.asked: list[tuple[str, Asked]] = []
        self.granted: Counter[tuple[str, str]] = Counter()
        self.told: Counter[str] = Counter()

    def step(self) -> None:
        if not self.citizen.tabs or self.draw.random() < 0.8:
            self.citizen.act(self.draw.choice(self.workers))
        else:
            self.draw.choice(OTHER_ACTS)(self)

    def ask_at_counter(self) -> None:
        tab = self.draw.choice(self.citizen.tabs)
        answer = self.officer.browser.post(f"/applications/{tab.number}/requests")
        self._note("officer asks", answer.status_code)
        if answer.status_code == 201:
            asked = ask_at_counter(self.site, self.officer, tab.number)
            self.citizen.asked.append((tab, asked))
            self.asked.append((tab.number, asked))

    def join_at_counter(self) -> None:
        if self.asked:
            number, asked = self.draw.choice(self.asked[-4:])
            self._note("officer joins", join_at_counter(self.officer, number, asked).status_code)

    def decide(self) -> None:
        """As the rules propose: whoever departs from them answers for it with a reason."""
        waiting = set(believed(self.site.storage).values())
        tabs = [tab for tab in self.citizen.tabs if tab.number in waiting]
        if not tabs:
            return
        tab = self.draw.choice(tabs)
        place = f"/applications/{tab.number}"
        seen = self.officer.browser.get(f"{place}/proposal")
        if seen.status_code == 200 and seen.json()["proposal"]["outcome"] == "eligible":
            self.officer.sign_in()
            answer = self.officer.browser.post(f"{place}/decision", {"outcome": "eligible"})
            self._note("officer decides", answer.status_code)
            if answer.status_code == 201:
                [request] = [r for r, n in believed(self.site.storage).items() if n == tab.number]
                self.granted[tab.service, self.citizen.shown[request].person] += 1

    def wait(self) -> None:
        self.site.clock.forward(seconds=self.draw.randint(1, MANY_SECONDS))

    def destroy(self) -> None:
        """An application is forgotten; what it took stays taken where it was decided."""
        tab = self.draw.choice(self.citizen.tabs)
        with self.site.storage.work() as work:
            work.destruction.destroy(RecordKind.APPLICATION, tab.number)

    def check(self) -> None:
        """What the database holds, against what the two people did."""
        assert values_of(self.citizen) <= {1}
        assert self.citizen.wrong == []
        assert taken_twice(self.citizen, believed(self.site.storage)) == []
        assert set(self.granted.values()) <= {1}

    def _second(self) -> Trial:
        second = Trial.of(self.site.trial.ground)
        parts = replace(self.site.parts, wallets=tuple(second.openid.routes()))
        return replace(second, http=TestClient(create_people_app(parts), base_url=ORIGINS.people))

    def _note(self, act: str, status: int) -> None:
        assert status < 500, (act, status)
        self.told[f"{act} {status}"] += 1


OTHER_ACTS = (
    *[Walk.ask_at_counter] * 6,
    *[Walk.join_at_counter] * 6,
    *[Walk.wait] * 3,
    *[Walk.destroy] * 2,
    Walk.decide,
)


@pytest.mark.parametrize("acts", [FEW, pytest.param(MANY, marks=pytest.mark.acceptance)])
def test_whatever_one_citizen_does_nothing_is_given_twice(both: CounterSite, acts: int) -> None:
    seed = secrets.randbits(32)  # told where it fails, among the locals
    walk, done = Walk(both, seed), 0
    while done < acts or not walk.granted:
        walk.step()
        walk.check()
        done += 1
