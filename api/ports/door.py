"""How people are known at the door: passkeys, or an identity provider. Adapters do the checking."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from api.ports.accounts import Account, Passkey, Subject
from api.ports.means import Means
from contracts.evidence.encoding import Json


class DoorError(Exception):
    """Somebody was not recognised. The text is for logs; nobody at the door is told."""

    code: ClassVar[str] = "staff.sign_in_refused"


class ProviderDeclinedError(DoorError):
    """The person stopped at the provider, or did not agree there: a normal outcome."""


class ClaimMissingError(DoorError):
    """The provider knows the person, and does not tell the claim that we know them by."""


class ProviderUnavailableError(Exception):
    """The identity provider gives no usable answer."""

    code: ClassVar[str] = "staff.provider_unavailable"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A browser's answer to ``navigator.credentials.create``; everything is bytes, unchecked."""

    credential: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    attestation: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A browser's answer to ``navigator.credentials.get``; everything is bytes, unchecked."""

    credential: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    user: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewCredential:
    """What a checked attestation says."""

    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    counter: int
    backed_up: bool


class Passkeys(Protocol):
    """Passkeys of one origin; the person is verified by the device each time."""

    def creation(
        self, account: Account, challenge: bytes, known: Sequence[Passkey]
    ) -> dict[str, Json]:
        """What a browser needs to make a passkey."""

    def request(self, challenge: bytes) -> dict[str, Json]:
        """What a browser needs to find a passkey; no account is named."""

    def register(self, answer: Attestation, challenge: bytes) -> NewCredential:
        """Check a new passkey, or raise ``DoorError``."""

    def verify(self, answer: Assertion, passkey: Passkey, challenge: bytes) -> int:
        """Check a signature and return the authenticator's count, or raise ``DoorError``.

        Whether the count went back is not checked here.
        """


@dataclass(frozen=True, slots=True)
class ProviderSecrets:
    """What one sign-in at a provider is bound by; all follow from the browser's token."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What came back from the provider by way of the browser; unchecked.

    ``error`` is the word of RFC 6749 section 4.1.2.1 that stands in place of a code.
    """

    code: str = field(repr=False)
    state: str = field(repr=False)
    issuer: str | None = None
    error: str = ""


class IdentityProvider(Protocol):
    """A city's sign-in that is not ours."""

    def address(self, secrets: ProviderSecrets) -> str:
        """Where to send the browser, or raise ``ProviderUnavailableError``."""

    def identify(self, answer: ProviderAnswer, secrets: ProviderSecrets, at: datetime) -> Subject:
        """Who came back, or raise ``DoorError`` or ``ProviderUnavailableError``.

        The provider saw the person within the last minutes: an older sign-in is refused.
        """


@dataclass(frozen=True, slots=True)
class Door:
    """What actions of staff work with.

    Args:
        means: storage, clock and randomness.
        passkeys: of the people's origin.
        provider: None where there is none.
    """

    means: Means
    passkeys: Passkeys
    provider: IdentityProvider | None = None
