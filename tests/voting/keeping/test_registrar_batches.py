"""A registrar's computer: everybody on the roll before anything is signed, one key per person."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.voting.keeping.cheater import RNG, state_of
from tests.voting.keeping.held_poll import TIMES, VOTERS, HeldPoll, new_device, request_file, sign
from voting.crypto.tokens import BlindedKey
from voting.keeping.errors import OtherPollError, StepError, StorageError
from voting.keeping.serving import Asked, Requests, registrar_of, sign_requests
from voting.keeping.state import KeyState
from voting.poll.errors import PollPhaseError
from voting.poll.roll import Eligible

PRESENTATION = b"\x07" * 32


@pytest.fixture
def fresh(poll: HeldPoll) -> KeyState:
    """Registrar 1 before anybody came."""
    return replace(state_of(poll.desk, "registrar", 1), roll=(), closed="")


def asked(device: BlindedKey, person: str) -> Asked:
    return Asked(Eligible(person, PRESENTATION), device.blinded)


def device(poll: HeldPoll) -> BlindedKey:
    return new_device(poll.definition.poll_id())[1]


def batch(
    poll: HeldPoll, state: KeyState, requests: list[Asked], saved: list[KeyState]
) -> list[dict[str, str]]:
    registrar = registrar_of(state, poll.definition, RNG)
    file = Requests(poll.definition.poll_id(), tuple(requests))
    assert Requests.parse(file.to_bytes()) == file
    made = sign_requests(state, registrar, file, TIMES.opens, saved.append)
    grants: list[dict[str, str]] = json.loads(made)["grants"]
    return grants


def test_batch_repeated_gives_the_same_shares(poll: HeldPoll, fresh: KeyState) -> None:
    requests = [asked(device(poll), person) for person in ("kim", "lee")]
    saved: list[KeyState] = []
    first = batch(poll, fresh, requests, saved)
    again = batch(poll, saved[0], requests, saved)
    assert first == again
    assert saved[0] == saved[1]
    assert len(saved[0].roll) == 2
    assert KeyState.parse(saved[0].to_bytes()) == saved[0]


def test_person_with_another_key_is_refused_with_the_earlier_request(
    poll: HeldPoll, fresh: KeyState
) -> None:
    one, other, third = device(poll), device(poll), device(poll)
    saved: list[KeyState] = []
    batch(poll, fresh, [asked(one, "kim")], saved)
    made = batch(poll, saved[0], [asked(other, "kim"), asked(third, "lee")], saved)
    evidence = {"earlier": one.blinded.hex(), "presentation": PRESENTATION.hex()}
    assert made[0] == {"blinded": other.blinded.hex(), "refused": "N-01", **evidence}
    assert "share" in made[1]
    assert len(saved[-1].roll) == 2


def test_one_key_of_two_persons_and_points_that_are_none_are_refused(
    poll: HeldPoll, fresh: KeyState
) -> None:
    one, saved = device(poll), list[KeyState]()
    order_three = replace(one, blinded=b"\x80" + bytes(47))
    neutral = replace(one, blinded=b"\xc0" + bytes(47))
    requests = [asked(one, "kim"), asked(one, "lee")]
    requests += [asked(order_three, "park"), asked(neutral, "choi")]
    made = batch(poll, fresh, requests, saved)
    assert [grant.get("refused") for grant in made] == [None, "N-02", "G-03", "G-02"]
    assert len(saved[0].roll) == 1


def test_nothing_is_signed_before_the_roll_is_on_disk(poll: HeldPoll, fresh: KeyState) -> None:
    registrar = registrar_of(fresh, poll.definition, RNG)
    file = Requests(poll.definition.poll_id(), (asked(device(poll), "kim"),))

    def full_disk(state: KeyState) -> None:
        assert len(state.roll) == 1
        raise StorageError

    with pytest.raises(StorageError):
        sign_requests(fresh, registrar, file, TIMES.opens, full_disk)


@pytest.mark.parametrize("at", [TIMES.opens - timedelta(seconds=1), TIMES.closes])
def test_outside_of_the_registration_nobody_is_put_on_the_roll(
    poll: HeldPoll, fresh: KeyState, at: datetime
) -> None:
    registrar = registrar_of(fresh, poll.definition, RNG)
    file = Requests(poll.definition.poll_id(), (asked(device(poll), "kim"),))
    saved: list[KeyState] = []
    with pytest.raises(PollPhaseError):
        sign_requests(fresh, registrar, file, at, saved.append)
    assert not saved


def test_requests_for_another_poll_or_another_role_are_refused(
    poll: HeldPoll, fresh: KeyState
) -> None:
    registrar = registrar_of(fresh, poll.definition, RNG)
    with pytest.raises(OtherPollError):
        sign_requests(fresh, registrar, Requests(bytes(32), ()), TIMES.opens, lambda _: None)
    with pytest.raises(StepError):
        registrar_of(state_of(poll.desk, "trustee", 1), poll.definition, RNG)
    with pytest.raises(StepError):
        registrar_of(replace(fresh, poll=b""), poll.definition, RNG)


def test_after_its_log_is_closed_a_registrar_signs_nothing(poll: HeldPoll, tmp_path: Path) -> None:
    """Even if its clock is put back."""
    poll.desk.now = TIMES.opens
    assert len(state_of(poll.desk, "registrar", 1).roll) == VOTERS
    code, outcome = sign(poll.desk, 1, poll.desk.folder / "requests.json", tmp_path / "again")
    assert (code, outcome["code"]) == (1, "F-07")
    late = request_file(poll.desk, poll.definition, [device(poll).blinded], "late.json")
    assert sign(poll.desk, 4, late, tmp_path / "late")[1]["code"] == "F-07"


def test_closed_log_is_handed_over_unchanged(poll: HeldPoll) -> None:
    poll.desk.now = TIMES.closes
    out = poll.desk.folder / "tokens"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    given = ["--definition", poll.desk.folder / "definition.json", "--folder", out]
    code, _ = poll.desk.run("registrar", "close-log", *poll.desk.own("registrar", 1), *given)
    assert code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    poll.desk.now = TIMES.opens
    code, outcome = poll.desk.run("registrar", "close-log", *poll.desk.own("registrar", 2), *given)
    assert (code, outcome["code"]) == (1, "Q-02")
