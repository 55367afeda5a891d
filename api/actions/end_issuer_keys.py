"""End issuer keys on chain: errands of kind ``issuer.end_key``, put there by two people's act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.deliver_outbox import Failure
from api.ports.outbox import Errand, LeasedErrand
from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical, tagged_hash
from contracts.evidence.errors import EncodingError, LedgerError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import Ending

END_KEY: Final = "issuer.end_key"
POINT_BYTES: Final = 64
_NAME: Final = "dojang-staff-v1/issuer-key"


def key_name(issuer: bytes, point: bytes) -> str:
    """How an act names an issuer's key: a digest of both, which are public."""
    return tagged_hash(_NAME, issuer, point).hex()


def key_detail(issuer: bytes, point: bytes, ending: Ending) -> dict[str, str]:
    """What an act says of the key.

    Args:
        issuer: 32 bytes, the issuer's id on chain.
        point: 64 bytes, x | y.
        ending: what follows for what was signed before.
    """
    return {"issuer": issuer.hex(), "point": point.hex(), "ending": ending.value}


def key_errand(act: str, detail: bytes, due: datetime) -> Errand:
    """The errand of an act; the act's id names it, so it is put once."""
    return Errand(END_KEY, act, canonical(parse_canonical(detail)), due)


@dataclass(frozen=True, slots=True)
class EndIssuerKeys:
    """The handler of ``issuer.end_key``. The ledger's act is idempotent."""

    ledger: Ledger

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """End one key after the other."""
        failures = {}
        for errand in errands:
            try:
                self.ledger.end_key(*parse_ending(errand.payload))
            except EncodingError:
                failures[errand.id] = Failure("issuer.malformed", lasting=True)
            except LedgerError as error:
                # Also where the contract refuses: a registry that was rolled back does not know the
                # issuer until it is put back, and the end of a key must not be lost meanwhile.
                failures[errand.id] = Failure(error.code)
        return failures


def parse_ending(payload: bytes) -> tuple[bytes, bytes, Ending]:
    """Issuer (32 bytes), point (64 bytes) and ending of an errand.

    Raises:
        EncodingError: it is no such errand.
    """
    document = Document.of(parse_canonical(payload), END_KEY)
    issuer, point = document.hash("issuer"), document.data("point", POINT_BYTES)
    told = document.text("ending")
    document.close()
    if told not in {ending.value for ending in Ending}:
        raise EncodingError("an unknown ending of a key")
    return issuer, point, Ending(told)
