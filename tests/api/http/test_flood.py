"""A flood of beginnings over HTTP: bounded in all, fair to other addresses, and over soon.

The pools are small here, so that a few hundred requests fill them; tests/api/store has the bound of
500 MB. Both engines count by the same statements; here one is enough.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.actions.forget_unfinished import forget_unfinished
from api.actions.open_application import OpenedApplication
from api.app import create_people_app
from api.http.staff.gate import DOOR_PER_MINUTE
from api.pages.citizen import STEPS_PER_MINUTE
from api.ports.unfinished import Pool
from api.settings import Settings
from api.store.applications import applications
from api.store.database import Database
from api.store.idempotency import kept_requests
from api.store.papers import papers
from api.store.presentations import answers, presentation_requests
from api.store.proposals import proposals
from api.store.sessions import ceremonies
from api.store.unfinished import entries, parts
from tests.api.databases import ORIGINS, StillClock, parts_of
from tests.simulators.openid_trial import KIND, SERVICE, Asked, SimulatedWallet, Trial

PATH, REQUESTS = "/api/v1/applications", "/openid4vp/requests"
CARRIER, FLOOD = "203.0.113.7", "198.51.100.{}"
SMALL = {Pool.APPLICATIONS: 640_000, Pool.SIGN_INS: 40_000}
FLOODS = 3
PEOPLE = 3_000
OWN = {"Origin": ORIGINS.people, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def reach(
    lite: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Trial]:
    """The service with small pools, as seen from an address."""
    monkeypatch.setattr("api.store.unfinished.POOLS", SMALL)
    trial = Trial.start(lite, clock, tmp_path)
    parts = replace(parts_of(lite, clock), wallets=tuple(trial.openid.routes()))
    app = create_people_app(parts)

    def at(address: str) -> Trial:
        client = TestClient(app, base_url=ORIGINS.people, client=(address, 40_000))
        return replace(trial, http=client)

    return at


def begin(trial: Trial) -> Any:
    return trial.http.post(PATH, json={"service": SERVICE})


def flood(trial: Trial, most: int = 400) -> Any:
    """Begin until it is refused; the refusal."""
    for _ in range(most):
        answer = begin(trial)
        if answer.status_code != 201:
            return answer
    pytest.fail("nobody refused")


def opened(trial: Trial) -> OpenedApplication:
    answer = begin(trial)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    with trial.ground.storage.reading() as reading:
        application = reading.applications.find(told["number"])
    assert application is not None
    return OpenedApplication(application, told["secret"])


def join(trial: Trial, mine: OpenedApplication, asked: Asked) -> Any:
    place = f"{PATH}/{mine.application.number}/presentation"
    secret = {"Authorization": f"Bearer {mine.secret}"}
    return trial.http.put(
        place, json={"request": asked.id, "session": asked.session}, headers=secret
    )


def count(trial: Trial, *tables: Any) -> int:
    assert isinstance(trial.ground.storage, Database)
    with trial.ground.storage.reading() as reading:
        sums = (reading.connection.scalar(select(func.count()).select_from(t)) for t in tables)
        return sum(int(found or 0) for found in sums)


def test_a_flood_is_refused_and_people_behind_another_address_go_all_the_way(
    reach: Callable[[str], Trial],
) -> None:
    home = reach(CARRIER)
    wallet, other = SimulatedWallet(home), SimulatedWallet(home)
    wallet.obtain()
    other.obtain(person="synthetic-2")
    begun = opened(home)
    middle = home.ask(opened=begun)
    for number in range(FLOODS):
        refused = flood(reach(FLOOD.format(number)))
        assert (refused.status_code, refused.json()["code"]) == (503, "storage.full")
        assert int(refused.headers["retry-after"]) == 60
    newcomer = opened(home)
    asked = home.ask(opened=newcomer)
    assert wallet.show(middle).status_code == 200
    assert join(home, begun, middle).json() == {"outcome": "eligible"}
    assert other.show(asked).status_code == 200
    assert join(home, newcomer, asked).json() == {"outcome": "not_eligible"}


def test_who_shares_an_address_with_a_flood_can_finish_and_is_served_again_soon(
    reach: Callable[[str], Trial], clock: StillClock
) -> None:
    home = reach(CARRIER)
    wallet = SimulatedWallet(home)
    wallet.obtain()
    mine = opened(home)
    asked = home.ask(opened=mine)
    flood(home)
    assert wallet.show(asked).status_code == 200
    assert join(home, mine, asked).status_code == 200
    clock.forward(minutes=14, seconds=59)
    flood(home)
    clock.forward(seconds=1)
    assert begin(home).status_code == 201  # without the worker: what has ended makes room


def test_what_nobody_finished_is_gone_after_15_minutes(
    reach: Callable[[str], Trial], clock: StillClock
) -> None:
    home = reach(CARRIER)
    key = {"Idempotency-Key": "k" * 22}
    told = home.http.post(PATH, json={"service": SERVICE}, headers=key).json()
    mine, secret = told["number"], {"Authorization": f"Bearer {told['secret']}"}
    body = {"application": mine, "device": "other"}
    made = home.asked(home.http.post(REQUESTS, json=body, headers=secret))
    unsigned = {"error": "access_denied", "state": made.parameters["state"]}
    assert home.answer(made, unsigned).status_code == 200
    home.http.post("/api/v1/staff/sign-in/options", json={}, headers=OWN)
    tables = (applications, kept_requests, presentation_requests, answers, entries)
    assert count(home, *tables) >= 6
    clock.forward(minutes=14, seconds=59)
    assert home.http.get(f"{PATH}/{mine}", headers=secret).status_code == 200
    clock.forward(seconds=1)
    assert home.http.get(f"{PATH}/{mine}", headers=secret).status_code == 404
    assert home.http.post(PATH, json={"service": SERVICE}, headers=key).status_code == 404
    assert forget_unfinished(home.ground.storage, clock()) >= 2
    assert count(home, *tables, ceremonies, proposals) == 0
    assert home.http.post(PATH, json={"service": SERVICE}, headers=key).status_code == 201


def test_junk_finishes_nothing_and_gets_no_receipt(
    reach: Callable[[str], Trial], clock: StillClock
) -> None:
    """What anybody can make up is counted like a beginning, and ends like one."""
    home = reach(CARRIER)
    mine = opened(home)
    asked = home.ask(opened=mine, mode="direct_post")
    body = {"vp_token": json.dumps({KIND: ["x~"]}), "state": asked.parameters["state"]}
    assert home.answer(asked, body).status_code == 200
    assert join(home, mine, asked).json() == {"outcome": "cannot_verify"}
    secret = {"Authorization": f"Bearer {mine.secret}"}
    receipt = home.http.post(f"{PATH}/{mine.application.number}/receipt", headers=secret)
    assert (receipt.status_code, receipt.json()["code"]) == (409, "application.unfinished")
    clock.forward(minutes=15)
    forget_unfinished(home.ground.storage, clock())
    assert count(home, applications, presentation_requests, answers, proposals, papers) == 0
    with home.ground.storage.reading() as reading:
        assert reading.logs.size("applications") == 0
        assert not reading.outbox.counts()


def test_what_was_finished_is_kept_and_counted_no_longer(
    reach: Callable[[str], Trial], clock: StillClock
) -> None:
    home = reach(CARRIER)
    wallet = SimulatedWallet(home)
    wallet.obtain()
    mine = opened(home)
    asked = home.ask(opened=mine)
    assert wallet.show(asked).status_code == 200
    assert join(home, mine, asked).status_code == 200
    assert count(home, entries) == 0
    with home.ground.storage.reading() as reading:
        assert reading.connection.scalar(select(func.sum(parts.c.held))) == 0
        errands = [one for one in reading.outbox.counts() if one.kind == "log.append"]
    assert errands
    clock.forward(hours=1)
    forget_unfinished(home.ground.storage, clock())
    secret = {"Authorization": f"Bearer {mine.secret}"}
    assert home.http.get(f"{PATH}/{mine.application.number}", headers=secret).status_code == 200
    assert count(home, answers, presentation_requests, proposals) == 3


def test_a_later_presentation_leaves_nothing_of_the_former(
    reach: Callable[[str], Trial], clock: StillClock
) -> None:
    home = reach(CARRIER)
    wallet = SimulatedWallet(home)
    wallet.obtain(copies=3)
    mine = opened(home)
    for _ in range(3):
        asked = home.ask(opened=mine)
        assert wallet.show(asked).status_code == 200
        assert join(home, mine, asked).status_code == 200
    forget_unfinished(home.ground.storage, clock())
    assert count(home, presentation_requests) == count(home, answers) == 1


def test_a_full_pool_of_applications_keeps_no_staff_out(reach: Callable[[str], Trial]) -> None:
    home = reach(CARRIER)
    for number in range(FLOODS):
        flood(reach(FLOOD.format(number)))
    options = home.http.post("/api/v1/staff/sign-in/options", json={}, headers=OWN)
    assert options.status_code == 200


def test_three_thousand_people_behind_one_address_are_within_every_limit() -> None:
    """Each begins an application and a request, fetches, answers and joins, all in one minute."""
    settings = Settings()
    assert settings.writes_per_minute >= PEOPLE * 6
    assert settings.reads_per_minute >= PEOPLE * 12
    assert min(STEPS_PER_MINUTE, DOOR_PER_MINUTE * 10) >= PEOPLE


@pytest.mark.acceptance
def test_three_thousand_people_behind_one_address_are_served(
    lite: Database, clock: StillClock, tmp_path: Path
) -> None:
    """All of them are in the middle of it at once; the pools are those of the service."""
    trial = Trial.start(lite, clock, tmp_path)
    parts = replace(parts_of(lite, clock), wallets=tuple(trial.openid.routes()))
    client = TestClient(create_people_app(parts), base_url=ORIGINS.people, client=(CARRIER, 40_000))
    home = replace(trial, http=client)
    begun = [begin(home) for _ in range(PEOPLE)]
    assert {answer.status_code for answer in begun} == {201}
    for answer in begun:
        told = answer.json()
        secret = {"Authorization": f"Bearer {told['secret']}"}
        body = {"application": told["number"], "device": "other"}
        assert client.post(REQUESTS, json=body, headers=secret).status_code == 201
