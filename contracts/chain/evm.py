"""py-evm and eth-tester over our own store: the machine of the embedded chain.

Two things differ from a public chain. A block's time may equal its parent's, so that a burst of
acts does not push block time ahead of the clock (it decides deadlines). And there is no
reorganisation: the newest block is final.
"""

import secrets
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from eth.abc import BlockAPI, BlockHeaderAPI, SignedTransactionAPI, TransactionBuilderAPI
from eth.chains.base import MiningChain
from eth.constants import GENESIS_BLOCK_NUMBER
from eth.exceptions import Revert
from eth.exceptions import TransactionNotFound as EvmTransactionNotFound
from eth.typing import AccountDetails, HeaderParams
from eth.vm.forks.prague import PragueVM
from eth.vm.spoof import SpoofTransaction
from eth_tester.backends.pyevm import main as pyevm
from eth_tester.backends.pyevm.serializers import (
    serialize_transaction,
    serialize_transaction_receipt,
)
from eth_tester.exceptions import TransactionFailed, TransactionNotFound, ValidationError
from eth_typing import Address, BlockNumber, Hash32

from contracts.chain import RECURSION_LIMIT
from contracts.chain.events import LogEntry
from contracts.chain.store import ChainStore

sys.setrecursionlimit(RECURSION_LIMIT)  # See there.

Clock = Callable[[], int]
Guard = Callable[[int], object]
"""Refuses a block after one of this time while the clock is in doubt."""

CHAIN_ID: Final = "chain_id"
INDEXED_BLOCK: Final = "indexed_block"
DEMONSTRATION: Final = "demonstration"
"""1 where the chain belongs to a demonstration, which sets its own clock."""
GENESIS_BALANCE: Final = 1 << 128
"""Wei of an account: at 10 gwei enough for 10^23 transactions."""
_CHAIN_ID_RANGE: Final = (1 << 40, 1 << 52)


class RevertedError(Exception):
    """A call reverted; ``data`` is what the contract gave back."""

    def __init__(self, data: bytes) -> None:
        super().__init__("execution reverted")
        self.data = data


class EmbeddedVM(PragueVM):
    """Prague rules, except that a block's time may equal its parent's."""

    @classmethod
    def validate_header(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """Check a header by the rules of Prague."""
        if header.timestamp == parent_header.timestamp:
            header = header.copy(timestamp=parent_header.timestamp + 1)
        super().validate_header(header, parent_header)


class EmbeddedChain(MiningChain):
    """A chain with a constant gas limit; its chain id is set for each file."""

    vm_configuration = ((GENESIS_BLOCK_NUMBER, EmbeddedVM),)

    def create_header_from_parent(
        self, parent_header: BlockHeaderAPI, **header_params: HeaderParams
    ) -> BlockHeaderAPI:
        """Create the next header, keeping the gas limit."""
        params = header_params | {"gas_limit": parent_header.gas_limit}
        return super().create_header_from_parent(parent_header, **params)

    def get_transaction_builder(self) -> type[TransactionBuilderAPI]:
        """The builder of the newest rules."""
        return super().get_vm().get_transaction_builder()


def create_chain(
    store: ChainStore, accounts: Sequence[bytes], time: int, *, demonstration: bool = False
) -> None:
    """Write a genesis block with rich accounts and a chain id of its own.

    Args:
        store: an empty store.
        accounts: 20-byte addresses.
        time: block time of the genesis, in seconds since 1970.
        demonstration: whether it is marked as one of a demonstration, for good.
    """
    low, high = _CHAIN_ID_RANGE
    chain_id = low + secrets.randbelow(high - low)
    params = pyevm.get_default_genesis_params({"timestamp": time})
    account: AccountDetails = {"balance": GENESIS_BALANCE, "storage": {}, "code": b"", "nonce": 0}
    chain_class(chain_id).from_genesis(
        store, params, {Address(owner): account for owner in accounts}
    )
    mark = {DEMONSTRATION: int(demonstration)}
    store.commit([], {CHAIN_ID: chain_id, INDEXED_BLOCK: 0, **mark})


class EmbeddedBackend(pyevm.PyEVMBackend):  # type: ignore[misc] # eth_tester carries no types
    """eth-tester's backend on a stored chain. Holds no keys and never goes back."""

    def __init__(
        self, store: ChainStore, chain_id: int, clock: Clock, guard: Guard | None = None
    ) -> None:
        # The parent's constructor would make a new genesis; the stored head is opened instead.
        self.account_keys: tuple[()] = ()
        self.chain = chain_class(chain_id)(store)
        self._store = store
        self._clock = clock
        self._guard = guard
        self._sent: SignedTransactionAPI | None = None
        self._index_missing_blocks()

    def reset_to_genesis(self, *_args: object, **_kwargs: object) -> None:
        """Refused: what was mined stays."""
        raise ValidationError("what was mined stays")

    def revert_to_snapshot(self, *_args: object) -> None:
        """Refused: what was mined stays."""
        raise ValidationError("what was mined stays")

    def head(self) -> BlockHeaderAPI:
        """The header of the newest mined block."""
        return self.chain.get_canonical_head()

    def genesis_hash(self) -> bytes:
        """The hash of block 0."""
        return bytes(self.chain.get_canonical_block_hash(GENESIS_BLOCK_NUMBER))

    def send_raw_transaction(self, raw_transaction: bytes) -> bytes:
        """Apply a signed transaction to the pending block, at the clock's time.

        Raises:
            LedgerClockError: the clock is in doubt; nothing was done.
        """
        if self._guard is not None:
            self._guard(self.head().timestamp)
        self._refresh_time()
        transaction = self.chain.get_transaction_builder().decode(raw_transaction)
        if transaction.chain_id != self.chain.chain_id:
            # py-evm would take a transaction that was signed for another chain.
            raise ValidationError("the transaction was signed for another chain")
        self.chain.apply_transaction(transaction)
        self._sent = transaction
        return bytes(transaction.hash)

    def mine_blocks(
        self, num_blocks: int = 1, coinbase: bytes = pyevm.ZERO_ADDRESS
    ) -> tuple[bytes, ...]:
        """Mine, then write the blocks and their log entries to disk."""
        first = self.head().block_number + 1
        hashes: tuple[bytes, ...] = super().mine_blocks(num_blocks, coinbase)
        self._commit_from(first)
        return hashes

    def discard_pending(self) -> None:
        """Forget whatever did not become a block."""
        if self._store.discard():
            self.chain.header = self.chain.create_header_from_parent(self.head())

    def call(self, transaction: dict[str, Any], block_number: int | str = "latest") -> bytes:
        """Execute without writing.

        Raises:
            RevertedError: the contract refused; carries the bytes, which eth-tester would drop.
            TransactionFailed: it failed in another way, as by running out of gas.
        """
        self._refresh_time()
        request = {"gas": self._max_available_gas()} | transaction
        unsigned = self._get_normalized_and_unsigned_evm_transaction(request, block_number)
        spoofed = SpoofTransaction(unsigned, from_=transaction["from"])
        computation = pyevm._execute_and_revert_transaction(self.chain, spoofed, block_number)  # noqa: SLF001 - the parent's own way to call; versions are pinned
        if computation.is_error and isinstance(computation.error, Revert):
            raise RevertedError(bytes(computation.output))
        if computation.is_error:
            raise TransactionFailed(str(computation.error))
        return bytes(computation.output)

    def get_transaction_by_hash(self, transaction_hash: bytes) -> dict[str, Any]:
        """Look a transaction up in the index; the parent would scan every block."""
        block, transaction, index = self._locate(transaction_hash)
        found: dict[str, Any] = serialize_transaction(block, transaction, index, is_pending=False)
        return found

    def get_transaction_receipt(self, transaction_hash: bytes) -> dict[str, Any]:
        """Look a receipt up in the index; the parent would scan every block."""
        block, transaction, index = self._locate(transaction_hash)
        receipts = block.get_receipts(self.chain.chaindb)
        vm = self.chain.get_vm()
        pending = False
        found: dict[str, Any] = serialize_transaction_receipt(
            block, receipts, transaction, index, pending, vm
        )
        return found

    def _locate(self, transaction_hash: bytes) -> tuple[BlockAPI, SignedTransactionAPI, int]:
        try:
            number, index = self.chain.chaindb.get_transaction_index(Hash32(transaction_hash))
        except EvmTransactionNotFound as error:
            raise TransactionNotFound("no such transaction") from error
        block = self.chain.get_canonical_block_by_number(number)
        transaction = block.transactions[index]
        if self._sent is not None and self._sent.hash == transaction_hash:
            # The same transaction with its sender already recovered, which is the costly part.
            transaction = self._sent
        return block, transaction, index

    def _refresh_time(self) -> None:
        """The pending block was prepared when the last one was mined: give it the time of now."""
        self.chain.set_header_timestamp(max(self._clock(), self.head().timestamp))

    def _index_missing_blocks(self) -> None:
        """Make up for blocks that a version without this index, or a repair, left out."""
        indexed = self._store.number(INDEXED_BLOCK) or 0
        if indexed < self.head().block_number:
            self._commit_from(indexed + 1)

    def _commit_from(self, first: int) -> None:
        last = self.head().block_number
        entries = [entry for number in range(first, last + 1) for entry in self._entries_of(number)]
        self._store.commit(entries, {INDEXED_BLOCK: last})

    def _entries_of(self, number: int) -> list[LogEntry]:
        block = self.chain.get_canonical_block_by_number(BlockNumber(number))
        logs = [log for item in block.get_receipts(self.chain.chaindb) for log in item.logs]
        return [
            LogEntry(
                bytes(log.address),
                tuple(topic.to_bytes(32, "big") for topic in log.topics),
                bytes(log.data),
                number,
                index,
            )
            for index, log in enumerate(logs)
        ]


def chain_class(chain_id: int) -> type[EmbeddedChain]:
    """The chain with an id."""
    return type("EmbeddedChain", (EmbeddedChain,), {"chain_id": chain_id})
