"""A checked presentation becomes the proposal on one application, by who holds both secrets."""

from datetime import timedelta

import pytest
from httpx2 import Response

from api.actions.open_application import ApplicationOrder, OpenedApplication, open_application
from api.openid.attesting import OfficeRegistry
from api.ports.means import Means, korean_day
from api.ports.proposals import KeptProposal
from contracts.evidence.encoding import parse_canonical
from tests.simulators.openid_trial import SERVICE, Asked, SimulatedWallet, Trial


@pytest.fixture
def means(trial: Trial) -> Means:
    ground = trial.ground
    return Means(ground.storage, ground.catalogue, ground.clock, ground.rng)


@pytest.fixture
def opened(means: Means) -> OpenedApplication:
    return open_application(means, ApplicationOrder(SERVICE))


def join(trial: Trial, opened: OpenedApplication, asked: Asked, **changes: str) -> Response:
    told = {"request": asked.id, "session": asked.session, **changes}
    secret = {"Authorization": f"Bearer {opened.secret}"}
    place = f"/api/v1/applications/{opened.application.number}/presentation"
    cookie = {"Cookie": asked.cookie} if asked.cookie else {}
    answer: Response = trial.http.put(place, json=told, headers=secret | cookie)
    return answer


def shown(holder: SimulatedWallet, opened: OpenedApplication) -> Asked:
    asked = holder.trial.ask(opened=opened)
    assert holder.show(asked).status_code == 200
    return asked


def kept(means: Means, opened: OpenedApplication) -> KeptProposal | None:
    with means.storage.reading() as reading:
        return reading.proposals.find(opened.application.number)


def test_what_the_rules_propose_is_kept_under_the_applications_number(
    trial: Trial, holder: SimulatedWallet, means: Means, opened: OpenedApplication
) -> None:
    asked = shown(holder, opened)
    for _ in range(2):
        answer = join(trial, opened, asked)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "eligible"})
    proposal = kept(means, opened)
    assert proposal is not None
    document = parse_canonical(proposal.proposal, max_bytes=1 << 18)
    assert isinstance(document, dict)
    assert document["case_id"] == opened.application.number
    assert document["outcome"] == "eligible"


def test_a_presentation_serves_one_application_only(
    trial: Trial, holder: SimulatedWallet, means: Means, opened: OpenedApplication
) -> None:
    asked = shown(holder, opened)
    assert join(trial, opened, asked).status_code == 200
    other = open_application(means, ApplicationOrder(SERVICE))
    assert join(trial, other, asked).json()["code"] == "application.other_presentation"
    assert kept(means, other) is None


def test_a_later_presentation_takes_the_place_until_somebody_decides(
    trial: Trial, holder: SimulatedWallet, means: Means, opened: OpenedApplication
) -> None:
    first, second, third = (shown(holder, opened) for _ in range(3))
    assert join(trial, opened, first).status_code == 200
    assert join(trial, opened, second).status_code == 200
    proposal = kept(means, opened)
    assert proposal is not None
    assert proposal.request == second.id
    with means.storage.work() as work:
        assert work.proposals.decide(proposal, b"{}")
    assert join(trial, opened, third).json()["code"] == "application.decided"


def test_only_who_holds_both_secrets_joins(
    trial: Trial, holder: SimulatedWallet, means: Means, opened: OpenedApplication
) -> None:
    asked = shown(holder, opened)
    foreign = join(trial, opened, asked, session="A" * 43)
    assert (foreign.status_code, foreign.json()["code"]) == (
        404,
        "application.presentation_unknown",
    )
    other = open_application(means, ApplicationOrder(SERVICE))
    stranger = OpenedApplication(opened.application, other.secret)
    assert join(trial, stranger, asked).json()["code"] == "application.not_found"
    assert kept(means, opened) is None


def test_the_same_device_needs_the_response_code(
    trial: Trial, holder: SimulatedWallet, opened: OpenedApplication
) -> None:
    asked = trial.ask(opened=opened, device="same")
    place = holder.show(asked).json()["redirect_uri"]
    assert join(trial, opened, asked).json()["code"] == "application.other_presentation"
    code = place.partition("#response_code=")[2]
    assert join(trial, opened, asked, response_code=code).status_code == 200


def test_what_was_not_answered_or_is_of_another_day_does_not_fit(
    trial: Trial, holder: SimulatedWallet, means: Means, opened: OpenedApplication
) -> None:
    waiting = trial.ask(opened=opened)
    assert join(trial, opened, waiting).json()["code"] == "application.other_presentation"
    yesterday = korean_day(means.now() - timedelta(days=1))
    trying = Means(means.storage, means.catalogue, means.clock, means.rng, trial=True)
    other = open_application(trying, ApplicationOrder(SERVICE, date=yesterday))
    assert (
        join(trial, other, shown(holder, opened)).json()["code"] == "application.other_presentation"
    )


def test_a_register_attests_on_paper_what_it_attests_in_a_credential(trial: Trial) -> None:
    registry = OfficeRegistry(trial.openid.console.office)
    day = korean_day(trial.ground.clock())
    told = registry.attested("school-record", "synthetic-1", day)
    assert told is not None
    assert told.issuer.ko == "[시험] 학교"
    assert [entry.value.ko for entry in told.entries] == ["예", "아니요"]
    assert registry.attested("school-record", "nobody", day) is None
    assert registry.attested("no-such-kind", "synthetic-1", day) is None
