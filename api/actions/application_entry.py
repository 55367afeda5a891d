"""What the evidence log holds of an application, and how its number and secret are made.

Version tag, then number, service, round, digest of the rules, day, moment and salt, as canonical
JSON. The log gets the leaf hash only; the applicant can make the entry again from what they hold.
"""

import base64
from typing import Final

from api.ports import log_names
from api.ports.applications import Application
from contracts.evidence.encoding import b64u_encode, canonical, format_time, tagged_hash

ENTRY_VERSION: Final = "dojang-application-v1"
APPLICATIONS_LOG: Final = log_names.APPLICATIONS_LOG
NUMBER_BYTES: Final = 10
SECRET_BYTES: Final = 32
SALT_BYTES: Final = 16
_DOMAIN: Final = "dojang-api-v1"
_TO_CROCKFORD: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


def make_number(random: bytes) -> str:
    """An application's number from 10 random bytes: XXXX-XXXX-XXXX-XXXX without I, L, O and U."""
    letters = base64.b32encode(random).decode("ascii").translate(_TO_CROCKFORD)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def hash_secret(secret: str) -> bytes:
    """What is kept of an applicant's secret. It has 256 random bits: no slow hash is needed."""
    return tagged_hash(f"{_DOMAIN}/application-secret", secret.encode("utf-8"))


def derive_secret(key: str, salt: bytes) -> str:
    """The secret that goes with an idempotency key, so that a repeated request gets it again."""
    return b64u_encode(tagged_hash(f"{_DOMAIN}/application-key", key.encode("ascii"), salt))


def hash_key(key: str) -> bytes:
    """What is kept of an idempotency key."""
    return tagged_hash(f"{_DOMAIN}/idempotency-key", key.encode("ascii"))


def hash_request(*parts: str) -> bytes:
    """What is kept of a request, to know it again."""
    return tagged_hash(f"{_DOMAIN}/request", *(part.encode("utf-8") for part in parts))


def application_entry(application: Application) -> bytes:
    """The log entry of an application as it came in."""
    return canonical(
        {
            "version": ENTRY_VERSION,
            "number": application.number,
            "service": application.service,
            "round": application.round,
            "service_digest": application.service_digest.hex(),
            "date": application.date.isoformat(),
            "trial": application.trial,
            "received": format_time(application.received),
            "salt": b64u_encode(application.salt),
        }
    )
