"""A chain behind a JSON-RPC node: anvil in development, Besu or a public chain in production.

account.key      the account that sends; its key is put there by whoever runs the service
logs.key         the account that anchors, where it is another one
status.key       the account that publishes status lists, where it is another one
owner-acts/      what the contracts' owner has to send, where that is somebody else
deployment.json  which chain this is and where the contracts are
lock             held while in use: one sender per account, or transaction numbers collide
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from eth_typing import BlockNumber
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from requests.exceptions import RequestException
from web3 import HTTPProvider, Web3
from web3.exceptions import Web3Exception
from web3.middleware import ExtraDataToPOAMiddleware
from web3.types import FilterParams, LogReceipt, RPCEndpoint, RPCResponse

from contracts.chain.accounts import KEY_FILE, Accounts
from contracts.chain.deployment import deploy
from contracts.chain.events import LogEntry, moment
from contracts.chain.files import FolderLock
from contracts.chain.ledger import ChainLedger
from contracts.chain.owner_acts import FOLDER as OWNER_ACTS
from contracts.chain.sender import Terms
from contracts.evidence.errors import LedgerIdentityError, LedgerUnavailableError
from contracts.evidence.snapshot import Block

DEPLOYMENT_FILE: Final = "deployment.json"
REQUEST_SECONDS: Final = 10
BLOCKS_PER_REQUEST: Final = 5_000
"""Nodes refuse to search too many blocks at once."""


class NodeProvider(HTTPProvider):
    """web3's HTTP provider, never repeating a request by itself.

    Its default repeats raw transactions after timeouts; whether to do so is not its decision.
    """

    def __init__(self, url: str) -> None:
        kwargs = {"timeout": REQUEST_SECONDS}
        super().__init__(url, request_kwargs=kwargs, exception_retry_configuration=None)

    def make_request(self, method: RPCEndpoint, params: object) -> RPCResponse:
        """Ask the node.

        Raises:
            LedgerUnavailableError: it cannot be reached, or does not answer in time.
        """
        try:
            return super().make_request(method, params)
        except RequestException as error:
            raise LedgerUnavailableError(f"the node cannot be reached: {error}") from error


class NodeEvents:
    """Log entries as the node finds them."""

    def __init__(self, web3: Web3, first_block: int, confirmations: int) -> None:
        self._web3 = web3
        self._first_block = first_block
        self._confirmations = confirmations

    def head(self) -> Block:
        """The newest block with enough blocks on top."""
        try:
            number = max(0, self._web3.eth.block_number - self._confirmations)
            return self._block(number)
        except Web3Exception as error:
            raise LedgerUnavailableError(f"the node did not answer: {error}") from error

    def entries(self, addresses: Sequence[bytes], head: Block) -> Iterator[LogEntry]:
        """All entries of these contracts up to ``head``, oldest first.

        Raises:
            LedgerUnavailableError: no answer, or the chain was reorganised while it was read.
        """
        query: FilterParams = {"address": [to_checksum_address(item) for item in addresses]}
        yield from self._search(query, head.number)
        if self._block(head.number).hash != head.hash:
            raise LedgerUnavailableError("the chain was reorganised while it was read")

    def find(self, address: bytes, topics: Sequence[bytes]) -> Sequence[LogEntry]:
        """Entries of one contract whose first topics are these, oldest first."""
        query: FilterParams = {
            "address": to_checksum_address(address),
            "topics": [HexBytes(topic) for topic in topics],
        }
        return list(self._search(query, self.head().number))

    def _search(self, query: FilterParams, last: int) -> Iterator[LogEntry]:
        for start in range(self._first_block, last + 1, BLOCKS_PER_REQUEST):
            end = min(start + BLOCKS_PER_REQUEST - 1, last)
            query = query | {"fromBlock": BlockNumber(start), "toBlock": BlockNumber(end)}
            try:
                found = self._web3.eth.get_logs(query)
            except Web3Exception as error:
                raise LedgerUnavailableError(f"the node did not answer: {error}") from error
            yield from (_entry(log) for log in found)

    def _block(self, number: int) -> Block:
        found = self._web3.eth.get_block(BlockNumber(number))
        return Block(found["number"], bytes(found["hash"]), moment(found["timestamp"]))


class NodeLedger(ChainLedger):
    """The ledger port on a node; a context manager that frees the folder."""

    def __init__(self, url: str, folder: Path, terms: Terms | None = None) -> None:
        """Connect, and deploy the contracts where the folder has no record of them.

        Args:
            url: HTTP address of the node.
            folder: holds the account's key; the deployment record is made there.
            terms: cost limits and confirmations.

        Raises:
            LedgerUnavailableError: no node, or another process uses the folder.
            LedgerIdentityError: no key, or another chain than the recorded one.
        """
        if not (folder / KEY_FILE).is_file():
            raise LedgerIdentityError(f"put the key of a funded account into {KEY_FILE}")
        terms = Terms() if terms is None else terms
        with ExitStack() as opened:
            opened.callback(FolderLock(folder).release)
            web3 = Web3(NodeProvider(url))
            web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
            accounts = Accounts.open(folder, web3, terms)
            deployment = deploy(accounts.owner, folder / DEPLOYMENT_FILE)
            self._opened = opened.pop_all()
        events = NodeEvents(web3, deployment.block, terms.confirmations)
        super().__init__(accounts, events, deployment, folder / OWNER_ACTS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the folder."""
        self._opened.close()


def _entry(log: LogReceipt) -> LogEntry:
    return LogEntry(
        bytes.fromhex(log["address"].removeprefix("0x")),
        tuple(bytes(topic) for topic in log["topics"]),
        bytes(log["data"]),
        log["blockNumber"],
        log["logIndex"],
    )
