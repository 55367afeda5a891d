"""One token per person, whatever the order of requests; logs that say nothing about order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any, TypeVar

import pytest

from tests.simulators.poll import RNG, simulated
from voting.crypto.errors import GroupError, IdentityPointError, SubgroupError
from voting.crypto.group import G1
from voting.crypto.tokens import TokenKeys, blind_key, check_share
from voting.poll.definition import PollDefinition
from voting.poll.errors import (
    OtherRequestError,
    PollPhaseError,
    PresentationError,
    RecordError,
    SharedRequestError,
)
from voting.poll.registrar import Grant, Registrar, RegistrarKeys, entry_digest
from voting.poll.roll import Eligible, MemoryRoll, Request, RollEntry, registration_nonce
from voting.poll.token_log import check_order, read_entries

T = TypeVar("T")
EVIDENCE = bytes(31) + b"\x07"
KIM = Eligible("synthetic kim", EVIDENCE)
LEE = Eligible("synthetic lee", bytes(32))


def definition() -> PollDefinition:
    return simulated().definition


def registrar(index: int = 1) -> Registrar:
    body = simulated().organisers.registrars
    share, identity = body.shares[index - 1][0], body.identities[index - 1]
    keys = RegistrarKeys(index, share, RNG(32), identity)
    return Registrar(definition(), keys, MemoryRoll(), RNG)


def request() -> bytes:
    poll_id = definition().poll_id()
    point = G1.encode(G1.multiply(G1.generator, int.from_bytes(RNG(31), "big")))
    return blind_key(poll_id, point, RNG).blinded


def grant(one: Registrar, person: Eligible, blinded: bytes) -> Grant:
    return one.grant(person, blinded, definition().times.opens)


def test_share_and_signed_entry_verify() -> None:
    one, blinded = registrar(), request()
    given = grant(one, KIM, blinded)
    body = simulated().organisers.registrars
    keys = TokenKeys(3, body.keys.public[0], tuple(row[0] for row in body.keys.shares))
    check_share(keys, 1, blinded, given.share)
    signed = entry_digest(definition().poll_id(), 1, given.commitment, blinded)
    body.identities[0].public_key().verify(given.signature, signed)


def test_same_request_gets_the_same_answer_again() -> None:
    one, blinded = registrar(), request()
    first, again = grant(one, KIM, blinded), grant(one, KIM, blinded)
    assert first == again
    assert len(one.roll.entries()) == 1


def test_other_request_of_one_person_is_refused_with_evidence() -> None:
    one, blinded = registrar(), request()
    grant(one, KIM, blinded)
    with pytest.raises(OtherRequestError) as refused:
        grant(one, KIM, request())
    assert (refused.value.earlier, refused.value.presentation) == (blinded, EVIDENCE)


def test_one_request_of_two_persons_is_refused() -> None:
    one, blinded = registrar(), request()
    grant(one, KIM, blinded)
    with pytest.raises(SharedRequestError):
        grant(one, LEE, blinded)
    assert grant(one, LEE, request()).registrar == 1


class FullDisk(MemoryRoll):
    """A roll that cannot be written."""

    def put(self, entry: RollEntry) -> RollEntry:
        raise RecordError(f"no space left for {len(entry.blinded)} bytes")


def test_nothing_is_computed_before_it_is_stored() -> None:
    drawn: list[int] = []

    def rng(count: int) -> bytes:
        drawn.append(count)
        return RNG(count)

    one = Registrar(definition(), registrar().keys, FullDisk(), rng)
    with pytest.raises(RecordError):
        grant(one, KIM, request())
    assert drawn == [32], "only the salt was drawn; splitting the key takes 48 bytes"


@pytest.mark.parametrize(
    ("blinded", "error"),
    [
        (b"", GroupError),
        (b"\xc0" + bytes(47), IdentityPointError),
        (b"\x80" + bytes(47), SubgroupError),
    ],
)
def test_request_that_is_no_point_is_refused_and_not_stored(
    blinded: bytes, error: type[GroupError]
) -> None:
    one = registrar()
    with pytest.raises(error):
        grant(one, KIM, blinded)
    assert not one.roll.entries()


def test_registration_window_is_kept() -> None:
    one, times = registrar(), definition().times
    with pytest.raises(PollPhaseError):
        one.grant(KIM, request(), times.closes)
    with pytest.raises(PollPhaseError):
        one.close(times.opens)


@dataclass(frozen=True)
class Race:
    """Where two devices of one person stand; everything that the next step can depend on.

    Attributes:
        next_to_ask: per device, the registrar it asks next (1-based), 0 once it has stopped.
        waiting: per device, the registrar whose answer is on its way, 0 for none.
        shares: per device, the registrars whose shares it has.
        held: per registrar, the device whose request it keeps, -1 for none.
    """

    next_to_ask: tuple[int, int]
    waiting: tuple[int, int]
    shares: tuple[frozenset[int], frozenset[int]]
    held: tuple[int, ...]


REGISTRARS, THRESHOLD = 4, 3
ORDERS = sorted({"".join(order) for order in permutations("aaabbb")})


def steps(race: Race, *, stops: bool) -> Iterator[Race]:
    """All that can happen next: a request arrives, an answer arrives, or an answer is lost.

    Args:
        race: as it stands.
        stops: whether devices stop at an evidenced refusal, as they should; hostile ones go on.
    """
    for device in (0, 1):
        asked, registrar = race.waiting[device], race.next_to_ask[device]
        if not asked and 1 <= registrar <= REGISTRARS:
            keeps = race.held[registrar - 1]
            held = race.held if keeps >= 0 else put(race.held, registrar - 1, device)
            yield replace(race, waiting=put(race.waiting, device, registrar), held=held)
        if asked:
            yield replace(race, waiting=put(race.waiting, device, 0))
            granted = race.held[asked - 1] == device
            after = asked + 1 if granted or not stops else 0
            own = race.shares[device] | {asked} if granted else race.shares[device]
            yield replace(
                race,
                next_to_ask=put(race.next_to_ask, device, after),
                waiting=put(race.waiting, device, 0),
                shares=put(race.shares, device, own),
            )


def put(values: tuple[T, ...], place: int, value: T) -> Any:
    return (*values[:place], value, *values[place + 1 :])


def reachable(*, stops: bool) -> set[Race]:
    """Every state of every interleaving, lost answers and repetitions included."""
    nothing: frozenset[int] = frozenset()
    start = Race((1, 1), (0, 0), (nothing, nothing), (-1,) * REGISTRARS)
    seen, left = {start}, [start]
    while left:
        for after in steps(left.pop(), stops=stops):
            if after not in seen:
                seen.add(after)
                left.append(after)
    return seen


@pytest.mark.parametrize("stops", [True, False], ids=["honest devices", "devices that go on"])
def test_no_interleaving_of_two_racing_devices_gives_two_tokens(*, stops: bool) -> None:
    states = reachable(stops=stops)
    assert len(states) > 50
    tokens = [sum(len(own) >= THRESHOLD for own in race.shares) for race in states]
    assert max(tokens) == 1, "some order gives one token, none gives two"


def test_honest_devices_that_race_never_both_go_without_a_token() -> None:
    """They meet at registrar 1: one is refused there, the other one gets all shares in the end."""
    ends = [race for race in reachable(stops=True) if not any(steps(race, stops=True))]
    assert ends
    assert all(sorted(map(len, race.shares)) == [0, REGISTRARS] for race in ends)


def test_lost_answers_change_no_end() -> None:
    """Where an answer got lost, the state is one from which it can be asked for again."""
    for race in reachable(stops=True):
        for device in (0, 1):
            if race.waiting[device]:
                lost = replace(race, waiting=put(race.waiting, device, 0))
                assert any(race == again for again in steps(lost, stops=True))


@pytest.mark.parametrize("order", ORDERS)
def test_registrar_behaves_as_the_model_in_every_order(order: str) -> None:
    """Two devices ask one registrar three times each (repeats of lost answers), in any order."""
    one, requests = registrar(), {"a": request(), "b": request()}
    first = order[0]
    answers = set()
    for device in order:
        if device == first:
            answers.add(grant(one, KIM, requests[device]))
        else:
            with pytest.raises(OtherRequestError) as refused:
                grant(one, KIM, requests[device])
            assert refused.value.earlier == requests[first]
    assert len(answers) == 1, "a repeated request is answered word for word as before"
    assert [entry.blinded for entry in one.roll.entries()] == [requests[first]]


@pytest.mark.parametrize("first", list(product([0, 1], repeat=4)))
def test_two_racing_devices_end_as_the_model_does(first: tuple[int, ...]) -> None:
    """``first`` says whose request reaches each registrar first; both devices then ask all."""
    devices, shares = (request(), request()), [0, 0]
    for index, earlier in enumerate(first, 1):
        one = registrar(index)
        for device in (earlier, 1 - earlier):
            try:
                grant(one, KIM, devices[device])
            except OtherRequestError:
                continue
            shares[device] += 1
    assert sum(share >= definition().registrars.threshold for share in shares) <= 1


def test_log_is_sorted_by_request_and_links_no_two_registrars() -> None:
    one, two = registrar(1), registrar(2)
    people = [Eligible(f"synthetic person {i}", bytes(32)) for i in range(8)]
    requests = [request() for _ in people]
    for person, blinded in zip(people, requests, strict=True):
        grant(one, person, blinded)
        grant(two, person, blinded)
    logs = [each.close(definition().times.closes) for each in (one, two)]
    assert list(logs[0].requests) == sorted(requests)
    assert not {e[48:] for e in logs[0].entries} & {e[48:] for e in logs[1].entries}
    assert logs[0].requests == logs[1].requests


def test_log_out_of_order_or_cut_is_refused() -> None:
    one = registrar()
    for i in range(3):
        grant(one, Eligible(f"synthetic person {i}", bytes(32)), request())
    entries = one.close(definition().times.closes).entries
    check_order(read_entries(b"".join(entries)))
    for wrong in (
        entries[::-1],
        (entries[0], *entries),
        (entries[0], entries[1][:48] + entries[0][48:]),
    ):
        with pytest.raises(RecordError):
            check_order(wrong)
    with pytest.raises(RecordError):
        read_entries(b"".join(entries)[:-1])


def test_presentation_is_bound_to_request_poll_and_challenge() -> None:
    poll_id, blinded, challenges = bytes(32), request(), tuple(bytes([i]) * 32 for i in range(4))
    nonce = registration_nonce(poll_id, blinded, challenges)
    Request(blinded, challenges, nonce).check(poll_id, 2, challenges[1])
    stale = (*challenges[:1], bytes(32), *challenges[2:])
    for wrong, poll, own in (
        (Request(request(), challenges, nonce), poll_id, challenges[1]),
        (Request(blinded, challenges, nonce), b"\x01" * 32, challenges[1]),
        (Request(blinded, challenges, nonce), poll_id, b"\x09" * 32),
        (Request(blinded, stale, nonce), poll_id, bytes(32)),
        (Request(blinded, (), nonce), poll_id, challenges[1]),
    ):
        with pytest.raises(PresentationError):
            wrong.check(poll, 2, own)
