"""The contracts on an embedded chain, with their owner and a stranger who has money."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from contracts.chain.abi import Call
from contracts.chain.embedded import DEPLOYMENT_FILE, EmbeddedLedger
from contracts.chain.keys import LocalSigner
from contracts.chain.sender import Sender, Terms

START = 1_577_836_800  # 2020-01-01T00:00:00Z
STRANGER_KEY = bytes(31) + b"\x2a"
FUNDS = 10**24
TERMS = Terms(max_fee=10**10, gas=5_000_000)


@dataclass
class Stage:
    """Contracts by name, two accounts, and the clock."""

    ledger: EmbeddedLedger
    stranger: Sender
    time: list[int]
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def owner(self) -> Sender:
        return self.ledger.sender

    def address(self, contract: str) -> bytes:
        return dict(self.ledger.identity().contracts)[contract]

    def act(self, contract: str, call: Call[None]) -> int:
        """Act as the owner; returns the gas used."""
        return int(self.owner.act(self.address(contract), call.data)["gasUsed"])

    def act_as_stranger(self, contract: str, call: Call[None]) -> None:
        self.stranger.act(self.address(contract), call.data)

    def new_id(self) -> bytes:
        return next(self._numbers).to_bytes(32, "big")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder, time = tmp_path_factory.mktemp("chain"), [START]
    with EmbeddedLedger(folder, lambda: time[0]) as ledger:
        assert (folder / DEPLOYMENT_FILE).exists()
        stranger = Sender(ledger.sender.web3, LocalSigner(STRANGER_KEY), TERMS)
        _fund(ledger, folder.joinpath("account.key").read_text(), stranger.account)
        yield Stage(ledger, stranger, time)


def _fund(ledger: EmbeddedLedger, key: str, account: bytes) -> None:
    eth = ledger.sender.web3.eth
    transfer = {
        "to": to_checksum_address(account),
        "value": FUNDS,
        "nonce": ledger.sender.nonce(),
        "gas": 21_000,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 0,
        "chainId": eth.chain_id,
        "type": 2,
    }
    signed = Account.from_key(key.strip()).sign_transaction(transfer)
    eth.send_raw_transaction(signed.raw_transaction)
