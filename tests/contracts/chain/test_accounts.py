"""Who acts on the contracts: an account for each role, and an owner who is somebody else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contracts.__main__ import main
from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.bindings.issuer_registry import IssuerRegistry
from contracts.chain.accounts import create_role_keys
from contracts.chain.embedded import EmbeddedLedger
from contracts.chain.keys import LocalSigner
from contracts.chain.ledger import ChainLedger
from contracts.chain.node import NodeLedger
from contracts.chain.owner_acts import OwnerAct, OwnerActs, decode_act, encode_act
from contracts.chain.sender import ContractRefusedError, Sender, Terms
from contracts.evidence.errors import EncodingError, OwnerActPendingError
from contracts.evidence.snapshot import Ending
from tests.contracts.chain.conftest import START
from tests.simulators.anvil import running_anvil

LOG, ISSUER, KEY = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
POINT = bytes.fromhex(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
TERMS = Terms(max_fee=10**11, gas=5_000_000)
Reopen = Callable[[], ChainLedger]


def anchor(ledger: ChainLedger, sequence: int) -> None:
    point = ledger.anchor(LOG, sequence, sequence + 1, bytes([sequence + 1]) * 32)
    assert (point.sequence, point.size) == (sequence, sequence + 1)


def publish(ledger: ChainLedger, version: int) -> None:
    assert ledger.publish_status(ISSUER, version, bytes([version]) * 32).version == version


def test_a_new_chain_of_a_service_has_an_account_for_each_role(tmp_path: Path) -> None:
    for _ in range(2):
        with EmbeddedLedger(tmp_path, lambda: START, separate=True) as ledger:
            accounts = ledger.accounts
            assert accounts.are_separate
            assert ledger.status_publisher() == accounts.status.account
            ledger.open_log(LOG, KEY)
            assert ledger.publisher(LOG) == accounts.logs.account
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        anchor(ledger, 0)
        publish(ledger, 1)
        registry = dict(ledger.identity().contracts)[IssuerRegistry.NAME]
        for thief in (ledger.accounts.logs, ledger.accounts.status):
            with pytest.raises(ContractRefusedError) as refused:
                thief.act(registry, IssuerRegistry.register(ISSUER).data)
            assert refused.value.reason == "NotOwner"
    for name in ("logs.key", "status.key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_chain_that_is_there_goes_on_and_is_separated_by_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        ledger.open_log(LOG, KEY)
        anchor(ledger, 0)
        publish(ledger, 1)
    with EmbeddedLedger(tmp_path, lambda: START, separate=True) as ledger:
        assert ledger.accounts.owner is ledger.accounts.logs is ledger.accounts.status
        anchor(ledger, 1)
    create_role_keys(tmp_path)  # the command was killed here: nothing stops meanwhile
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        ledger.open_log(LOG, KEY)
        anchor(ledger, 2)
        publish(ledger, 2)
    for _ in range(2):
        assert main(["separate", "--folder", str(tmp_path)]) == 0
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        assert ledger.publisher(LOG) == ledger.accounts.logs.account
        assert ledger.status_publisher() == ledger.accounts.status.account
        anchor(ledger, 3)
        publish(ledger, 3)
    capsys.readouterr()
    assert main(["accounts", "--folder", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(line.endswith("(key in the folder)") for line in lines)


@pytest.fixture(params=["embedded", "node"])
def owned_elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Reopen, Sender, Path]]:
    """A chain with an open log whose contracts a multisig took over; and that multisig."""
    with ExitStack() as stack:
        if request.param == "embedded":
            ledger: ChainLedger = stack.enter_context(EmbeddedLedger(tmp_path, lambda: START))
        else:
            anvil = stack.enter_context(running_anvil(START))
            anvil.fund(tmp_path)
            ledger = stack.enter_context(NodeLedger(anvil.url, tmp_path))
        ledger.open_log(LOG, KEY)
        multisig = Sender(ledger.sender.web3, LocalSigner(b"\x2a" * 32), TERMS)
        ledger.sender.pay(multisig.account, 10**20)
        ledger.offer_ownership(multisig.account)
        for _, contract in ledger.identity().contracts:
            multisig.act(contract, CheckpointLog.accept_ownership().data)
        yield lambda: ledger, multisig, tmp_path


def send_all(ledger: ChainLedger, multisig: Sender) -> list[str]:
    """What the owner is asked for is sent as it stands in the files."""
    acts = ledger.owner_acts.waiting()
    for act in acts:
        multisig.act(act.contract, act.data)
    return [act.words.partition("(")[0] for act in acts]


def test_an_open_log_goes_on_under_another_owner(
    owned_elsewhere: tuple[Reopen, Sender, Path],
) -> None:
    ledger = owned_elsewhere[0]()
    ledger.open_log(LOG, KEY)
    anchor(ledger, 0)
    publish(ledger, 1)
    assert ledger.owner_acts.waiting() == []


def test_acts_of_the_owner_wait_and_are_recognised_when_they_appear(
    owned_elsewhere: tuple[Reopen, Sender, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A log, an issuer, its key and the key's end; asked for again and again, each is sent once."""
    reopen, multisig, folder = owned_elsewhere
    ledger = reopen()
    log = b"\x09" * 32
    steps: list[tuple[str, Callable[[], None]]] = [
        ("CheckpointLog.open", lambda: ledger.open_log(log, KEY)),
        ("IssuerRegistry.register", lambda: ledger.register_issuer(ISSUER)),
        ("IssuerRegistry.addKey", lambda: ledger.add_key(ISSUER, POINT)),
        (
            "IssuerRegistry.endKey:compromised",
            lambda: ledger.end_key(ISSUER, POINT, Ending.COMPROMISED),
        ),
    ]
    for words, act in steps:
        for _ in range(2):
            with pytest.raises(OwnerActPendingError):
                act()
        assert main(["pending", "--folder", str(folder)]) == 0
        printed = capsys.readouterr().out
        assert printed.count("  to   0x") == 1
        assert words in printed
        assert send_all(ledger, multisig) == [words]
        act()
        assert ledger.owner_acts.waiting() == []
    assert ledger.publisher(log) == ledger.accounts.logs.account
    [issuer] = ledger.snapshot().issuers
    assert issuer.keys[0].period.ending is Ending.COMPROMISED


def test_what_the_contract_would_refuse_is_not_asked_of_the_owner(
    owned_elsewhere: tuple[Reopen, Sender, Path],
) -> None:
    ledger = owned_elsewhere[0]()
    with pytest.raises(ContractRefusedError):
        ledger.add_key(b"\x0a" * 32, POINT)
    with pytest.raises(ContractRefusedError):
        ledger.open_log(LOG, b"\x0b" * 32)
    assert ledger.owner_acts.waiting() == []


def test_an_act_stands_once_and_a_damaged_file_is_refused(tmp_path: Path) -> None:
    acts, act = OwnerActs(tmp_path / "acts"), OwnerAct(b"\x01" * 20, b"\x02" * 36, "words")
    for _ in range(2):
        acts.add(act)
    assert acts.waiting() == [act]
    data = encode_act(act)
    for bad in (data[:-1], data.replace(b"0x01", b"01"), data.replace(b"0x01", b"0xzz")):
        with pytest.raises(EncodingError):
            decode_act(bad)
    acts.remove(act)
    acts.remove(act)
    assert acts.waiting() == []


@pytest.mark.parametrize("address", ["0x", "12" * 21, "0x" + "zz" * 20, "0x" + "1" * 39])
def test_ownership_is_offered_to_an_address(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--folder", str(tmp_path)]) == 0
    assert main(["offer-ownership", "--folder", str(tmp_path), "--to", address]) == 1
    assert "40 hexadecimal digits" in capsys.readouterr().err


def test_ownership_is_offered_by_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--folder", str(tmp_path)]) == 0
    for _ in range(2):
        to = "0x" + "12" * 20
        assert main(["offer-ownership", "--folder", str(tmp_path), "--to", to]) == 0
    assert capsys.readouterr().out.count("acceptOwnership()") == 6
