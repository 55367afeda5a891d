"""One person, one application a round; one copy, one application (C4)."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from httpx2 import Response

from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.actions.withdraw_application import withdraw_application
from api.http.applications import application_routes
from api.openid.scope_secrets import Scope, scope_name
from api.ports.destruction import RecordKind
from api.ports.means import Means
from tests.simulators.openid_trial import SERVICE, Asked, SimulatedWallet, Trial


@dataclass
class Applicant:
    """Somebody with applications and wallets at one worker."""

    trial: Trial
    person: str = "synthetic-1"

    def __post_init__(self) -> None:
        ground = self.trial.ground
        self.means = Means(ground.storage, ground.catalogue, ground.clock, ground.rng)

    def open(self) -> OpenedApplication:
        return open_application(self.means, ApplicationOrder(SERVICE))

    def wallet(self, copies: int = 1) -> SimulatedWallet:
        wallet = SimulatedWallet(self.trial)
        assert wallet.obtain(copies=copies, person=self.person).status_code == 200
        return wallet

    def shown(self, wallet: SimulatedWallet, opened: OpenedApplication) -> Asked:
        asked = self.trial.ask(opened=opened)
        assert wallet.show(asked).status_code == 200
        return asked

    def join(self, opened: OpenedApplication, asked: Asked) -> Response:
        told = {"request": asked.id, "session": asked.session}
        headers = {"Authorization": f"Bearer {opened.secret}"}
        place = f"/api/v1/applications/{opened.application.number}/presentation"
        answer: Response = self.trial.http.put(place, json=told, headers=headers)
        return answer

    def apply(self) -> tuple[OpenedApplication, Response]:
        opened = self.open()
        return opened, self.join(opened, self.shown(self.wallet(), opened))


def code(answer: Response) -> str:
    return str(answer.json().get("code", answer.json().get("outcome")))


@pytest.fixture
def applicant(both: Trial) -> Applicant:
    return Applicant(both)


def proposals(applicant: Applicant, *opened: OpenedApplication) -> int:
    with applicant.means.storage.reading() as reading:
        found = [reading.proposals.find(one.application.number) for one in opened]
    return len([one for one in found if one is not None])


def test_one_person_has_one_application_in_a_round(applicant: Applicant) -> None:
    first, joined = applicant.apply()
    second, refused = applicant.apply()
    assert (code(joined), code(refused)) == ("eligible", "application.person_applied")
    assert refused.status_code == 409
    assert proposals(applicant, first, second) == 1
    other = Applicant(applicant.trial, "synthetic-2")
    assert code(other.apply()[1]) == "not_eligible"
    assert code(applicant.join(first, applicant.shown(applicant.wallet(), first))) == "eligible"


def test_a_withdrawn_or_destroyed_application_frees_the_place(applicant: Applicant) -> None:
    first, _ = applicant.apply()
    withdraw_application(applicant.means, first.application.number, first.secret)
    withdraw_application(applicant.means, first.application.number, first.secret)
    again = applicant.join(first, applicant.shown(applicant.wallet(), first))
    assert code(again) == "application.withdrawn"
    second, joined = applicant.apply()
    assert code(joined) == "eligible"
    with applicant.means.storage.work() as work:
        assert work.destruction.destroy(RecordKind.APPLICATION, second.application.number)
    assert code(applicant.apply()[1]) == "eligible"


def test_a_decided_application_keeps_its_place_though_it_is_destroyed(applicant: Applicant) -> None:
    first, _ = applicant.apply()
    number = first.application.number
    with applicant.means.storage.work() as work:
        proposal = work.proposals.find(number)
        assert proposal is not None
        assert work.proposals.decide(proposal, b"{}")
        assert work.destruction.destroy(RecordKind.APPLICATION, number)
    assert code(applicant.apply()[1]) == "application.person_applied"


def test_what_is_shown_later_takes_the_place_and_frees_the_other_persons(
    applicant: Applicant,
) -> None:
    opened = applicant.open()
    stranger = Applicant(applicant.trial, "synthetic-2")
    assert (
        code(applicant.join(opened, applicant.shown(stranger.wallet(), opened))) == "not_eligible"
    )
    assert code(applicant.join(opened, applicant.shown(applicant.wallet(), opened))) == "eligible"
    assert code(stranger.apply()[1]) == "not_eligible"
    assert code(applicant.apply()[1]) == "application.person_applied"


def test_a_copy_is_spent_once(applicant: Applicant) -> None:
    wallet = applicant.wallet()
    kept = list(wallet.held)
    opened = applicant.open()
    asked = applicant.shown(wallet, opened)
    assert code(applicant.join(opened, asked)) == "eligible"
    assert code(applicant.join(opened, asked)) == "eligible"
    wallet.held = list(kept)
    assert code(applicant.join(opened, applicant.shown(wallet, opened))) == "eligible"
    withdraw_application(applicant.means, opened.application.number, opened.secret)
    wallet.held = list(kept)
    second = applicant.open()
    refused = applicant.join(second, applicant.shown(wallet, second))
    assert (refused.status_code, code(refused)) == (409, "application.copy_spent")
    assert proposals(applicant, opened, second) == 0
    assert code(applicant.join(second, applicant.shown(applicant.wallet(), second))) == "eligible"


def at_once(count: int, act: Callable[[int], Response]) -> list[str]:
    with ThreadPoolExecutor(count) as threads:
        return [code(answer) for answer in threads.map(act, range(count))]


def test_of_many_tabs_and_workers_one_application_gets_the_place(applicant: Applicant) -> None:
    workers = [applicant, Applicant(Trial.of(applicant.trial.ground))]
    opened = [applicant.open() for _ in range(6)]
    tries = [
        (workers[n % 2], one, applicant.shown(applicant.wallet(), one))
        for n, one in enumerate(opened)
    ]

    def join(number: int) -> Response:
        worker, one, asked = tries[number]
        return worker.join(one, asked)

    for _ in range(2):
        told = at_once(6, join)
        assert sorted(told) == ["application.person_applied"] * 5 + ["eligible"]
    assert proposals(applicant, *opened) == 1


def test_one_copy_at_many_applications_serves_one(applicant: Applicant) -> None:
    wallet = applicant.wallet()
    kept = list(wallet.held)
    tries = []
    for _ in range(5):
        wallet.held = list(kept)
        opened = applicant.open()
        tries.append((opened, applicant.shown(wallet, opened)))
    told = at_once(5, lambda n: applicant.join(*tries[n]))
    assert told.count("eligible") == 1
    assert set(told) == {"eligible", "application.person_applied"}


def test_with_the_rounds_secret_gone_nothing_can_be_joined(applicant: Applicant) -> None:
    first, _ = applicant.apply()
    second = applicant.open()
    asked = applicant.shown(applicant.wallet(), second)
    name = scope_name(Scope.ROUND, f"{SERVICE}/{first.application.round}")
    with applicant.means.storage.work() as work:
        assert work.destruction.destroy(RecordKind.SCOPE_SECRET, name)
        secret = work.scope_secrets.find(name)
    assert secret is not None
    assert secret.sealed is None
    assert code(applicant.join(second, applicant.shown(applicant.wallet(), second))) == (
        "application.round_over"
    )
    assert code(applicant.join(second, asked)) == "application.round_over"


def test_an_application_is_withdrawn_with_its_secret_alone(applicant: Applicant) -> None:
    applicant.trial.http.app.include_router(application_routes(applicant.means))  # type: ignore[attr-defined] # FastAPI's
    opened, _ = applicant.apply()
    place = f"/api/v1/applications/{opened.application.number}"
    bare = applicant.trial.http.delete(place)
    assert (bare.status_code, code(bare)) == (401, "application.secret_required")
    foreign = {"Authorization": f"Bearer {secrets.token_urlsafe(32)}"}
    assert applicant.trial.http.delete(place, headers=foreign).status_code == 404
    own = {"Authorization": f"Bearer {opened.secret}"}
    for _ in range(2):
        assert applicant.trial.http.delete(place, headers=own).status_code == 204
    assert applicant.trial.http.get(place, headers=own).json()["state"] == "withdrawn"
    assert proposals(applicant, opened) == 0
