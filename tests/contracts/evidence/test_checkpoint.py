"""Signed checkpoints and receipts: what is accepted, and every nearby forgery."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint_text,
    sign_checkpoint,
)
from contracts.evidence.errors import CheckpointError, EvidenceError, ProofError
from contracts.evidence.merkle import Tree, leaf_hash, prove_inclusion
from contracts.evidence.note import LogKey
from contracts.evidence.receipt import Receipt, check_receipt, parse_receipt

ORIGIN = "dojang.example/log"
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = LogKey(ORIGIN, SIGNER.public_key().public_bytes_raw())
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHECKPOINT = Checkpoint(ORIGIN, 7, leaf_hash(b"root"))
NOTE = sign_checkpoint(CHECKPOINT, SIGNER)

# The key of the worked example in the Go package golang.org/x/mod/sumdb/note (BSD-3-Clause),
# whose signature over the text below is published there.
PUBLISHED_KEY = LogKey(
    "PeterNeumann", base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
)


def test_key_id_matches_the_published_key() -> None:
    assert PUBLISHED_KEY.key_id.hex() == "c74f20a3"


def test_checkpoint_is_read_back() -> None:
    assert open_checkpoint(NOTE, [KEY]) == CHECKPOINT


def test_unknown_signatures_beside_the_logs_own_are_ignored() -> None:
    other = "— witness.example " + base64.b64encode(b"abcd" + bytes(64)).decode() + "\n"
    assert open_checkpoint(NOTE + other, [KEY]) == CHECKPOINT


def test_another_keys_checkpoint_is_refused() -> None:
    with pytest.raises(CheckpointError):
        open_checkpoint(sign_checkpoint(CHECKPOINT, STRANGER), [KEY])


def test_another_logs_checkpoint_by_the_same_key_is_refused() -> None:
    other = sign_checkpoint(Checkpoint("dojang.example/other", 7, leaf_hash(b"root")), SIGNER)
    with pytest.raises(CheckpointError):
        open_checkpoint(other, [KEY])


def test_a_checkpoint_without_trusted_keys_is_refused() -> None:
    with pytest.raises(CheckpointError):
        open_checkpoint(NOTE, [])


def test_a_checkpoint_under_another_logs_key_is_refused() -> None:
    # The note is rightly signed by a key that is trusted, but for another log.
    other = LogKey("dojang.example/other", KEY.public)
    note = sign_checkpoint(CHECKPOINT, STRANGER).rpartition("\n\n")[0] + "\n\n"
    signature = other.key_id + SIGNER.sign(CHECKPOINT.text().encode())
    line = f"— {other.origin} {base64.b64encode(signature).decode()}\n"
    with pytest.raises(CheckpointError):
        open_checkpoint(note + line, [other])


def test_a_note_beyond_the_bound_is_refused() -> None:
    unknown = "— witness.example " + base64.b64encode(b"abcd" + bytes(60_000)).decode() + "\n"
    with pytest.raises(CheckpointError):
        open_checkpoint(NOTE + unknown, [KEY])


def test_every_changed_byte_of_a_note_is_refused() -> None:
    for place in range(len(NOTE)):
        changed = NOTE[:place] + chr(ord(NOTE[place]) ^ 1) + NOTE[place + 1 :]
        with pytest.raises(CheckpointError):
            open_checkpoint(changed, [KEY])


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note[:-1],
        lambda note: note + "\n",
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n7\nextension\n"),
        lambda note: note + "— x " * 70_000,
        lambda note: note + note.rsplit("\n\n", maxsplit=1)[-1] * 16,
        lambda note: note.replace("\n7\n", "\r\n7\n"),
    ],
    ids=["cut", "longer", "no gap", "zero", "extension", "huge", "many signatures", "control"],
)
def test_malformed_notes_are_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(CheckpointError):
        open_checkpoint(change(NOTE), [KEY])


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "x" * 256])
def test_origins_that_are_no_key_names_are_not_signed(origin: str) -> None:
    with pytest.raises(CheckpointError):
        sign_checkpoint(Checkpoint(origin, 1, leaf_hash(b"")), SIGNER)


ROOT_TEXT = "A" * 43 + "="


def test_a_checkpoint_text_is_read() -> None:
    assert parse_checkpoint_text(f"a\n7\n{ROOT_TEXT}\n") == Checkpoint("a", 7, bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n1\nAAAA\n",
        f"a\n{2**60}\n{ROOT_TEXT}\n",
        f"a\n07\n{ROOT_TEXT}\n",
        f"a\n7\n{ROOT_TEXT}\nextension\n",
        f"a\n7\n{'A' * 42}B=\n",
    ],
)
def test_checkpoint_texts_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint_text(text)


def receipt_of(index: int, size: int = 7) -> tuple[Receipt, bytes]:
    tree = Tree()
    tree.extend(leaf_hash(bytes([number])) for number in range(size))
    note = sign_checkpoint(Checkpoint(ORIGIN, size, tree.root()), SIGNER)
    return Receipt(index, prove_inclusion(tree, index, size), note), leaf_hash(bytes([index]))


@pytest.mark.parametrize("index", range(7))
def test_receipt_is_read_back_and_holds(index: int) -> None:
    receipt, leaf = receipt_of(index)
    assert parse_receipt(receipt.text()) == receipt
    assert check_receipt(receipt, leaf, [KEY]).size == 7


def test_receipt_of_the_only_leaf_has_no_path() -> None:
    receipt, leaf = receipt_of(0, size=1)
    assert parse_receipt(receipt.text()) == receipt
    assert check_receipt(receipt, leaf, [KEY]).size == 1


def test_receipt_of_another_entry_is_refused() -> None:
    receipt, _ = receipt_of(3)
    with pytest.raises(ProofError):
        check_receipt(receipt, leaf_hash(b"another"), [KEY])


def test_every_changed_byte_of_a_receipt_is_refused() -> None:
    receipt, leaf = receipt_of(3)
    text = receipt.text()
    for place in range(len(text)):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        with pytest.raises(EvidenceError):
            check_receipt(parse_receipt(changed), leaf, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + ("A" * 43 + "=\n") * 97 + "\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "x" * 200_000,
    ],
    ids=["empty", "version", "zero", "extra", "long path", "short node", "huge"],
)
def test_malformed_receipts_are_refused(text: str) -> None:
    with pytest.raises(ProofError):
        parse_receipt(text)
