"""The chain through its owner's door: the same answers and refusals, and nobody else's talk."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.operation.chain_door import open_door
from api.operation.door_messages import ACTS, DOOR
from api.operation.remote_ledger import RemoteLedger
from contracts.evidence.errors import LedgerRefusedError, LedgerUnavailableError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import Ending
from tests.simulators.ledger import SimulatedLedger

LOG, ISSUER, KIND, LIST = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, b"\x04" * 32
# Two points of P-256: the generator, and its double.
POINTS = [
    bytes.fromhex(
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    ),
]


@pytest.fixture
def owned() -> SimulatedLedger:
    return SimulatedLedger(lambda: 1_800_000_000)


@pytest.fixture
def remote(owned: SimulatedLedger, tmp_path: Path) -> Iterator[RemoteLedger]:
    with open_door(owned, tmp_path):
        yield RemoteLedger(tmp_path, seconds=20)


def test_every_act_of_the_port_has_a_message() -> None:
    acts = {name for name in vars(Ledger) if not name.startswith("_")}
    assert acts == set(ACTS)


def test_what_is_done_through_the_door_is_done(
    owned: SimulatedLedger, remote: RemoteLedger
) -> None:
    remote.register_issuer(ISSUER)
    remote.accredit(ISSUER, KIND)
    remote.add_key(ISSUER, POINTS[0])
    remote.suspend(ISSUER)
    remote.resume(ISSUER)
    remote.end_key(ISSUER, POINTS[0], Ending.ORDERLY)
    remote.withdraw(ISSUER, KIND, Ending.COMPROMISED)
    remote.open_log(LOG, b"\x05" * 32)
    anchored = remote.anchor(LOG, 0, 3, b"\x06" * 32)
    version = remote.publish_status(LIST, 1, b"\x07" * 32)
    assert remote.identity() == owned.identity()
    snapshot = remote.snapshot()
    assert snapshot == owned.snapshot()
    assert anchored in snapshot.logs[0].checkpoints
    assert version in snapshot.status_lists[0].versions


def test_a_refusal_comes_through_with_its_reason(remote: RemoteLedger) -> None:
    remote.open_log(LOG, b"\x05" * 32)
    remote.anchor(LOG, 0, 3, b"\x06" * 32)
    with pytest.raises(LedgerRefusedError):
        remote.anchor(LOG, 0, 3, b"\x08" * 32)


def test_a_closed_door_is_told(owned: SimulatedLedger, tmp_path: Path) -> None:
    remote = RemoteLedger(tmp_path)
    with pytest.raises(LedgerUnavailableError):
        remote.identity()
    with open_door(owned, tmp_path):
        assert remote.is_open()
    assert not remote.is_open()


def test_a_door_left_by_a_killed_owner_is_made_anew(owned: SimulatedLedger, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / DOOR))
    with open_door(owned, tmp_path):
        assert RemoteLedger(tmp_path).is_open()


def test_only_the_service_may_enter(remote: RemoteLedger) -> None:
    assert (remote.folder / DOOR).stat().st_mode & 0o077 == 0


def test_a_deep_folder_has_a_door_too(owned: SimulatedLedger, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with open_door(owned, deep):
        assert RemoteLedger(deep).is_open()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02{}",
        b'\x00\x00\x00\x11{"act":"__init__"}'[:21],
        b'\x00\x00\x00\x13{"act":"snapshots"}!!'[:23],
    ],
    ids=["nothing", "too long", "no act", "another method", "unknown act"],
)
def test_who_says_something_else_gets_nothing(remote: RemoteLedger, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as visit:
        visit.connect(str(remote.folder / DOOR))
        visit.sendall(sent)
        visit.shutdown(socket.SHUT_WR)
        assert visit.recv(1) == b""
    assert remote.is_open()
