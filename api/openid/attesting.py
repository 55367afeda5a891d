"""The office's registers as ``api.actions.issue_certificate.Registry``."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from api.actions.issue_certificate import Attested
from api.actions.paper_errors import RegisterPendingError
from api.openid.office import Office
from api.openid.register import NotInRegisterError, NotYetKnownError
from api.ports.printing import Entry
from contracts.evidence.encoding import Json
from verifier.eligibility.attestation import attest
from verifier.eligibility.credential_types import CredentialType
from verifier.eligibility.errors import AttestationError
from verifier.eligibility.wording import Bilingual

_YES: Final = Bilingual("예", "yes")
_NO: Final = Bilingual("아니요", "no")


@dataclass(frozen=True, slots=True)
class OfficeRegistry:
    """What the agencies of an office attest, in words."""

    office: Office

    def attested(self, kind: str, person: str, on: date) -> Attested | None:
        """See ``Registry``.

        Raises:
            RegisterPendingError: the register does not say now, which is no refusal.
        """
        issuer = next((a for a in self.office.agencies.values() if kind in a.types), None)
        if issuer is None or kind not in self.office.registers:
            return None
        described = issuer.types[kind]
        try:
            entry = self.office.registers[kind].entry(person, on)
            claims = attest(described, entry, on)
        except NotYetKnownError as error:
            raise RegisterPendingError("the register does not answer yet") from error
        except (NotInRegisterError, AttestationError):
            return None
        return Attested(described.title, issuer.title, _entries(described, claims))


def _entries(kind: CredentialType, claims: dict[str, Json]) -> tuple[Entry, ...]:
    """The attested claims; values that tie a person's presentations together are not printed."""
    return tuple(
        Entry(claim.label, _words(claims[claim.name]))
        for claim in kind.claims.values()
        if claim.name in claims
    )


def _words(value: Json) -> Bilingual:
    if isinstance(value, bool):
        return _YES if value else _NO
    return Bilingual(str(value), str(value))
