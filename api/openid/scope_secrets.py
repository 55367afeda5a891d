"""Secrets of one scope each, that can be erased alone: of a series of polls, of a round.

Every one is drawn by itself and derived from nothing, so that erasing it erases all that was made
with it. In the database it is sealed with a key of the endpoints' master secret: who has the
database alone has no secret. An erased one leaves its name, so that it is never made again.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.openid.office_secrets import OfficeSecrets
from api.openid.ports import KeptScopeSecret, ScopeSecretStore
from api.ports.errors import SealError
from contracts.evidence.encoding import HASH_BYTES
from verifier.credential.keys import Randomness

SEAL: Final = "scope-secrets"
_NONCE_BYTES: Final = 12


class Scope(StrEnum):
    """What a secret is for; the name within it is the series', or the service's and round's."""

    SERIES = "series"
    ROUND = "round"


class ScopeErasedError(Exception):
    """The secret was erased: what was made with it is over, and never made again."""

    code: ClassVar[str] = "openid.scope_erased"


@dataclass(frozen=True, slots=True)
class ScopeSecrets:
    """The secrets of all scopes, in one transaction; ``at`` is now."""

    office: OfficeSecrets
    kept: ScopeSecretStore
    rng: Randomness = field(repr=False)
    at: datetime

    def of(self, scope: Scope, name: str) -> bytes:
        """The 32 bytes of a scope, made when they are first asked for.

        Of two processes that make one, both get the first.

        Raises:
            ScopeErasedError: it was erased.
            SealError: the master secret is another one than it was sealed with.
        """
        place = scope_name(scope, name)
        found = self.kept.find(place)
        if found is None:
            sealed = seal(self.office, place, self.rng(HASH_BYTES), self.rng)
            self.kept.add(KeptScopeSecret(place, sealed, self.at))
            found = self.kept.find(place)
        if found is None or found.sealed is None:
            raise ScopeErasedError(f"the secret of {place} was erased")
        return unseal(self.office, place, found.sealed)

    def is_erased(self, scope: Scope, name: str) -> bool:
        """Whether a scope is over; until the transaction ends, nobody can erase it meanwhile."""
        found = self.kept.hold(scope_name(scope, name))
        return found is None or found.sealed is None


def scope_name(scope: Scope, name: str) -> str:
    """Under what a secret is kept, as ``series/seoul-2026`` or ``round/youth-allowance/2023``."""
    return f"{scope.value}/{name}"


def seal(office: OfficeSecrets, place: str, data: bytes, rng: Randomness) -> bytes:
    """AES-256-GCM under a key of the master secret: ``nonce (12) | ciphertext | tag (16)``.

    Args:
        office: the secrets of the endpoints.
        place: what the bytes are, bound to them: they are opened under the same words only.
        data: to be kept.
        rng: source of randomness.
    """
    nonce = rng(_NONCE_BYTES)
    return nonce + AESGCM(office.of(SEAL)).encrypt(nonce, data, place.encode())


def unseal(office: OfficeSecrets, place: str, sealed: bytes) -> bytes:
    """What ``seal`` made.

    Raises:
        SealError: other words, another master secret, or damaged.
    """
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(office.of(SEAL)).decrypt(nonce, body, place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"what was sealed for {place} cannot be opened") from error
