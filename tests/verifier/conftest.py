"""A synthetic file with its credential, as somebody who was issued a document keeps them."""

import pytest

from tests.simulators.issuer import Seeded
from tests.simulators.world import World
from verifier.credential.file_digest import DocumentFile, file_claim
from verifier.credential.issuance import IssuedCredential


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def file() -> bytes:
    return "[시험] 졸업증명서 (synthetic)".encode()


@pytest.fixture
def issued_for_file(world: World, file: bytes) -> tuple[IssuedCredential, bytes]:
    """The credential, not anchored yet, and the salt."""
    claim, salt = file_claim(file, Seeded(b"salt"))
    return world.issuer.issue(claim, world.holder), salt


@pytest.fixture
def document(world: World, issued_for_file: tuple[IssuedCredential, bytes]) -> DocumentFile:
    """The document file, anchored, with the evidence of that moment."""
    credential, salt = issued_for_file
    world.issuer.anchor()
    return DocumentFile(credential.text, salt, world.issuer.evidence())
