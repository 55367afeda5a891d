"""What the verifier's desk stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from api.openid.asking import RuledQuery
from api.openid.office_secrets import OfficeSecrets
from api.openid.ports import OpenIdStorage, OpenIdWork, TrustSource
from api.openid.request_object import VerifierIdentity
from api.openid.scope_secrets import ScopeSecrets
from verifier.credential.keys import Randomness
from verifier.eligibility.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that asking stands on.

    Args:
        base: where requests are, without trailing slash.
        identity: who asks.
        catalogue: the services.
        issuers: by credential type, the one issuer whose values show a person again.
        storage: the database.
        trust: what credentials are checked against.
        secrets: of the endpoints; what is kept of an answer is sealed with one.
        rng: source of randomness.
        trial: allows unsigned requests for another device, with which wallets are tried.
    """

    base: str
    identity: VerifierIdentity
    catalogue: Catalogue
    issuers: Mapping[str, str]
    storage: OpenIdStorage
    trust: TrustSource
    secrets: OfficeSecrets
    rng: Randomness
    trial: bool = False

    def query(self, service: str, round_id: str | None, on: date) -> RuledQuery:
        """The query of a service's round, or of the one that a day belongs to.

        Raises:
            UnknownServiceError: there is no such service or round.
        """
        if round_id is None:
            return RuledQuery(self.catalogue.latest_policy(service, on), self.issuers)
        return RuledQuery(self.catalogue.policy(service, round_id), self.issuers)

    def scope_secrets(self, work: OpenIdWork, at: datetime) -> ScopeSecrets:
        """The secrets of rounds, in a transaction."""
        return ScopeSecrets(self.secrets, work.scope_secrets, self.rng, at)
