"""A credential that stands for a file: the issuer signs a salted digest, never the file itself.

The salt (32 random bytes) travels with the file. Without it neither the credential nor the log
says anything about the file, not even to somebody who has a copy and guesses.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from contracts.evidence.document import Document
from contracts.evidence.encoding import (
    HASH_BYTES,
    Json,
    b64u_decode,
    b64u_encode,
    canonical,
    evidence_hash,
)
from contracts.evidence.errors import EncodingError, ProofError
from verifier.credential.bundle import (
    EvidenceBundle,
    bundle_json,
    parse_carrier,
    read_bundle,
)
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import Hidden
from verifier.credential.keys import Randomness
from verifier.credential.sdjwt import MAX_PRESENTATION_CHARS, check_holder
from verifier.credential.standing import Policy, Standing
from verifier.credential.status import Status
from verifier.credential.trust import Issuance, TrustMaterial
from verifier.credential.validity import numeric_date
from verifier.errors import BundleFormError, FileClaimError, IssuanceError, OtherFileError

DOCUMENT_VERSION: Final = "dojang-document-v1"
FILE_CLAIM: Final = "file"
SALT_BYTES: Final = 32
_DIGEST: Final = "digest"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """What is kept beside a file: its credential, its salt (32 bytes), and evidence. Unverified."""

    credential: str
    salt: bytes
    evidence: EvidenceBundle


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A file that is what an issuer issued, and is valid at the moment of checking.

    ``digest`` is the salted one (32 bytes). ``issuance`` says when it was anchored. ``status`` is
    None if the credential has none and the policy allows that.
    """

    vct: str
    issuer: str
    digest: bytes
    expires: datetime
    status: Status | None
    issuance: Issuance
    place: LogPlace


def file_digest(file: bytes, salt: bytes) -> bytes:
    """``tr("file", salt, SHA-256(file))``, 32 bytes.

    Raises:
        IssuanceError: the salt has not 32 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise IssuanceError(f"a file's salt has {SALT_BYTES} bytes")
    return evidence_hash("file", salt, hashlib.sha256(file).digest())


def file_claim(file: bytes, rng: Randomness) -> tuple[dict[str, Hidden], bytes]:
    """The claim by which a credential stands for a file, and the fresh salt to keep with the file.

    Returns:
        A member for ``CredentialOrder.claims``, selectively disclosable, and 32 bytes.
    """
    salt = rng(SALT_BYTES)
    return {FILE_CLAIM: Hidden({_DIGEST: b64u_encode(file_digest(file, salt))})}, salt


def encode_document(document: DocumentFile) -> bytes:
    """The canonical bytes of a document file."""
    return canonical(
        {
            "version": DOCUMENT_VERSION,
            "credential": document.credential,
            "salt": document.salt.hex(),
            "evidence": bundle_json(document.evidence),
        }
    )


def decode_document(data: bytes) -> DocumentFile:
    """Parse a document file.

    Raises:
        BundleFormError: not JSON of this version, or a malformed part.
    """
    try:
        document = Document.of(parse_carrier(data), "document")
        document.version(DOCUMENT_VERSION)
        credential = document.text("credential", MAX_PRESENTATION_CHARS)
        salt = document.data("salt", SALT_BYTES)
        evidence = read_bundle(document.document("evidence"))
        document.close()
    except (EncodingError, ProofError) as error:
        raise BundleFormError(str(error)) from error
    return DocumentFile(credential, salt, evidence)


def verify_document(
    file: bytes, document: DocumentFile, material: TrustMaterial, at: datetime, policy: Policy
) -> VerifiedDocument:
    """Verify that a file is what an issuer issued, anchored, and valid at a moment.

    Args:
        file: the file's bytes.
        document: its credential and salt; the evidence in it counts only through ``material``.
        material: the trust snapshot and fetched evidence, assembled.
        at: the moment of checking, aware.
        policy: what this verifier insists on; its key binding and person settings play no part.

    Raises:
        RejectedError: a check found something wrong: C-60 and C-61, or those of the credential.
        UndeterminedError: something could not be checked.

    Not checked: who shows the file. Whoever has file and salt may show them.
    """
    standing = Standing(material, at, policy)
    believed = standing.believe(
        document.credential,
        lambda presentation, claims: check_holder(presentation, claims, None, at),
    )
    claims = believed.claims
    digest = _claimed_digest(claims)
    if not hmac.compare_digest(digest, file_digest(file, document.salt)):
        raise OtherFileError("file and salt do not lead to the digest that the issuer signed")
    return VerifiedDocument(
        vct=str(claims["vct"]),
        issuer=str(claims["iss"]),
        digest=digest,
        expires=datetime.fromtimestamp(numeric_date(claims, "exp"), UTC),
        status=believed.status,
        issuance=believed.issuance,
        place=believed.place,
    )


def _claimed_digest(claims: Mapping[str, Json]) -> bytes:
    claim = claims.get(FILE_CLAIM)
    text = claim[_DIGEST] if isinstance(claim, dict) and claim.keys() == {_DIGEST} else None
    try:
        digest = b64u_decode(text) if isinstance(text, str) else b""
    except EncodingError:
        digest = b""
    if len(digest) != HASH_BYTES:
        raise FileClaimError("the credential discloses no salted digest of a file")
    return digest
