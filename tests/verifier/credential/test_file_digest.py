"""Files that a credential stands for: C-60, C-61, and what a credential must pass anyway."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import b64u_encode
from contracts.evidence.merkle import Tree
from contracts.evidence.snapshot import Ending
from tests.simulators.issuer import Seeded, answer, material
from tests.simulators.world import World
from verifier.credential.bundle import EvidenceBundle
from verifier.credential.errors import (
    ExpiredError,
    KeyBindingSignatureError,
    RepeatedDisclosureError,
    SignatureError,
    TokenTypeError,
)
from verifier.credential.file_digest import (
    DocumentFile,
    VerifiedDocument,
    decode_document,
    encode_document,
    file_claim,
    file_digest,
    verify_document,
)
from verifier.credential.issuance import Claim, Hidden, IssuedCredential
from verifier.credential.keys import SigningKey
from verifier.credential.standing import Policy
from verifier.credential.status import Status
from verifier.credential.trust import TrustMaterial
from verifier.errors import (
    BundleFormError,
    FileClaimError,
    InclusionUnknownError,
    IssuanceError,
    KeyCompromisedError,
    NotInLogError,
    OtherFileError,
    PendingAnchorError,
    RevokedError,
    StatusUndeterminedError,
    UnknownIssuerError,
)

Issued = tuple[IssuedCredential, bytes]


def check(world: World, file: bytes, document: DocumentFile) -> VerifiedDocument:
    trust = TrustMaterial.assemble(world.chain.snapshot(), document.evidence)
    return verify_document(file, document, trust, world.chain.now, Policy())


def test_the_right_file_is_what_its_issuer_issued(
    world: World, file: bytes, document: DocumentFile
) -> None:
    verified = check(world, file, document)
    assert (verified.issuer, verified.vct) == (world.issuer.iss, world.issuer.vct)
    assert verified.digest == file_digest(file, document.salt)
    assert verified.issuance.time == world.chain.now
    assert verified.status is Status.VALID
    assert verified.expires == world.chain.now + timedelta(days=180)


def test_a_changed_file_is_refused(world: World, file: bytes, document: DocumentFile) -> None:
    for changed in (file + b"\n", file[:-1], b"", bytes([file[0] ^ 1]) + file[1:]):
        with pytest.raises(OtherFileError):
            check(world, changed, document)


def test_another_salt_is_refused(world: World, file: bytes, document: DocumentFile) -> None:
    with pytest.raises(OtherFileError):
        check(world, file, replace(document, salt=bytes(32)))


def test_the_credential_of_another_file_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    claim, salt = file_claim(b"another", Seeded(b"more"))
    other = world.issuer.issue(claim, world.holder)
    world.issuer.anchor()
    swapped = DocumentFile(other.text, salt, world.issuer.evidence())
    check(world, b"another", swapped)
    with pytest.raises(OtherFileError):
        check(world, file, swapped)
    with pytest.raises(OtherFileError):
        check(world, b"another", replace(document, evidence=swapped.evidence))


def test_a_revoked_document_is_refused(
    world: World, file: bytes, document: DocumentFile, issued_for_file: Issued
) -> None:
    world.issuer.set_status(issued_for_file[0], 1)
    with pytest.raises(RevokedError):
        check(world, file, replace(document, evidence=world.issuer.evidence()))
    with pytest.raises(StatusUndeterminedError):  # the list from before the revocation, shown again
        check(world, file, document)


def test_a_document_that_is_not_anchored_is_undetermined(
    world: World, file: bytes, issued_for_file: Issued
) -> None:
    credential, salt = issued_for_file
    evidence = world.issuer.evidence()
    with pytest.raises(PendingAnchorError):
        check(world, file, DocumentFile(credential.text, salt, evidence))
    world.issuer.anchor()
    with pytest.raises(InclusionUnknownError):
        check(world, file, DocumentFile(credential.text, salt, evidence))
    check(world, file, DocumentFile(credential.text, salt, world.issuer.evidence()))


def test_a_document_whose_log_shows_another_leaf_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    claim, salt = file_claim(file, Seeded(b"forged"))
    world.issuer.tree, kept = Tree(), world.issuer.tree
    credential = world.issuer.issue(claim, world.holder)
    world.issuer.tree = kept
    with pytest.raises(NotInLogError):
        check(world, file, DocumentFile(credential.text, salt, document.evidence))


def test_an_expired_document_is_refused(world: World, file: bytes, document: DocumentFile) -> None:
    world.chain.wait(timedelta(days=180))
    with pytest.raises(ExpiredError):
        check(world, file, document)


def test_a_document_under_a_stolen_key_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    world.issuer.end_key(Ending.COMPROMISED)
    with pytest.raises(KeyCompromisedError):
        check(world, file, document)


def test_a_document_of_a_stranger_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    claim, salt = file_claim(file, Seeded(b"more"))
    stranger = SigningKey.generate(Seeded(b"stranger"))
    forged = world.issuer.issue(claim, world.holder, key=stranger)
    world.chain.issuers.pop(world.issuer.iss)
    with pytest.raises(UnknownIssuerError):
        check(world, file, replace(document, credential=forged.text, salt=salt))


def test_a_changed_signature_or_repeated_disclosure_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    token, disclosure, _ = document.credential.split("~")
    head, signature = token.rsplit(".", 1)
    flipped = f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    with pytest.raises(SignatureError):
        check(world, file, replace(document, credential=f"{flipped}~{disclosure}~"))
    twice = f"{token}~{disclosure}~{disclosure}~"
    with pytest.raises(RepeatedDisclosureError):
        check(world, file, replace(document, credential=twice))


def test_a_key_binding_that_nobody_asked_for_must_be_by_the_holder(
    world: World, file: bytes, document: DocumentFile, issued_for_file: Issued
) -> None:
    request, paths = world.request(), [("file",)]
    bound = answer(issued_for_file[0], world.holder, request, paths, world.chain.now)
    check(world, file, replace(document, credential=bound))
    head, _, signature = bound.rpartition(".")
    flipped = f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    with pytest.raises(KeyBindingSignatureError):
        check(world, file, replace(document, credential=flipped))


def test_another_type_of_token_is_no_document(
    world: World, file: bytes, document: DocumentFile
) -> None:
    with pytest.raises(TokenTypeError):
        check(world, file, replace(document, credential=f"{world.issuer.token}~"))


@pytest.mark.parametrize(
    "claim",
    [
        {},
        {"file": Hidden(b64u_encode(bytes(32)))},
        {"file": Hidden({"digest": b64u_encode(bytes(31))})},
        {"file": Hidden({"digest": "not base64url"})},
        {"file": Hidden({"digest": 1})},
        {"file": Hidden({"digest": b64u_encode(bytes(32)), "more": 1})},
        {"other": Hidden({"digest": b64u_encode(bytes(32))})},
    ],
)
def test_a_credential_without_a_digest_of_a_file_is_refused(
    claim: dict[str, Claim], world: World, file: bytes
) -> None:
    credential = world.issuer.issue(claim, world.holder)
    world.issuer.anchor()
    with pytest.raises(FileClaimError):
        check(world, file, DocumentFile(credential.text, bytes(32), world.issuer.evidence()))


def test_a_digest_that_is_kept_back_is_refused(
    world: World, file: bytes, document: DocumentFile
) -> None:
    hidden = document.credential.split("~")[0] + "~"
    with pytest.raises(FileClaimError):
        check(world, file, replace(document, credential=hidden))


def test_what_is_signed_says_nothing_of_a_file_without_its_salt(
    file: bytes, document: DocumentFile
) -> None:
    digest = file_digest(file, document.salt)
    assert digest != file_digest(file, bytes(32))
    assert document.salt.hex() not in document.credential
    with pytest.raises(IssuanceError):
        file_digest(file, b"")


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_no_two_files_share_a_digest_under_one_salt(one: bytes, two: bytes) -> None:
    salt = bytes(range(32))
    assert (file_digest(one, salt) == file_digest(two, salt)) == (one == two)


def test_a_document_file_is_read_back_and_nothing_else(document: DocumentFile) -> None:
    data = encode_document(document)
    assert decode_document(data) == document
    for broken in (
        b"",
        b"[]",
        data[:-1],
        data.replace(b"document-v1", b"document-v2"),
        data.replace(b'"salt":"', b'"salt":"00'),
        data.replace(b'"credential"', b'"certificate"'),
        data.replace(b'{"credential"', b'{"a":1,"credential"'),
    ):
        with pytest.raises(BundleFormError):
            decode_document(broken)


def test_evidence_of_others_does_not_count(
    world: World, file: bytes, document: DocumentFile
) -> None:
    with pytest.raises(InclusionUnknownError):
        check(world, file, replace(document, evidence=EvidenceBundle()))
    trust = material(world.issuer)
    verify_document(file, document, trust, world.chain.now, Policy())
