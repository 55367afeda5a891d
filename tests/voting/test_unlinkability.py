"""Persons cannot be matched with ballots by a complete copy of what everybody stored.

A poll of 40 voters is held, who arrive in an order that the people's register does not know; then
every file, store and log is taken at once: the public record, all
registrars' rolls (with nullifiers and salts) and their shares of answers, and the board's memory. A
list of matchers tries to say which ballot belongs to which person. Forty guesses that know nothing
are right once on average, whatever the number of persons; nine or more right ones have a chance of
one in a million.

The same matchers work on leaky variants of the same poll, each of which has one mistake that a
product could make: so they would see it.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pytest

from contracts.evidence.merkle import leaf_hash
from tests.simulators.poll import RNG
from voting.crypto.ballot import ballot_length
from voting.crypto.group import G1
from voting.crypto.tokens import token_point
from voting.poll import record
from voting.poll.leaf import read_leaf
from voting.poll.registrar import Registrar
from voting.poll.roll import Eligible, MemoryRoll, nullifier
from voting.simulate.plan import Plan, seeded_choices
from voting.simulate.simulation import Means, Simulation, simulate

VOTERS = 40
CHANCE = 9
"""The matches of 40 blind guesses are about Poisson with mean 1: P(9 or more) = 0.000001."""


REGISTER = tuple(random.Random(1).sample(range(VOTERS), VOTERS))  # noqa: S311 - any order will do
"""For each person of the people's register, in its order, as how manieth they arrived: nowhere
stored. Whoever knew it would know the batch."""


@dataclass(frozen=True)
class Copy:
    """Everything that is stored anywhere, as somebody finds it.

    Attributes:
        requests: per person (in the order of the people's register) every byte string that a
            registrar's store or log holds about them, and the log's rows.
        roll_order: persons in the order in which the first registrar's store gives its rows.
        log_order: persons in the order of the first registrar's published log.
        ballots: one leaf per voter, in the order of the public log.
        memory: leaf hashes in the order in which the board's own store holds them.
    """

    requests: list[list[bytes]]
    roll_order: list[int]
    log_order: list[int]
    ballots: list[bytes]
    memory: list[bytes]


Matcher = Callable[[Copy], Sequence[int]]
"""For each person, in the register's order, the place of the ballot that is said to be theirs."""


@lru_cache(maxsize=1)
def held() -> tuple[Simulation, Copy, tuple[int, ...]]:
    """The poll, the copy, and the truth: the place of each person's ballot."""
    plan = Plan(VOTERS, 3, 1)
    poll = simulate(plan, seeded_choices(plan), Means(RNG))
    context = poll.definition.context()
    length, data = ballot_length(poll.definition.shape), poll.files[record.BALLOTS]
    ballots = [data[at : at + length] for at in range(0, len(data), length)]
    ballots = [ballot for ballot in ballots if read_leaf(context, ballot).sequence == 1]
    owners = [read_leaf(context, ballot).key for ballot in ballots]
    truth = tuple(owners.index(poll.devices[arrived].request.public) for arrived in REGISTER)
    return poll, taken(poll, ballots), truth


def taken(poll: Simulation, ballots: list[bytes]) -> Copy:
    """What a thief of all disks holds; secrets of devices are not on any of them."""
    asked = poll.registrars[: poll.definition.registrars.threshold]
    rows = [rows_of(one) for one in asked]
    requests = [[value for values in rows for value in values[person]] for person in range(VOTERS)]
    blinded = [device.request.blinded for device in poll.devices]
    stored = [entry.blinded for entry in asked[0].roll.entries()]
    logged = asked[0].close(poll.definition.registration.closes).requests
    digests = set(map(leaf_hash, ballots))
    memory = [
        digest for digest in poll.board._deadlines if digest in digests
    ]  # its inside is meant
    return Copy(
        requests,
        [blinded.index(value) for value in stored],
        [blinded.index(value) for value in logged],
        ballots,
        memory,
    )


def rows_of(registrar: Registrar) -> list[list[bytes]]:
    """Per person all that one registrar has or answers: it finds the row by its own key."""
    rows = {entry.nullifier: entry for entry in registrar.roll.entries()}
    found = []
    for number in range(VOTERS):
        name = f"synthetic person {number}"
        entry = rows[nullifier(registrar.keys.nullifier_key, registrar.poll_id, name)]
        person = Eligible(name, entry.presentation)
        grant = registrar.grant(person, entry.blinded, registrar.definition.times.opens)
        row = [entry.nullifier, entry.blinded, entry.presentation, entry.salt]
        found.append([*row, grant.share, grant.commitment, grant.signature])
    return found


def by_register_order(copy: Copy) -> Sequence[int]:
    """The n-th person cast the n-th ballot."""
    return range(len(copy.requests))


def by_roll_row(copy: Copy) -> Sequence[int]:
    """The n-th row of the registrar's store belongs to the n-th ballot of the log."""
    return [copy.roll_order.index(person) for person in range(len(copy.requests))]


def by_log_row(copy: Copy) -> Sequence[int]:
    """The same with the registrar's published log."""
    return [copy.log_order.index(person) for person in range(len(copy.requests))]


def by_time(copy: Copy) -> Sequence[int]:
    """Entries carry no time; what looks like a counter or a clock in the first bytes is tried."""
    people = sorted(range(len(copy.requests)), key=lambda p: copy.requests[p][3][:8])
    ballots = sorted(range(len(copy.ballots)), key=lambda b: copy.ballots[b][33:41])
    return paired(people, ballots)


def by_size(copy: Copy) -> Sequence[int]:
    """Sizes in order; where all are equal, this is a guess."""
    people = sorted(range(len(copy.requests)), key=lambda p: sum(map(len, copy.requests[p])))
    ballots = sorted(range(len(copy.ballots)), key=lambda b: len(copy.ballots[b]))
    return paired(people, ballots)


def by_key(copy: Copy) -> Sequence[int]:
    """Blinded keys in order belong to ballot keys, or their hashes to the group, in order."""
    people = sorted(range(len(copy.requests)), key=lambda p: copy.requests[p][1])
    ballots = sorted(range(len(copy.ballots)), key=lambda b: copy.ballots[b][35:83])
    return paired(people, ballots)


def by_shared_value(copy: Copy) -> Sequence[int]:
    """The ballot that shares the most runs of four bytes with what is stored of a person."""
    windows = [{b[i : i + 4] for i in range(33, len(b) - 3)} for b in copy.ballots]
    found = []
    for values in copy.requests:
        own = {value[i : i + 4] for value in values for i in range(len(value) - 3)}
        scores = [len(own & window) for window in windows]
        best = [place for place, score in enumerate(scores) if score == max(scores)]
        found.append(random.Random(0).choice(best))  # noqa: S311 - a guess needs no secrecy
    return found


def by_unblinded_point(copy: Copy) -> Sequence[int]:
    """The requests are compared with the point of every ballot key, blinded or not."""
    poll, _, _ = held()
    poll_id = poll.definition.poll_id()
    points = [G1.encode(token_point(poll_id, ballot[35:83])) for ballot in copy.ballots]
    return [
        next((i for i, point in enumerate(points) if point in values), 0)
        for values in copy.requests
    ]


def by_token_and_share(copy: Copy) -> Sequence[int]:
    """A share or request that stands in a ballot as its token."""
    tokens = [ballot[83:131] for ballot in copy.ballots]
    return [
        next((i for i, token in enumerate(tokens) if token in values), 0)
        for values in copy.requests
    ]


def paired(people: Sequence[int], ballots: Sequence[int]) -> Sequence[int]:
    """The n-th of one order with the n-th of the other."""
    match = dict(zip(people, ballots, strict=True))
    return [match[person] for person in range(len(people))]


MATCHERS: dict[str, Matcher] = {
    "register order": by_register_order,
    "roll row": by_roll_row,
    "log row": by_log_row,
    "time": by_time,
    "size": by_size,
    "key": by_key,
    "value": by_shared_value,
    "unblinded point": by_unblinded_point,
    "token": by_token_and_share,
}


def right(guessed: Sequence[int], truth: Sequence[int]) -> int:
    return sum(guess == place for guess, place in zip(guessed, truth, strict=True))


@pytest.mark.parametrize("name", MATCHERS)
def test_no_matcher_does_better_than_chance(name: str) -> None:
    _, copy, truth = held()
    assert right(MATCHERS[name](copy), truth) < CHANCE


def leak(name: str, copy: Copy, truth: tuple[int, ...]) -> tuple[Copy, tuple[int, ...]]:
    """The same poll with one mistake."""
    ordered = [copy.ballots[place] for place in truth]
    straight = tuple(range(VOTERS))
    requests = [list(values) for values in copy.requests]
    if name == "register order":
        return replace(copy, ballots=ordered), straight
    if name in {"roll row", "log row"}:
        order = random.Random(7).sample(range(VOTERS), VOTERS)  # noqa: S311 - any order will do
        changed = replace(copy, roll_order=order, log_order=order)
        ballots = [ordered[person] for person in order]
        return replace(changed, ballots=ballots), tuple(order.index(p) for p in straight)
    if name == "time":
        for person, values in enumerate(requests):
            values[3] = person.to_bytes(8, "big") + values[3][8:]
        stamped = [b[:33] + i.to_bytes(8, "big") + b[41:] for i, b in enumerate(ordered)]
        return Copy(requests, copy.roll_order, copy.log_order, stamped, copy.memory), straight
    if name == "size":
        for person, values in enumerate(requests):
            values.append(bytes(person))
        padded = [ballot + bytes(i) for i, ballot in enumerate(ordered)]
        return replace(copy, requests=requests, ballots=padded), straight
    if name == "key":
        for values, ballot in zip(requests, ordered, strict=True):
            values[1] = ballot[35:83]
        return replace(copy, requests=requests, ballots=ordered), straight
    for values, ballot in zip(requests, ordered, strict=True):
        values.append(leaked_value(name, ballot))
    return replace(copy, requests=requests, ballots=ordered), straight


def leaked_value(name: str, ballot: bytes) -> bytes:
    """What a registrar must never have seen of a ballot."""
    if name == "value":
        return ballot[200:216]
    if name == "unblinded point":
        return G1.encode(token_point(held()[0].definition.poll_id(), ballot[35:83]))
    return ballot[83:131]


@pytest.mark.parametrize("name", MATCHERS)
def test_each_matcher_finds_everybody_in_a_leaky_variant(name: str) -> None:
    _, copy, truth = held()
    leaky, places = leak(name, copy, truth)
    assert right(MATCHERS[name](leaky), places) == VOTERS


def test_whoever_knew_who_came_when_would_do_better_than_chance() -> None:
    """What SPEC says is not protected: clocks of a registrar and of the board, pooled.

    The board's working memory is in the order of arrival while it runs. With the order in which
    people registered beside it everybody would be found, and the batches alone would find a few. So
    neither order may be written anywhere.
    """
    _, copy, truth = held()
    places = {leaf_hash(ballot): place for place, ballot in enumerate(copy.ballots)}
    arrived = [places[digest] for digest in copy.memory]
    assert [arrived[number] for number in REGISTER] == list(truth)
    assert right(arrived, truth) < CHANCE


def test_rolls_hold_nothing_of_a_ballot_and_the_record_nothing_of_a_person() -> None:
    poll, copy, _ = held()
    written = b"".join(poll.files.values())
    for person in range(VOTERS):
        assert f"synthetic person {person}".encode() not in written
        for value in copy.requests[person]:
            assert not any(value in ballot for ballot in copy.ballots if any(value))
    nullifiers = {values[0] for values in copy.requests}
    assert not any(one in written for one in nullifiers)
    assert all(isinstance(one.roll, MemoryRoll) for one in poll.registrars)
