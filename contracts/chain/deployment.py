"""Deploy the contracts once, and know them again.

Their addresses follow from the deploying account and its next transaction number, so the record is
written before anything is sent: a crash in the middle is resumed, and nothing is deployed twice.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import rlp
from eth_utils.crypto import keccak
from web3 import Web3
from web3.exceptions import Web3Exception

from contracts.chain.abi import ADDRESS_BYTES, encode_words
from contracts.chain.artifact import CONTRACT_NAMES, load_artifact
from contracts.chain.files import write_durably
from contracts.chain.sender import Sender
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError, LedgerIdentityError, LedgerUnavailableError
from contracts.evidence.snapshot import ChainIdentity

DEPLOYMENT_VERSION: Final = "dojang-deployment-v1"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts are, or will be.

    Args:
        chain_id: of the chain.
        genesis: 32-byte hash of block 0.
        deployer: account that deploys, 20 bytes; the contracts' first owner.
        nonce: number of its transaction that deploys the first contract.
        block: newest block when the deployment began; no event is older.
        complete: whether all contracts were seen in place.
    """

    chain_id: int
    genesis: bytes
    deployer: bytes
    nonce: int
    block: int
    complete: bool

    def address(self, name: str) -> bytes:
        """Address of a contract by its name: keccak256(rlp([deployer, nonce])), last 20 bytes."""
        nonce = self.nonce + CONTRACT_NAMES.index(name)
        return keccak(rlp.encode([self.deployer, nonce]))[-ADDRESS_BYTES:]

    def identity(self) -> ChainIdentity:
        """The identity that follows from it."""
        contracts = tuple((name, self.address(name)) for name in sorted(CONTRACT_NAMES))
        return ChainIdentity(self.chain_id, self.genesis, contracts)


def encode_deployment(record: Deployment) -> bytes:
    """The canonical bytes of a deployment record."""
    return canonical(
        {
            "version": DEPLOYMENT_VERSION,
            "chain_id": record.chain_id,
            "genesis": record.genesis.hex(),
            "deployer": record.deployer.hex(),
            "nonce": record.nonce,
            "block": record.block,
            "complete": record.complete,
        }
    )


def decode_deployment(data: bytes) -> Deployment:
    """Parse a deployment record.

    Raises:
        LedgerIdentityError: it is damaged.
    """
    try:
        document = Document.of(parse_canonical(data), "deployment")
        document.version(DEPLOYMENT_VERSION)
        record = Deployment(
            chain_id=document.integer("chain_id", low=1),
            genesis=document.hash("genesis"),
            deployer=document.data("deployer", ADDRESS_BYTES),
            nonce=document.integer("nonce"),
            block=document.integer("block"),
            complete=document.boolean("complete"),
        )
        document.close()
    except EncodingError as error:
        raise LedgerIdentityError(f"the deployment record is damaged: {error}") from error
    return record


def deploy(sender: Sender, file: Path) -> Deployment:
    """Make sure that the contracts stand, deploying what is missing.

    Args:
        sender: the account that deploys.
        file: the deployment record; made when it is absent.

    Raises:
        LedgerIdentityError: the chain, the account or the code is not what the record says.
        LedgerUnavailableError: the chain did not answer; call again.
    """
    chain_id, genesis = _chain(sender.web3)
    if file.exists():
        record = decode_deployment(file.read_bytes())
        _check_chain(record, chain_id, genesis)
    else:
        block = _block_number(sender.web3)
        record = Deployment(chain_id, genesis, sender.account, sender.nonce(), block, False)  # noqa: FBT003 - the field's name says it
        write_durably(file, encode_deployment(record))
    missing = [name for name in CONTRACT_NAMES if not _stands(sender, record, name)]
    if missing and record.complete:
        raise LedgerIdentityError(f"the chain no longer holds {', '.join(missing)}")
    for name in missing:
        _deploy_one(sender, record, name)
    if not record.complete:
        record = replace(record, complete=True)
        write_durably(file, encode_deployment(record))
    return record


def _deploy_one(sender: Sender, record: Deployment, name: str) -> None:
    expected = record.nonce + CONTRACT_NAMES.index(name)
    if (sender.account, sender.nonce()) != (record.deployer, expected):
        raise LedgerIdentityError(
            f"{name} must be deployed by transaction {expected} of the recorded account"
        )
    arguments = encode_words(("address",), (sender.account,))
    sender.act(None, load_artifact(name).creation_code + arguments)
    if not _stands(sender, record, name):
        raise LedgerUnavailableError(f"{name} was deployed but is not there yet")


def _stands(sender: Sender, record: Deployment, name: str) -> bool:
    code = sender.code(record.address(name))
    if code and code != load_artifact(name).runtime_code:
        raise LedgerIdentityError(f"other code than ours stands at the address of {name}")
    return bool(code)


def _check_chain(record: Deployment, chain_id: int, genesis: bytes) -> None:
    if (record.chain_id, record.genesis) != (chain_id, genesis):
        raise LedgerIdentityError(
            f"expected chain {record.chain_id} with genesis {record.genesis.hex()}, "
            f"got chain {chain_id} with genesis {genesis.hex()}"
        )


def _chain(web3: Web3) -> tuple[int, bytes]:
    try:
        return web3.eth.chain_id, bytes(web3.eth.get_block(0)["hash"])
    except Web3Exception as error:
        raise LedgerUnavailableError(f"the node did not answer: {error}") from error


def _block_number(web3: Web3) -> int:
    try:
        return web3.eth.block_number
    except Web3Exception as error:
        raise LedgerUnavailableError(f"the node did not answer: {error}") from error
