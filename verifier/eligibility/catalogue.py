"""All services and credential types; the files are installed with the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from verifier.eligibility.credential_types import CredentialType, parse_credential_types
from verifier.eligibility.errors import ServiceFileError, UnknownServiceError
from verifier.eligibility.median_income import MedianIncome, parse_median_income
from verifier.eligibility.policy import PolicyRound, Round, Service, bind_round
from verifier.eligibility.schema import ServiceSchema, parse_schema
from verifier.eligibility.service_file import parse_service
from verifier.services import SERVICE_IDS, read_service_file

_OPEN: Final = 3
_ANNOUNCED: Final = 2
_CLOSED: Final = 1
_UNHEARD: Final = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Services and credential types by id; every round of every service has been bound once."""

    services: Mapping[str, Service]
    credential_types: Mapping[str, CredentialType]
    median_income: MedianIncome
    schema: ServiceSchema

    def service(self, service_id: str) -> Service:
        """A service by its id.

        Raises:
            UnknownServiceError: there is none.
        """
        if service_id not in self.services:
            raise UnknownServiceError(f"no service {service_id!r}")
        return self.services[service_id]

    def policy(self, service_id: str, round_id: str) -> PolicyRound:
        """The policy of a round.

        Raises:
            UnknownServiceError: there is no such service or round.
        """
        return bind_round(self.service(service_id), round_id, self.credential_types)

    def latest_policy(self, service_id: str, on: date) -> PolicyRound:
        """The policy of the round that a day belongs to.

        Of the rounds that are open the one that opened last; where none is open, the one that
        opens next and was announced, else the one that closed last, else the first.

        Args:
            service_id: of the catalogue.
            on: a Korean calendar day.

        Raises:
            UnknownServiceError: there is no such service.
        """
        rounds = self.service(service_id).rounds.values()
        return self.policy(service_id, max(rounds, key=lambda entry: _closeness(entry, on)).id)

    def credential_type(self, vct: str) -> CredentialType:
        """A credential type by the ``vct`` of its credentials.

        Raises:
            UnknownServiceError: there is none.
        """
        for kind in self.credential_types.values():
            if kind.vct == vct:
                return kind
        raise UnknownServiceError(f"no credential type has the vct {vct!r}")


def _closeness(entry: Round, on: date) -> tuple[int, int]:
    """The greater, the more a round is the one of a day."""
    opens, closes = entry.opens.value.toordinal(), entry.closes.value.toordinal()
    if opens <= on.toordinal() <= closes:
        return _OPEN, opens
    if closes < on.toordinal():
        return _CLOSED, closes
    if entry.notice.value <= on:
        return _ANNOUNCED, -opens
    return _UNHEARD, -opens


def parse_catalogue(
    schema: bytes, credential_types: bytes, median_income: bytes, services: Mapping[str, bytes]
) -> Catalogue:
    """Build the catalogue from the bytes of its files.

    Args:
        schema: ``schema.json``.
        credential_types: ``credential-types.yaml``.
        median_income: ``median-income.yaml``.
        services: each service file by the id it must carry.

    Raises:
        ServiceFileError: a file is malformed, carries another id, or has a round whose rules do
            not fit the credential types.
    """
    shape = parse_schema(schema)
    types = parse_credential_types(credential_types, shape)
    parsed = {name: parse_service(data, shape) for name, data in services.items()}
    for name, service in parsed.items():
        if service.id != name:
            raise ServiceFileError(f"the file of {name} carries the id {service.id}")
        for round_id in service.rounds:
            bind_round(service, round_id, types)
    return Catalogue(parsed, types, parse_median_income(median_income, shape), shape)


@cache
def load_catalogue() -> Catalogue:
    """The catalogue installed with the package, read once.

    Raises:
        ServiceFileError: as ``parse_catalogue``.
    """
    return parse_catalogue(
        read_service_file("schema.json"),
        read_service_file("credential-types.yaml"),
        read_service_file("median-income.yaml"),
        {name: read_service_file(f"{name}.yaml") for name in SERVICE_IDS},
    )
