"""Errands of the issuer's console: what a clerk asks for and the job worker does on chain.

Kinds ``issuer.enrol``, ``issuer.publish``, ``issuer.lists`` and ``issuer.rotate_key``; and ending
a key by two people (``issuer.end_key``) lets a successor sign where the key is one of ours. All may
be done again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.deliver_outbox import Failure
from api.actions.end_issuer_keys import POINT_BYTES, EndIssuerKeys, parse_ending
from api.openid.console import Console
from api.openid.errors import UnknownResourceError
from api.openid.status_places import LISTS
from api.ports.errors import LogHaltedError, StorageShapeError
from api.ports.outbox import Errand, LeasedErrand
from contracts.evidence.document import Document
from contracts.evidence.encoding import b64u_encode, canonical, parse_canonical
from contracts.evidence.errors import EncodingError, LedgerError
from contracts.evidence.names import issuer_id
from contracts.evidence.snapshot import Ending
from verifier.credential.keys import Randomness

ENROL: Final = "issuer.enrol"
PUBLISH: Final = "issuer.publish"
ROTATE_KEY: Final = "issuer.rotate_key"
_KEY_BYTES: Final = 16


def enrol_errand(agency: str, rng: Randomness, due: datetime) -> Errand:
    """Enter an agency in the registry; asked again, it is done again, which changes nothing."""
    return _errand(ENROL, agency, rng, due)


def publish_errand(agency: str, rng: Randomness, due: datetime) -> Errand:
    """Publish those of an agency's status lists that changed."""
    return _errand(PUBLISH, agency, rng, due)


def rotate_errand(agency: str, point: bytes, due: datetime) -> Errand:
    """Replace a key in order; a key is replaced once, so that its point names the errand."""
    payload = canonical({"agency": agency, "point": point.hex()})
    return Errand(ROTATE_KEY, point.hex(), payload, due)


@dataclass(frozen=True, slots=True)
class ConsoleErrands:
    """The handler of the four kinds."""

    console: Console
    clock: Callable[[], datetime]

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Do one after the other."""
        failures = {}
        for errand in errands:
            try:
                self._do(errand)
            except EncodingError:
                failures[errand.id] = Failure("issuer.malformed", lasting=True)
            except (UnknownResourceError, LogHaltedError, LedgerError, StorageShapeError) as error:
                # An agency that is left out of the settings may come back into them; a log that
                # stands still goes on; what a contract refuses it may take later: see ``Failure``.
                failures[errand.id] = Failure(error.code)
        return failures

    def _do(self, errand: LeasedErrand) -> None:
        document = Document.of(parse_canonical(errand.payload), errand.kind)
        agency, at = document.text("agency"), self.clock()
        if errand.kind == ROTATE_KEY:
            point = document.data("point", POINT_BYTES)
            document.close()
            self.console.replace_key(agency, point, Ending.ORDERLY, at)
            return
        document.close()
        if errand.kind == ENROL:
            self.console.enrol(agency, at)
        elif errand.kind == LISTS:
            self.console.look_after_lists(agency, at)
        else:
            self.console.lists.publish_due(agency, at)


@dataclass(frozen=True, slots=True)
class EndOwnKeys:
    """The handler of ``issuer.end_key`` that never leaves an agency of ours without a key."""

    console: Console
    clock: Callable[[], datetime]

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """End one key after the other; the successor of a key of ours is in the registry first."""
        failures: dict[int, Failure] = {}
        others = EndIssuerKeys(self.console.ledger)
        for errand in errands:
            try:
                if not self._replace(errand):
                    failures |= others.deliver([errand])
            except EncodingError:
                failures[errand.id] = Failure("issuer.malformed", lasting=True)
            except (LogHaltedError, LedgerError, StorageShapeError) as error:
                failures[errand.id] = Failure(error.code)
        return failures

    def _replace(self, errand: LeasedErrand) -> bool:
        """Whether it is a key of an agency of ours.

        Also one that does not sign any more: of what was cut short, the rest is done then.
        """
        issuer, point, ending = parse_ending(errand.payload)
        for agency in self.console.office.agencies.values():
            if issuer_id(agency.uri) == issuer:
                self.console.replace_key(agency.id, point, ending, self.clock())
                return True
        return False


def _errand(kind: str, agency: str, rng: Randomness, due: datetime) -> Errand:
    key = f"{agency}/{b64u_encode(rng(_KEY_BYTES))}"
    return Errand(kind, key, canonical({"agency": agency}), due)
