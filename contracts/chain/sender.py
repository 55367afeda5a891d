"""Encode, check, sign, send, wait, decode: how an act reaches a contract.

Every act is executed without writing first, so that a refusal costs nothing and leaves nothing on
the chain, and so that its reason is known.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from eth_typing import Hash32
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3Exception
from web3.types import TxReceipt

from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.bindings.issuer_registry import IssuerRegistry
from contracts.bindings.status_registry import StatusRegistry
from contracts.chain.abi import SELECTOR_BYTES, Call, ContractError
from contracts.chain.keys import Signer
from contracts.evidence.errors import LedgerRefusedError, LedgerUnavailableError

T = TypeVar("T")

_POLL_SECONDS: Final = 0.2
ERRORS: Final[dict[bytes, type[ContractError]]] = {
    error.SELECTOR: error
    for contract in (CheckpointLog, IssuerRegistry, StatusRegistry)
    for error in contract.ERRORS
}


class ContractRefusedError(LedgerRefusedError):
    """A refusal with its decoded custom error."""

    def __init__(self, error: ContractError) -> None:
        super().__init__(type(error).__name__, repr(error))
        self.error = error


@dataclass(frozen=True, slots=True)
class Terms:
    """What a transaction may cost, and when it counts as done.

    Args:
        max_fee: wei per gas at most; None: twice the newest block's base fee and the tip.
        tip: wei per gas for the block's maker.
        gas: limit of every transaction; None: a quarter more than the node estimates.
        timeout: seconds to wait for a receipt and its confirmations.
        confirmations: blocks on top of the transaction's own.
    """

    max_fee: int | None = None
    tip: int = 0
    gas: int | None = None
    timeout: int = 120
    confirmations: int = 0


class Sender:
    """One account's way to the contracts. Acts are sent one after the other."""

    def __init__(self, web3: Web3, signer: Signer, terms: Terms) -> None:
        self.web3 = web3
        self._signer = signer
        self._terms = terms
        self._lock = threading.Lock()
        self._chain_id: int | None = None

    @property
    def account(self) -> bytes:
        """The account that signs, 20 bytes."""
        return self._signer.address

    def read(self, contract: bytes, call: Call[T]) -> T:
        """The result of a view function at the newest block."""
        with _answered():
            return call.result(self._execute(self._request(contract, call.data), "latest"))

    def code(self, address: bytes) -> bytes:
        """What stands at an address; empty where nothing does."""
        with _answered():
            return bytes(self.web3.eth.get_code(to_checksum_address(address)))

    def nonce(self) -> int:
        """Number of the account's next transaction."""
        with _answered():
            account = to_checksum_address(self.account)
            return self.web3.eth.get_transaction_count(account, "pending")

    def check(self, contract: bytes, data: bytes, account: bytes) -> None:
        """See whether a contract would take a call from some account, without writing.

        Raises:
            ContractRefusedError: it would not.
            LedgerUnavailableError: the chain did not answer.
        """
        with _answered():
            request = self._request(contract, data)
            self._execute(request | {"from": to_checksum_address(account)}, "latest")

    def pay(self, account: bytes, wei: int) -> None:
        """Send money to an account, so that it can act.

        Raises:
            LedgerUnavailableError: whether it was sent is not known.
        """
        with self._lock, _answered():
            to = {"to": to_checksum_address(account)}
            self._settled(self._send(self._request(None, b"") | to, wei))

    def balance(self, account: bytes) -> int:
        """Wei of an account at the newest block."""
        with _answered():
            return self.web3.eth.get_balance(to_checksum_address(account))

    def act(self, contract: bytes | None, data: bytes) -> TxReceipt:
        """Send one transaction and wait until it counts as done.

        Args:
            contract: 20-byte address; None deploys.
            data: call data, or creation code with its arguments.

        Raises:
            ContractRefusedError: the contract refused; the chain is unchanged.
            LedgerUnavailableError: whether it was done is not known.
        """
        with self._lock, _answered():
            request = self._request(contract, data)
            self._execute(request, "pending")
            receipt = self._settled(self._send(request))
            if receipt["status"] != 1:
                # It passed the check and failed in its block: something came in between, and
                # executing it again says what.
                self._execute(request, "latest")
                raise LedgerUnavailableError("the transaction failed for a passing reason")
        return receipt

    def _request(self, contract: bytes | None, data: bytes) -> dict[str, Any]:
        request: dict[str, Any] = {
            "from": to_checksum_address(self.account),
            "data": "0x" + data.hex(),
        }
        if contract is not None:
            request["to"] = to_checksum_address(contract)
        return request

    def _execute(self, request: dict[str, Any], block: str) -> bytes:
        return bytes(self.web3.eth.call(request, block))  # type: ignore[arg-type] # a plain dict of TxParams

    def _send(self, request: dict[str, Any], wei: int = 0) -> bytes:
        eth, terms = self.web3.eth, self._terms
        if self._chain_id is None:
            self._chain_id = eth.chain_id
        max_fee = terms.max_fee
        if max_fee is None:
            max_fee = 2 * eth.get_block("latest")["baseFeePerGas"] + terms.tip
        transaction = request | {
            "type": 2,
            "chainId": self._chain_id,
            "nonce": eth.get_transaction_count(request["from"], "pending"),
            "gas": terms.gas or eth.estimate_gas(request) * 5 // 4,  # type: ignore[arg-type] # a plain dict of TxParams
            "maxFeePerGas": max_fee,
            "maxPriorityFeePerGas": terms.tip,
            "value": wei,
        }
        return bytes(eth.send_raw_transaction(self._signer.sign(transaction)))

    def _settled(self, sent: bytes) -> TxReceipt:
        """Wait for the receipt and its confirmations; a reorganisation starts the wait again."""
        eth, terms = self.web3.eth, self._terms
        deadline = time.monotonic() + terms.timeout
        receipt = eth.wait_for_transaction_receipt(Hash32(sent), terms.timeout)
        depth = terms.confirmations
        while depth and eth.block_number < receipt["blockNumber"] + depth:
            if time.monotonic() > deadline:
                raise LedgerUnavailableError("the transaction was not confirmed in time")
            time.sleep(_POLL_SECONDS)
            receipt = eth.wait_for_transaction_receipt(Hash32(sent), terms.timeout)
        return receipt


@contextmanager
def _answered() -> Iterator[None]:
    """Turn web3's errors into the ledger's."""
    try:
        yield
    except ContractLogicError as error:
        raise _refusal(error) from error
    except Web3Exception as error:
        raise LedgerUnavailableError(f"the node did not answer as hoped: {error}") from error


def _refusal(error: ContractLogicError) -> LedgerRefusedError:
    data = error.data
    raw = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    known = ERRORS.get(raw[:SELECTOR_BYTES])
    if known is None:
        return LedgerRefusedError("Unknown", f"reverted with {raw.hex() or 'no data'}")
    return ContractRefusedError(known.parse(raw))
