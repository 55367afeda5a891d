"""What came of a request: checked, refused by the citizen, or the wallet could not."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from contracts.evidence.encoding import Json


class AnswerKind(StrEnum):
    """How a request ended. None of them is an error of the citizen."""

    CHECKED = "checked"
    REFUSED = "refused"
    """The citizen said no: a normal outcome."""
    WALLET_ERROR = "wallet_error"
    RECORDING = "recording"
    """A credential is not anchored yet: the answer is held, and judged when it is."""
    UNJUDGED = "unjudged"
    """It was held, and could not be judged for a day: it is gone, and has to be shown again."""
    RELAYED = "relayed"
    """The wallet's answer came back to another browser than the one that had asked."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The end of a request.

    ``result`` is what the page and the officer see: outcome, findings, numbered trail. It holds
    no presentation; ``presentation_hash`` stands for it. ``replay_key`` is burnt with it.
    ``basis`` is sealed: what stands behind the credentials that were believed (``Basis``).
    ``held`` is the answer itself, sealed, for as long as it waits to be judged.
    """

    request: str
    kind: AnswerKind
    at: datetime
    result: dict[str, Json]
    presentation_hash: bytes | None
    replay_key: bytes
    response_code_hash: bytes | None = field(default=None, repr=False)
    basis: bytes | None = field(default=None, repr=False)
    held: bytes | None = field(default=None, repr=False)
