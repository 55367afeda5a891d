"""Passkeys of one origin by the package ``webauthn`` (WebAuthn level 2, W3C 2021).

Asked for always: that the person was there and was verified by the device, this origin, this
relying party, this challenge, the type of ceremony, no frame of another site. Makers of devices
are not asked for: attestation says who made a key, not who holds it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cbor2 import CBORDecodeError
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    options_to_json_dict,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.ports.accounts import Account, Passkey
from api.ports.door import Assertion, Attestation, DoorError, NewCredential
from contracts.evidence.encoding import Json

ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
WAIT_MILLISECONDS: Final = 240_000
MAX_CREDENTIAL: Final = 1023
MAX_KEY: Final = 2048
_MALFORMED: Final = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    CBORDecodeError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What the package lets through where bytes are not what they should be."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WebauthnPasskeys:
    """``api.ports.door.Passkeys`` of one origin.

    Args:
        origin: what the browser calls us, as ``https://dojang.example``.
        relying_party: its host name; passkeys are bound to it for ever.
        name: how devices show us.
    """

    origin: str
    relying_party: str
    name: str

    def creation(
        self, account: Account, challenge: bytes, known: Sequence[Passkey]
    ) -> dict[str, Json]:
        """What a browser needs to make a passkey that can be found without a name."""
        options = generate_registration_options(
            rp_id=self.relying_party,
            rp_name=self.name,
            user_id=bytes.fromhex(account.id),
            user_name=account.name,
            challenge=challenge,
            timeout=WAIT_MILLISECONDS,
            supported_pub_key_algs=ALGORITHMS,
            exclude_credentials=[PublicKeyCredentialDescriptor(one.credential) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return options_to_json_dict(options)

    def request(self, challenge: bytes) -> dict[str, Json]:
        """What a browser needs to find a passkey; no account is named."""
        options = generate_authentication_options(
            rp_id=self.relying_party,
            challenge=challenge,
            timeout=WAIT_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def register(self, answer: Attestation, challenge: bytes) -> NewCredential:
        """Check a new passkey.

        Raises:
            DoorError: any check failed.
        """
        return _judged(lambda: self._register(answer, challenge))

    def verify(self, answer: Assertion, passkey: Passkey, challenge: bytes) -> int:
        """Check a signature; returns the authenticator's count, which is not compared here.

        Raises:
            DoorError: any check failed, the user handle's included.
        """
        return _judged(lambda: self._verify(answer, passkey, challenge))

    def _register(self, answer: Attestation, challenge: bytes) -> NewCredential:
        _check_top_level(answer.client_data)
        form = parse_attestation_object(answer.attestation)
        plain = form.fmt == AttestationFormat.NONE
        if not plain and not (form.fmt == AttestationFormat.PACKED and not form.att_stmt.x5c):
            raise DoorError("a maker's attestation came though none was asked for")
        made = verify_registration_response(
            credential=RegistrationCredential(
                id=bytes_to_base64url(answer.credential),
                raw_id=answer.credential,
                response=AuthenticatorAttestationResponse(answer.client_data, answer.attestation),
            ),
            expected_challenge=challenge,
            expected_rp_id=self.relying_party,
            expected_origin=self.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        if made.credential_id != answer.credential:
            raise DoorError("the passkey's id is not the one that was told")
        if len(made.credential_id) > MAX_CREDENTIAL or len(made.credential_public_key) > MAX_KEY:
            raise DoorError("the passkey is too long")
        return NewCredential(
            made.credential_id,
            made.credential_public_key,
            made.sign_count,
            made.credential_backed_up,
        )

    def _verify(self, answer: Assertion, passkey: Passkey, challenge: bytes) -> int:
        if answer.user != bytes.fromhex(passkey.account):
            raise DoorError("the passkey is of another account")
        _check_top_level(answer.client_data)
        verified = verify_authentication_response(
            credential=AuthenticationCredential(
                id=bytes_to_base64url(answer.credential),
                raw_id=answer.credential,
                response=AuthenticatorAssertionResponse(
                    answer.client_data, answer.authenticator_data, answer.signature, answer.user
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=self.relying_party,
            expected_origin=self.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # compared by the action, which keeps what it found
            require_user_verification=True,
        )
        return verified.new_sign_count


def _check_top_level(client_data: bytes) -> None:
    """Our pages are in no frame; the package does not look at this (section 5.8.1, crossOrigin)."""
    if parse_client_data_json(client_data).cross_origin:
        raise DoorError("the ceremony took place in a frame of another site")


def _judged(check: Callable[[], T]) -> T:
    try:
        return check()
    except _MALFORMED as error:
        raise DoorError(f"a check of the passkey failed: {type(error).__name__}") from error
