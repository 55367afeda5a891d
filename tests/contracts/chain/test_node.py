"""What is particular to a chain behind a node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.chain.abi import Call, nothing
from contracts.chain.embedded import EmbeddedLedger
from contracts.chain.events import LogEntry
from contracts.chain.history import History
from contracts.chain.node import NodeEvents, NodeLedger
from contracts.chain.sender import Terms
from contracts.evidence.errors import LedgerIdentityError, LedgerUnavailableError
from contracts.evidence.snapshot import ChainIdentity
from tests.contracts.chain.conftest import START
from tests.simulators.anvil import Anvil, running_anvil

LOG = b"\x01" * 32
ROOT = b"\xaa" * 32


@pytest.fixture(scope="module")
def anvil() -> Iterator[Anvil]:
    with running_anvil(START) as node:
        yield node


def test_second_connection_finds_the_same_contracts(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        identity = ledger.identity()
        ledger.open_log(LOG, ROOT)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        assert ledger.identity() == identity
        assert ledger.snapshot().log(LOG) is not None


def test_account_that_was_used_before_deploys_elsewhere(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        first = ledger.identity()
    (tmp_path / "deployment.json").unlink()
    with NodeLedger(anvil.url, tmp_path) as ledger:
        assert not set(first.contracts) & set(ledger.identity().contracts)
        ledger.open_log(LOG, ROOT)
        assert [log.log for log in ledger.snapshot().logs] == [LOG]


def test_other_node_than_the_recorded_one_is_refused(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    NodeLedger(anvil.url, tmp_path).close()
    with running_anvil(START + 1) as other, pytest.raises(LedgerIdentityError, match="genesis"):
        NodeLedger(other.url, tmp_path)


def test_node_that_lost_the_contracts_is_refused(tmp_path: Path) -> None:
    with running_anvil(START) as node:
        node.fund(tmp_path)
        snapshot = node.rpc("evm_snapshot")
        NodeLedger(node.url, tmp_path).close()
        NodeLedger(node.url, tmp_path).close()
        node.rpc("evm_revert", snapshot)
        with pytest.raises(LedgerIdentityError, match="no longer holds"):
            NodeLedger(node.url, tmp_path)


def test_unreachable_node_is_unavailable(tmp_path: Path) -> None:
    with running_anvil(START) as node:
        node.fund(tmp_path)
        ledger = NodeLedger(node.url, tmp_path)
    with pytest.raises(LedgerUnavailableError):
        ledger.open_log(LOG, ROOT)
    with pytest.raises(LedgerUnavailableError):
        ledger.snapshot()
    ledger.close()
    with pytest.raises(LedgerUnavailableError):
        NodeLedger(node.url, tmp_path)


def test_folder_without_a_key_is_refused(anvil: Anvil, tmp_path: Path) -> None:
    with pytest.raises(LedgerIdentityError, match="funded account"):
        NodeLedger(anvil.url, tmp_path)


def test_account_without_money_is_unavailable(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        address = "0x" + ledger.sender.account.hex()
        anvil.rpc("anvil_setBalance", address, "0x0")
        with pytest.raises(LedgerUnavailableError):
            ledger.open_log(LOG, ROOT)


def test_snapshot_waits_for_confirmations(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        ledger.open_log(LOG, ROOT)
        addresses = [address for _, address in ledger.identity().contracts]
        deep = NodeEvents(ledger.sender.web3, 0, confirmations=2)
        opened = len(list(ledger.events.entries(addresses, ledger.events.head())))
        assert len(list(deep.entries(addresses, deep.head()))) < opened
        anvil.rpc("anvil_mine", "0x2")
        assert len(list(deep.entries(addresses, deep.head()))) == opened


def test_act_without_its_confirmations_in_time_is_unavailable(anvil: Anvil, tmp_path: Path) -> None:
    anvil.fund(tmp_path)
    NodeLedger(anvil.url, tmp_path).close()
    with NodeLedger(anvil.url, tmp_path, Terms(confirmations=1, timeout=1)) as ledger:
        with pytest.raises(LedgerUnavailableError, match="not confirmed"):
            ledger.open_log(LOG, ROOT)
        anvil.rpc("anvil_mine", "0x1")
        ledger.open_log(LOG, ROOT)  # A resend: it was mined all along.


def test_chain_reorganised_while_it_is_read_is_unavailable(tmp_path: Path) -> None:
    with running_anvil(START) as node:
        node.fund(tmp_path)
        with NodeLedger(node.url, tmp_path) as ledger:
            ledger.open_log(LOG, ROOT)
            addresses = [address for _, address in ledger.identity().contracts]
            head = ledger.events.head()
            assert list(ledger.events.entries(addresses, head))
            node.rpc("anvil_reorg", 1, [])
            with pytest.raises(LedgerUnavailableError, match="reorganised"):
                list(ledger.events.entries(addresses, head))


def test_long_history_is_read_in_parts(
    anvil: Anvil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anvil.fund(tmp_path)
    with NodeLedger(anvil.url, tmp_path) as ledger:
        ledger.open_log(LOG, ROOT)
        for sequence in range(5):
            ledger.anchor(LOG, sequence, sequence + 1, ROOT)
        whole = ledger.snapshot()
        monkeypatch.setattr("contracts.chain.node.BLOCKS_PER_REQUEST", 2)
        assert ledger.snapshot() == whole


def test_event_that_the_contracts_lack_is_refused() -> None:
    address = b"\x01" * 20
    identity = ChainIdentity(
        1,
        bytes(32),
        (("CheckpointLog", address), ("IssuerRegistry", address), ("StatusRegistry", address)),
    )
    entry = LogEntry(address, (b"\x09" * 32,), b"", 1, 0)
    with pytest.raises(LedgerIdentityError, match="event"):
        History(identity).take([entry])


def test_revert_without_a_known_error_is_refused_as_unknown(tmp_path: Path) -> None:
    with EmbeddedLedger(tmp_path, lambda: START) as ledger:
        contract = dict(ledger.identity().contracts)["CheckpointLog"]
        unknown = Call(bytes.fromhex("deadbeef"), (), nothing)
        with pytest.raises(Exception, match="Unknown"):
            ledger.sender.read(contract, unknown)
