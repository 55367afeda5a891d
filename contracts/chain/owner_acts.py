"""Acts of the contracts' owner where the owner is somebody else, such as a multisig.

What the service needs done is written down as call data, a file for each act, in the folder
``owner-acts``. Somebody sends it by other means. The service asks the chain again and again; once
the act appears there, it goes on and the file is gone.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from contracts.chain.abi import ADDRESS_BYTES
from contracts.chain.files import write_durably
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError

FOLDER: Final = "owner-acts"
ACT_VERSION: Final = "dojang-owner-act-v1"
MAX_DATA: Final = 1024
_NAME_CHARACTERS: Final = 32


@dataclass(frozen=True, slots=True)
class OwnerAct:
    """One act that waits for the owner.

    Args:
        contract: where it is sent, 20 bytes.
        data: call data.
        words: what it does, as ``CheckpointLog.open(log=0x.., key=0x.., publisher=0x..)``.
    """

    contract: bytes
    data: bytes
    words: str

    @property
    def name(self) -> str:
        """The same act has the same name."""
        return sha256(self.contract + self.data).hexdigest()[:_NAME_CHARACTERS]


@dataclass(frozen=True, slots=True)
class OwnerActs:
    """The acts that wait, as files of a folder. An act stands there once."""

    folder: Path

    def add(self, act: OwnerAct) -> None:
        """Write an act down, durably; again changes nothing."""
        self.folder.mkdir(exist_ok=True)
        path = self._place(act)
        if not path.exists():
            write_durably(path, encode_act(act))

    def remove(self, act: OwnerAct) -> None:
        """Forget an act that was done, or that the contract would refuse."""
        self._place(act).unlink(missing_ok=True)

    def waiting(self) -> list[OwnerAct]:
        """All acts that wait, by name.

        Raises:
            EncodingError: a file is damaged.
        """
        return [decode_act(path.read_bytes()) for path in sorted(self.folder.glob("*.json"))]

    def _place(self, act: OwnerAct) -> Path:
        return self.folder / f"{act.name}.json"


def encode_act(act: OwnerAct) -> bytes:
    """The canonical bytes of an act's file; ``to`` and ``data`` are what a wallet asks for."""
    return canonical(
        {
            "version": ACT_VERSION,
            "to": "0x" + act.contract.hex(),
            "data": "0x" + act.data.hex(),
            "words": act.words,
        }
    )


def decode_act(data: bytes) -> OwnerAct:
    """Parse an act's file.

    Raises:
        EncodingError: it is damaged.
    """
    document = Document.of(parse_canonical(data), "act")
    document.version(ACT_VERSION)
    contract = _bytes(document.text("to"))
    act = OwnerAct(contract, _bytes(document.text("data")), document.text("words"))
    document.close()
    if len(contract) != ADDRESS_BYTES or len(act.data) > MAX_DATA:
        raise EncodingError("an act goes to an address of 20 bytes, with short call data")
    return act


def _bytes(text: str) -> bytes:
    try:
        if not text.startswith("0x"):
            raise EncodingError("bytes are written as 0x and hexadecimal")
        return bytes.fromhex(text[2:])
    except ValueError as error:
        raise EncodingError("bytes are written as 0x and hexadecimal") from error
