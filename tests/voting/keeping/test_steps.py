"""The pure side of a ceremony's steps: whatever is changed in the folder, no party signs on it."""

import secrets
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.crypto.ceremony import Round
from voting.errors import VotingError
from voting.keeping.setting import Role, Setting
from voting.keeping.state import KeyState, new_state
from voting.keeping.steps import Posted, Step, accuse, advance

RNG = secrets.token_bytes
ROUNDS = (Round.ANNOUNCE, Round.OPEN, Round.DEAL)


@lru_cache(maxsize=1)
def history() -> tuple[Setting, list[tuple[KeyState, dict[tuple[Round, int], bytes]]]]:
    """Trustee 1 and the folder, after each of three complete rounds."""
    states = [new_state(Role.TRUSTEE, RNG) for _ in range(3)]
    identities = tuple(state.public for state in states)
    setting = Setting(Role.TRUSTEE, 2, 0, 2, identities, 31337, RNG(32))
    posted: dict[tuple[Round, int], bytes] = {}
    moments = []
    for kind in ROUNDS:
        moves = [advance(state, setting, posted, RNG) for state in states]
        states = [move.state for move in moves]
        posted |= {(kind, j): move.message for j, move in enumerate(moves, 1)}
        moments.append((states[0], dict(posted)))
    return setting, moments


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_unchanged_folder_is_answered(moment: int) -> None:
    setting, moments = history()
    state, posted = moments[moment]
    move = advance(state, setting, posted, RNG)
    assert (move.step, move.kind) == (Step.MADE, Round(moment + 2))
    assert move.state != state


@settings(max_examples=60, deadline=None)
@given(
    moment=st.integers(0, 2),
    party=st.integers(1, 3),
    age=st.integers(0, 2),
    place=st.integers(0, 1 << 16),
    change=st.sampled_from(["bit 0", "bit 7", "cut", "longer"]),
)
def test_changed_message_is_never_answered(
    moment: int, party: int, age: int, place: int, change: str
) -> None:
    setting, moments = history()
    state, folder = moments[moment]
    posted, name = dict(folder), (ROUNDS[min(age, moment)], party)
    data = posted[name]
    at = place % len(data)
    flipped = bytes([data[at] ^ (1 if change == "bit 0" else 0x80)])
    posted[name] = {
        "cut": data[:at],
        "longer": data + b"\x00",
    }.get(change, data[:at] + flipped + data[at + 1 :])
    for step in (advance, accuse):
        with pytest.raises(VotingError):
            step(state, setting, posted, RNG)


def test_messages_of_other_parties_in_ones_place_are_never_answered() -> None:
    setting, moments = history()
    state, folder = moments[1]
    for one in (1, 2, 3):
        for other in {1, 2, 3} - {one}:
            swapped: Posted = folder | {(Round.OPEN, one): folder[Round.OPEN, other]}
            with pytest.raises(VotingError):
                advance(state, setting, swapped, RNG)
