"""Synthetic agencies, registers and people, so that any wallet can be tried without papers.

Everybody here is invented. Offers are made without an identity step, which the offer's record says;
this exists only in demonstration mode.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from api.actions.errors import UnknownServiceRoundError
from api.actions.issuer_errors import PersonUnknownError
from api.openid.agencies import Agency
from api.openid.anchoring import Anchoring
from api.openid.console import Console
from api.openid.errors import UnknownConfigurationError
from api.openid.granting import offer
from api.openid.identity import IdentityMethod, VerifiedIdentity
from api.openid.offering import MadeOffer, OfferOrder
from api.openid.register import (
    CsvRegister,
    NotInRegisterError,
    NotYetKnownError,
    Register,
    read_csv,
)
from verifier.eligibility.catalogue import Catalogue
from verifier.eligibility.dates import korean_day

DEFAULT_PERSON: Final = "synthetic-1"
DEFAULT_SERVICE: Final = "youth-allowance"
_SYNTHETIC: Final = "[시험] 시연 / [test] demonstration"
_SLUGS: Final = MappingProxyType(
    {
        "[test] district office": "district",
        "[test] school": "school",
        "[test] Korea Workers' Compensation and Welfare Service": "employment",
        "[test] National Health Insurance Service": "health",
        "[test] youth programmes office": "programmes",
        "[test] Seoul citizen polls office": "polls",
    }
)
_RESIDENTS: Final = """person,birth_date,city,district,household_size
synthetic-1,2000-05-05,KR-11,중구,1
synthetic-2,1985-01-31,KR-11,마포구,3
synthetic-3,2001-10-09,KR-26,중구,2
"""
REGISTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "resident-registration": _RESIDENTS,
        "voter": _RESIDENTS,
        "school-record": "person,left_on\n"
        "synthetic-1,2023-02-20\nsynthetic-2,2008-02-20\nsynthetic-3,\n",
        "employment-insurance": "person,weekly_minutes,first_day,last_day\n"
        "synthetic-1,,,\nsynthetic-2,2400,2015-03-02,\nsynthetic-3,900,2026-01-05,\n",
        "health-premium": "person,household_won,median_won,premium_band\n"
        "synthetic-1,1500000,2564238,3\nsynthetic-2,9000000,5359036,9\n"
        "synthetic-3,2000000,4199292,4\n",
        "benefit": "person,basic_livelihood,near_poor\n"
        "synthetic-1,no,no\nsynthetic-2,no,no\nsynthetic-3,no,yes\n",
        "programme-record": "person,in_similar_programme,former_recipient\n"
        "synthetic-1,no,no\nsynthetic-2,no,yes\nsynthetic-3,no,no\n",
        "bulk-agreement": "person,first_day,last_day,copies_a_day,at_district_desk\n"
        "synthetic-1,2026-01-05,2027-01-04,100,yes\nsynthetic-2,2025-01-06,2025-12-31,100,yes\n",
        "delivery-entitlement": "person,birth_date,disabled,pregnant,restricted\n"
        "synthetic-1,2000-05-05,yes,no,no\nsynthetic-2,1985-01-31,no,no,no\n"
        "synthetic-3,2001-10-09,no,yes,yes\n",
    }
)
"""By credential type; synthetic-1 is entitled to everything, the others are not."""


def demo_agencies(base: str, catalogue: Catalogue) -> Mapping[str, Agency]:
    """The test agencies of the catalogue's credential types, each at its own address."""
    agencies: dict[str, Agency] = {}
    for kind in catalogue.credential_types.values():
        name = _SLUGS[kind.issuer.en]
        known = agencies.get(name)
        types = {**(known.types if known else {}), kind.id: kind}
        agencies[name] = Agency(name, f"{base}/issuers/{name}", kind.issuer, types)
    return MappingProxyType(agencies)


def demo_registers() -> Mapping[str, Register]:
    """The registers of invented people."""
    return MappingProxyType({kind: _register(kind, text) for kind, text in REGISTERS.items()})


def _register(kind: str, text: str) -> CsvRegister:
    return read_csv(kind, text.encode()).take()


@dataclass(slots=True)
class Demonstration:
    """Offers without a desk, and logs that are anchored as soon as somebody asks.

    An agency enters the registry when the first offer of it is made. ``services`` are the ids that
    an offer may be made for.
    """

    console: Console
    anchoring: Anchoring
    clock: Callable[[], datetime]
    services: frozenset[str]
    _enrolled: set[str] = field(default_factory=set)
    _looked: datetime | None = None
    _done: tuple[datetime, Mapping[str, int]] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def offer(self, kind: str, service: str, person: str) -> tuple[Agency, MadeOffer]:
        """An offer of one credential type to an invented person.

        Raises:
            UnknownConfigurationError: nobody issues that; the sentence lists what is issued.
            UnknownServiceRoundError: there is no such service.
            PersonUnknownError: the register of that type knows nobody of that id.
            LedgerUnavailableError: the agency cannot be entered in the registry now.

        Not checked: whether the register bears the credential out, which the wallet is told.
        """
        office, at = self.console.office, self.clock()
        agency = next((a for a in office.agencies.values() if kind in a.types), None)
        if agency is None:
            issued = sorted(name for a in office.agencies.values() for name in a.types)
            raise UnknownConfigurationError(f"no agency issues that; types: {', '.join(issued)}")
        if service not in self.services:
            raise UnknownServiceRoundError("there is no such service")
        self._find(kind, person, at)
        self._enrol(agency.id, at)
        identity = VerifiedIdentity(person, IdentityMethod.DEMONSTRATION, _SYNTHETIC, at)
        return agency, offer(office, agency.id, OfferOrder(identity, (kind,), service), at)

    def anchor(self, at: datetime) -> bool:
        """Anchor what was issued since; whether any log grew. Lists are kept fresh as well.

        Every presentation asks, so it is one question to the database unless a log grew, here or in
        another process, or a second has passed.
        """
        sizes = self._sizes()
        if self._done == (at, sizes):
            return False
        self._look(at)
        changed = [
            self.anchoring.anchor_now(self.console.office.agencies[name].log, at)
            or self.console.look_after_lists(name, at)
            for name in sorted(self._enrolled)
        ]
        grown = self._done is None or self._done[1] != sizes
        self._done = (at, self._sizes() if any(changed) else sizes)  # anchoring pads a log
        return grown or any(changed)

    def _sizes(self) -> Mapping[str, int]:
        with self.console.office.storage.reading() as reading:
            sizes, taken = reading.logs.sizes(), reading.logs.taken_places()
        return {name: size + taken.get(name, 0) for name, size in sizes.items()}

    def _look(self, at: datetime) -> None:
        """Other processes enrol agencies too: look for them, once a second."""
        with self._lock:
            if self._looked == at:
                return
            self._looked = at
        names = self.console.office.agencies.keys() - self._enrolled
        found = {name for name in names if self.console.is_enrolled(name)}
        with self._lock:
            self._enrolled |= found

    def _find(self, kind: str, person: str, at: datetime) -> None:
        """Refuse now whom the register does not know; a slow register may answer later."""
        try:
            self.console.office.registers[kind].entry(person, korean_day(at))
        except NotYetKnownError:
            return
        except NotInRegisterError as error:
            raise PersonUnknownError("the register knows nobody of that id") from error

    def _enrol(self, agency: str, at: datetime) -> None:
        """Enter an agency in the registry; of several who do so at once, nobody waits."""
        if agency not in self._enrolled:
            self.console.enrol(agency, at)
            with self._lock:
                self._enrolled.add(agency)
