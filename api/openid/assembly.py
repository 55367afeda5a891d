"""Issuer and verifier put together on given adapters; ``api.wiring`` names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter

from api.observation.journal import describe, warn
from api.openid.agencies import Agency
from api.openid.anchoring import Anchoring
from api.openid.console import Console
from api.openid.demonstration import Demonstration, demo_agencies, demo_registers
from api.openid.desk import Desk
from api.openid.office import Office
from api.openid.office_secrets import OfficeSecrets
from api.openid.ports import IssuerKeys, OpenIdStorage
from api.openid.register import PersonValues, Register
from api.openid.rejudging import judge_case_again
from api.openid.request_object import VerifierIdentity
from api.openid.routes.demo_routes import demo_routes
from api.openid.routes.evidence_routes import evidence_routes
from api.openid.routes.issuer_routes import issuer_routes
from api.openid.routes.join_routes import join_routes
from api.openid.routes.key_routes import key_routes
from api.openid.routes.verifier_routes import REQUESTS, verifier_routes
from api.openid.status_lists import OBJECTION
from api.openid.trusting import Mirror, OwnEvidence, Trust
from api.ports.applications import Application
from api.ports.errors import LogHaltedError
from api.ports.log_keys import LogKeys
from api.ports.means import Means
from api.ports.proposals import KeptProposal
from contracts.evidence.errors import EvidenceError
from contracts.evidence.ledger import Ledger
from verifier.credential.keys import Randomness
from verifier.eligibility.catalogue import Catalogue

MASTER: Final = "openid-master.key"
PERSONS: Final = "openid-persons.key"
NETWORKS: Final = "networks"
KEPT: Final = timedelta(days=30)
"""How long offers, tokens and unanswered requests are kept after they ended."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything stands on.

    Args:
        origin: of the people's pages, without a trailing slash.
        storage: the database.
        ledger: the chain.
        log_keys: of the agencies' logs.
        issuer_keys: of the agencies.
        catalogue: the services.
        clock: whole seconds, UTC.
        rng: source of randomness.
        verifier: who asks.
        secrets: master secret of the endpoints, secret of the person values.
        mirror: where other services' evidence is had.
        objection: how long after its end a credential that was shown may be judged again.
        shift: seconds by which the time of day jumped, ahead or back; 0 while it is trusted.
    """

    origin: str
    storage: OpenIdStorage
    ledger: Ledger
    log_keys: LogKeys
    issuer_keys: IssuerKeys
    catalogue: Catalogue
    clock: Callable[[], datetime]
    rng: Randomness
    verifier: VerifierIdentity
    secrets: tuple[bytes, bytes]
    mirror: Mirror | None = None
    objection: timedelta = OBJECTION
    shift: Callable[[], float] = float


@dataclass(frozen=True, slots=True)
class OpenId:
    """Issuer and verifier; ``demonstration`` is None outside demonstration mode."""

    console: Console
    desk: Desk
    trust: Trust
    clock: Callable[[], datetime]
    demonstration: Demonstration | None
    anchoring: Anchoring

    @property
    def networks(self) -> bytes:
        """Key of the names under which is counted what networks have begun (``api.http.rates``)."""
        return self.console.office.secrets.of(NETWORKS)

    def tend(self, at: datetime) -> None:
        """What a worker does every minute: close batches, look after lists.

        What fails for one agency is told, and the others go on.
        """
        for agency in self.console.office.agencies.values():
            self._tend_alone(agency, at)

    def _tend_alone(self, agency: Agency, at: datetime) -> None:
        """One agency's batch and lists; what fails of them keeps no other agency from its own.

        Raises:
            StorageError: the database does not answer, which no other agency would find better.
        """
        tasks = (self.anchoring.close, agency.log), (self.console.look_after_lists, agency.id)
        if not self.console.is_enrolled(agency.id):
            return
        for task, name in tasks:
            try:
                task(name, at)
            except LogHaltedError:
                continue  # whoever halted it has told
            except (EvidenceError, OSError, ValueError) as error:
                warn("agency.untended", service=agency.id, **describe(error))

    def judge_again(self, application: Application, proposal: KeptProposal, at: datetime) -> bytes:
        """``api.ports.proposals.JudgeAgain``."""
        return judge_case_again(self.desk, application, proposal, at)

    def routes(self) -> list[APIRouter]:
        """All routes, for the people's application."""
        made = [
            issuer_routes(self.console.office, self.clock),
            verifier_routes(self.desk, self._means()),
            join_routes(self.desk, self._means()),
            evidence_routes(self.console.office, self.trust, self.clock),
            key_routes(self.console.office, self.trust, self.clock),
        ]
        if self.demonstration is not None:
            made.append(demo_routes(self.demonstration))
        return made

    def _means(self) -> Means:
        desk = self.desk
        return Means(desk.storage, desk.catalogue, self.clock, desk.rng)


@dataclass(frozen=True, slots=True)
class Issuers:
    """Who issues, and from which registers by credential type."""

    agencies: Mapping[str, Agency] = field(default_factory=dict)
    registers: Mapping[str, Register] = field(default_factory=dict)


def demo_issuers(ground: Ground) -> Issuers:
    """The test agencies, and invented people."""
    return Issuers(demo_agencies(ground.origin, ground.catalogue), demo_registers())


def assemble(ground: Ground, issuers: Issuers, *, demo: bool) -> OpenId:
    """Put issuer and verifier together; ``demo`` offers credentials without a desk."""
    agencies = issuers.agencies
    master, persons = ground.secrets
    office = Office(
        agencies=agencies,
        storage=ground.storage,
        keys=ground.issuer_keys,
        registers=issuers.registers,
        persons=PersonValues(persons),
        secrets=OfficeSecrets(master),
        log_keys=ground.log_keys,
        rng=ground.rng,
        clock_shift=ground.shift,
    )
    console = Console(office, ground.ledger, ground.objection)
    anchoring = Anchoring(ground.storage, ground.log_keys, ground.ledger, ground.rng)
    services = frozenset(ground.catalogue.services)
    demonstration = Demonstration(console, anchoring, ground.clock, services) if demo else None
    own = OwnEvidence(
        ground.storage,
        {ground.log_keys.origin(agency.log): agency.log for agency in agencies.values()},
        frozenset(agency.status_base for agency in agencies.values()),
    )
    before = None if demonstration is None else demonstration.anchor
    trust = Trust(ground.ledger, own, ground.mirror, before)
    desk = Desk(
        base=ground.origin + REQUESTS,
        identity=ground.verifier,
        catalogue=ground.catalogue,
        issuers=_issuers_of(agencies),
        storage=ground.storage,
        trust=trust,
        secrets=office.secrets,
        rng=ground.rng,
        trial=demo,
    )
    return OpenId(console, desk, trust, ground.clock, demonstration, anchoring)


def _issuers_of(agencies: Mapping[str, Agency]) -> Mapping[str, str]:
    """By credential type the one agency that issues it here; ``parse_agencies`` sees to that."""
    return {kind: agency.uri for agency in agencies.values() for kind in agency.types}


def host_of(origin: str) -> str:
    """The host's name of an origin."""
    return urlsplit(origin).hostname or "localhost"
