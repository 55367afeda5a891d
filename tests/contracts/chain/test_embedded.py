"""The embedded chain in its folder: identity, ownership, time, and what it refuses."""

import itertools
import json
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from eth.db.schema import SchemaV1
from eth_tester import exceptions as tester
from web3.exceptions import Web3RPCError
from web3.types import RPCEndpoint

from contracts.chain import deployment as deploying
from contracts.chain.accounts import KEY_FILE
from contracts.chain.artifact import CONTRACT_NAMES, load_artifact
from contracts.chain.embedded import CHAIN_FILE, DEPLOYMENT_FILE, EmbeddedLedger
from contracts.chain.evm import INDEXED_BLOCK
from contracts.chain.keys import create_key, load_signer
from contracts.chain.provider import ALLOWED_METHODS
from contracts.chain.store import ChainStore
from contracts.evidence.errors import LedgerIdentityError, LedgerUnavailableError
from contracts.evidence.snapshot import AnchoredCheckpoint, TrustSnapshot
from tests.contracts.chain.conftest import START

CHECKOUT = Path(__file__).parents[3]
LOG = b"\x01" * 32
ROOT = b"\xaa" * 32


def clock() -> int:
    return START


def make_chain(folder: Path, checkpoints: int = 3) -> TrustSnapshot:
    with EmbeddedLedger(folder, clock) as ledger:
        ledger.open_log(LOG, ROOT)
        for sequence in range(checkpoints):
            ledger.anchor(LOG, sequence, sequence + 1, ROOT)
        return ledger.snapshot()


def anchor_next(ledger: EmbeddedLedger) -> AnchoredCheckpoint:
    log = ledger.snapshot().log(LOG)
    assert log is not None
    sequence = len(log.checkpoints)
    return ledger.anchor(LOG, sequence, sequence + 1, ROOT)


class TestIdentity:
    def test_reopened_chain_is_the_same(self, tmp_path: Path) -> None:
        before = make_chain(tmp_path)
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.identity() == before.identity
            assert ledger.snapshot() == before
            assert ledger.anchor(LOG, 3, 9, ROOT).block == before.head.number + 1

    def test_two_chains_differ_in_everything(self, tmp_path: Path) -> None:
        first, second = make_chain(tmp_path / "a"), make_chain(tmp_path / "b")
        assert first.identity.chain_id != second.identity.chain_id
        assert first.identity.genesis != second.identity.genesis
        assert not set(first.identity.contracts) & set(second.identity.contracts)

    def test_chain_replaced_by_another_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path / "a")
        make_chain(tmp_path / "b")
        for name in (CHAIN_FILE, KEY_FILE):
            (tmp_path / "b" / name).replace(tmp_path / "a" / name)
        with pytest.raises(LedgerIdentityError, match="expected chain"):
            EmbeddedLedger(tmp_path / "a", clock)

    @pytest.mark.parametrize("name", [CHAIN_FILE, KEY_FILE])
    def test_lost_part_is_not_made_anew(self, tmp_path: Path, name: str) -> None:
        make_chain(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(LedgerIdentityError):
            EmbeddedLedger(tmp_path, clock)
        assert not (tmp_path / name).exists()

    def test_emptied_chain_file_is_not_made_anew(self, tmp_path: Path) -> None:
        make_chain(tmp_path)
        (tmp_path / CHAIN_FILE).write_bytes(b"")
        with pytest.raises(LedgerIdentityError):
            EmbeddedLedger(tmp_path, clock)

    def test_key_of_another_account_is_refused_where_it_must_deploy(self, tmp_path: Path) -> None:
        begin_deployment(tmp_path, contracts=1)
        (tmp_path / KEY_FILE).unlink()
        create_key(tmp_path / KEY_FILE)
        with pytest.raises(LedgerIdentityError, match="recorded account"):
            EmbeddedLedger(tmp_path, clock)

    def test_chain_rolled_back_before_its_contracts_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path)
        store = ChainStore(tmp_path / CHAIN_FILE)
        # What a backup from before the deployment looks like: the head is the genesis block.
        with store.transaction() as connection:
            genesis = deploying.decode_deployment((tmp_path / DEPLOYMENT_FILE).read_bytes()).genesis
            connection.execute(
                "UPDATE node SET value = ? WHERE key = ?", (genesis, b"v1:canonical_head_hash")
            )
            assert connection.execute("SELECT changes()").fetchone()[0] == 1
        store.close()
        with pytest.raises(LedgerIdentityError, match="no longer holds"):
            EmbeddedLedger(tmp_path, clock)

    def test_damaged_record_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path)
        record = tmp_path / DEPLOYMENT_FILE
        record.write_bytes(record.read_bytes()[:-1])
        with pytest.raises(LedgerIdentityError, match="damaged"):
            EmbeddedLedger(tmp_path, clock)

    def test_other_code_at_a_contracts_address_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_chain(tmp_path)
        real = load_artifact("StatusRegistry")
        changed = deploying.load_artifact("CheckpointLog")
        monkeypatch.setattr(
            deploying,
            "load_artifact",
            lambda name: changed if name == real.name else load_artifact(name),
        )
        with pytest.raises(LedgerIdentityError, match="other code"):
            EmbeddedLedger(tmp_path, clock)


def begin_deployment(folder: Path, contracts: int) -> None:
    """Leave a folder as a crash leaves it after the first ``contracts`` deployments."""
    make_chain(folder, checkpoints=0)
    record = json.loads((folder / DEPLOYMENT_FILE).read_text())
    first = ChainStore(folder / CHAIN_FILE)
    with first.transaction() as connection:
        # The head is moved back to the block of the last deployment that "happened".
        key = SchemaV1.make_block_number_to_hash_lookup_key(contracts)
        block = _rlp_hash(connection.execute("SELECT value FROM node WHERE key = ?", (key,)))
        connection.execute(
            "UPDATE node SET value = ? WHERE key = ?", (block, b"v1:canonical_head_hash")
        )
        connection.execute("DELETE FROM entry WHERE block > ?", (contracts,))
        connection.execute("UPDATE number SET value = ? WHERE name = ?", (contracts, INDEXED_BLOCK))
    first.close()
    record["complete"] = False
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    (folder / DEPLOYMENT_FILE).write_text(text)


def _rlp_hash(rows: object) -> bytes:
    """py-evm keeps the hash as RLP: a byte 0xa0 and the 32 bytes."""
    value = bytes(next(iter(rows))[0])  # type: ignore[call-overload] # a cursor
    assert value[0] == 0xA0
    return value[1:]


class TestDeployment:
    @pytest.mark.parametrize("contracts", [0, 1, 2, 3])
    def test_deployment_is_resumed_after_a_crash(self, tmp_path: Path, contracts: int) -> None:
        begin_deployment(tmp_path, contracts)
        expected = deploying.decode_deployment((tmp_path / DEPLOYMENT_FILE).read_bytes())
        assert not expected.complete
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.identity() == expected.identity()
            assert ledger.sender.nonce() == len(CONTRACT_NAMES)
            ledger.open_log(LOG, ROOT)
        record = deploying.decode_deployment((tmp_path / DEPLOYMENT_FILE).read_bytes())
        assert record.complete

    def test_opening_again_deploys_nothing(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        with EmbeddedLedger(tmp_path, clock) as ledger:
            head = ledger.snapshot().head
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.snapshot().head == head


class TestFolder:
    def test_second_opener_is_refused_until_the_first_closes(self, tmp_path: Path) -> None:
        first = EmbeddedLedger(tmp_path, clock)
        with pytest.raises(LedgerUnavailableError, match="in use"):
            EmbeddedLedger(tmp_path, clock)
        first.close()
        EmbeddedLedger(tmp_path, clock).close()

    def test_folder_that_cannot_be_used_is_told_as_unavailable(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(LedgerUnavailableError):
            EmbeddedLedger(tmp_path / "file", clock)

    def test_failed_opening_frees_the_folder(self, tmp_path: Path) -> None:
        make_chain(tmp_path)
        key = (tmp_path / KEY_FILE).read_bytes()
        (tmp_path / KEY_FILE).write_bytes(b"no key")
        with pytest.raises(LedgerIdentityError):
            EmbeddedLedger(tmp_path, clock)
        (tmp_path / KEY_FILE).write_bytes(key)
        EmbeddedLedger(tmp_path, clock).close()

    def test_key_file_is_for_its_owner_only(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600

    def test_key_file_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        (tmp_path / KEY_FILE).chmod(0o640)
        with pytest.raises(LedgerIdentityError, match="chmod 600"):
            EmbeddedLedger(tmp_path, clock)

    def test_file_of_a_later_version_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        store = ChainStore(tmp_path / CHAIN_FILE)
        with store.transaction() as connection:
            connection.execute("PRAGMA user_version=2")
        store.close()
        with pytest.raises(LedgerUnavailableError, match="version 2"):
            EmbeddedLedger(tmp_path, clock)

    def test_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        (tmp_path / CHAIN_FILE).write_bytes(b"not a database, but long enough to look at" * 100)
        with pytest.raises(LedgerUnavailableError, match="file failed"):
            EmbeddedLedger(tmp_path, clock)

    def test_full_disk_loses_the_act_and_nothing_else(self, tmp_path: Path) -> None:
        make_chain(tmp_path, checkpoints=0)
        with EmbeddedLedger(tmp_path, clock) as ledger:
            store = ledger.events._store
            pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
            store._connection.execute(f"PRAGMA max_page_count={pages}")
            anchored = iter(lambda: anchor_next(ledger), None)
            with pytest.raises(LedgerUnavailableError, match="file failed"):
                list(itertools.islice(anchored, 1_000))
            before = ledger.snapshot()
            store._connection.execute(f"PRAGMA max_page_count={pages * 100}")
            assert ledger.snapshot() == before
            assert anchor_next(ledger).block == before.head.number + 1
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.snapshot().head.number == before.head.number + 1

    def test_closed_chain_answers_no_more(self, tmp_path: Path) -> None:
        ledger = EmbeddedLedger(tmp_path, clock)
        ledger.close()
        with pytest.raises(LedgerUnavailableError, match="closed"):
            ledger.open_log(LOG, ROOT)
        with pytest.raises(LedgerUnavailableError, match="closed"):
            ledger.snapshot()


class TestIndex:
    @pytest.mark.parametrize("kept", [0, 3, 5])
    def test_index_left_behind_by_a_crash_catches_up(self, tmp_path: Path, kept: int) -> None:
        before = make_chain(tmp_path)
        store = ChainStore(tmp_path / CHAIN_FILE)
        with store.transaction() as connection:
            connection.execute("DELETE FROM entry WHERE block > ?", (kept,))
            connection.execute("UPDATE number SET value = ? WHERE name = ?", (kept, INDEXED_BLOCK))
        store.close()
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.snapshot() == before


def test_import_of_the_chain_leaves_the_recursion_limit_alone() -> None:
    script = (
        "import sys\n"
        "before = sys.getrecursionlimit()\n"
        "import contracts.chain.embedded, contracts.chain.node\n"
        "assert 'eth' in sys.modules\n"
        "assert sys.getrecursionlimit() == before, sys.getrecursionlimit()\n"
        "import json\n"
        "try: json.loads('[' * 1_000_000)\n"
        "except RecursionError: print('survived')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "survived\n"), done.stderr


class TestTime:
    def test_burst_of_acts_does_not_run_ahead_of_the_clock(self, tmp_path: Path) -> None:
        snapshot = make_chain(tmp_path, checkpoints=5)
        assert snapshot.head.number > 5
        assert int(snapshot.head.time.timestamp()) == START

    def test_block_gets_the_time_of_its_act_and_not_of_the_last_block(self, tmp_path: Path) -> None:
        now = [START]
        with EmbeddedLedger(tmp_path, lambda: now[0]) as ledger:
            ledger.open_log(LOG, ROOT)
            now[0] += 86_400
            assert int(ledger.anchor(LOG, 0, 1, ROOT).time.timestamp()) == START + 86_400

    def test_clock_that_goes_back_does_not_take_the_chain_with_it(self, tmp_path: Path) -> None:
        now = [START]
        with EmbeddedLedger(tmp_path, lambda: now[0]) as ledger:
            ledger.open_log(LOG, ROOT)
            now[0] -= 1_000
            assert int(ledger.anchor(LOG, 0, 1, ROOT).time.timestamp()) == START


class TestRequests:
    @pytest.mark.parametrize(
        "method",
        [
            "evm_revert",
            "evm_snapshot",
            "evm_mine",
            "evm_resetToGenesis",
            "eth_getLogs",
            "eth_newFilter",
            "eth_sendTransaction",
            "eth_sign",
        ],
    )
    def test_method_that_could_harm_is_refused(self, tmp_path: Path, method: str) -> None:
        assert method not in ALLOWED_METHODS
        with EmbeddedLedger(tmp_path, clock) as ledger:
            head = ledger.snapshot().head
            answer = ledger.sender.web3.provider.make_request(RPCEndpoint(method), [1])
            assert "does not offer" in str(answer["error"]["message"])
            assert ledger.snapshot().head == head

    @pytest.mark.parametrize("method", ["reset_to_genesis", "revert_to_snapshot"])
    def test_going_back_is_refused_below_the_provider_too(
        self, tmp_path: Path, method: str
    ) -> None:
        with EmbeddedLedger(tmp_path, clock) as ledger:
            head = ledger.snapshot().head
            backend = ledger.sender.web3.provider._backend
            with pytest.raises(tester.ValidationError, match="stays"):
                getattr(backend, method)(b"")
            assert ledger.snapshot().head == head

    def test_chain_id_is_the_chains_own(self, tmp_path: Path) -> None:
        with EmbeddedLedger(tmp_path, clock) as ledger:
            assert ledger.sender.web3.eth.chain_id == ledger.identity().chain_id

    def test_transaction_of_another_chain_is_refused_and_leaves_nothing(
        self, tmp_path: Path
    ) -> None:
        with EmbeddedLedger(tmp_path, clock) as ledger:
            head, eth = ledger.snapshot().head, ledger.sender.web3.eth
            signer = load_signer(tmp_path / KEY_FILE)
            transaction = {
                "to": "0x" + "11" * 20,
                "value": 0,
                "nonce": ledger.sender.nonce(),
                "gas": 21_000,
                "maxFeePerGas": 10**10,
                "maxPriorityFeePerGas": 0,
                "type": 2,
            }
            foreign = signer.sign(transaction | {"chainId": eth.chain_id + 1})
            with pytest.raises(Web3RPCError):
                eth.send_raw_transaction(foreign)
            assert ledger.snapshot().head == head
            eth.send_raw_transaction(signer.sign(transaction | {"chainId": eth.chain_id}))
            assert ledger.snapshot().head.number == head.number + 1

    def test_threads_anchor_without_losing_one_another(self, tmp_path: Path) -> None:
        with EmbeddedLedger(tmp_path, clock) as ledger:
            logs = [bytes([number]) * 32 for number in range(1, 5)]

            def anchor_all(log: bytes) -> None:
                ledger.open_log(log, ROOT)
                for sequence in range(3):
                    ledger.anchor(log, sequence, sequence + 1, ROOT)

            threads = [threading.Thread(target=anchor_all, args=(log,)) for log in logs]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            anchored = {entry.log: len(entry.checkpoints) for entry in ledger.snapshot().logs}
        assert anchored == dict.fromkeys(logs, 3)
