"""The accounts that act on the contracts, each with a key file of its own.

    account.key   deploys, and owns the contracts at first
    logs.key      anchors checkpoints
    status.key    publishes status lists

A folder without the last two has one account for everything. Who holds a hot key can then do what
its role may do and nothing else: a thief of ``logs.key`` enters no issuer and voids no key.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from web3 import Web3

from contracts.chain.keys import LocalSigner, create_key, load_signer
from contracts.chain.sender import Sender, Terms

KEY_FILE: Final = "account.key"
LOGS_KEY_FILE: Final = "logs.key"
STATUS_KEY_FILE: Final = "status.key"
ROLE_KEY_FILES: Final = (LOGS_KEY_FILE, STATUS_KEY_FILE)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who sends what.

    Args:
        owner: acts of the contracts' owner, as long as this account is that.
        logs: anchors.
        status: publishes status lists.
    """

    owner: Sender
    logs: Sender
    status: Sender

    @classmethod
    def one(cls, sender: Sender) -> "Accounts":
        """One account for everything."""
        return cls(sender, sender, sender)

    @classmethod
    def open(cls, folder: Path, web3: Web3, terms: Terms) -> "Accounts":
        """The accounts whose keys are in a folder.

        Raises:
            LedgerIdentityError: a key file holds no key, or others may read it.
        """
        owner = Sender(web3, load_signer(folder / KEY_FILE), terms)
        logs, status = (
            Sender(web3, load_signer(folder / name), terms) if (folder / name).exists() else owner
            for name in ROLE_KEY_FILES
        )
        return cls(owner, logs, status)

    @property
    def are_separate(self) -> bool:
        """Whether no key can do two things."""
        return len({self.owner.account, self.logs.account, self.status.account}) == len(
            ("owner", *ROLE_KEY_FILES)
        )


def create_role_keys(folder: Path) -> list[LocalSigner]:
    """Make the key files of the roles that have none; returns the signers of all of them."""
    for name in ROLE_KEY_FILES:
        if not (folder / name).exists():
            create_key(folder / name)
    return [load_signer(folder / name) for name in ROLE_KEY_FILES]
