"""Encoding and decoding of calls, events and errors through the generated bindings."""

import inspect
import json
from importlib.resources import files

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from contracts.bindings import checkpoint_log, issuer_registry, status_registry
from contracts.bindings.checkpoint_log import (
    CheckpointAnchored,
    CheckpointLog,
    HeadResult,
    SequenceMismatch,
)
from contracts.bindings.issuer_registry import IssuerRegistry
from contracts.bindings.status_registry import StatusRegistry
from contracts.chain.abi import decode_words, encode_words
from contracts.evidence.errors import EncodingError

CONTRACTS = (CheckpointLog, IssuerRegistry, StatusRegistry)
HASH = st.binary(min_size=32, max_size=32)
ADDRESS = st.binary(min_size=20, max_size=20)
UINT64 = st.integers(0, 2**64 - 1)


@given(HASH, ADDRESS, UINT64)
def test_words_survive_encoding(word: bytes, address: bytes, number: int) -> None:
    types = ("bytes32", "address", "uint64")
    assert decode_words(types, encode_words(types, (word, address, number))) == (
        word,
        address,
        number,
    )


@given(HASH, UINT64, UINT64, HASH)
def test_call_is_selector_and_words(log: bytes, sequence: int, size: int, root: bytes) -> None:
    words = log + sequence.to_bytes(32, "big") + size.to_bytes(32, "big") + root
    selector = keccak(text="anchor(bytes32,uint64,uint64,bytes32)")[:4]
    assert CheckpointLog.anchor(log, sequence, size, root).data == selector + words


@pytest.mark.parametrize("length", [0, 31, 33])
def test_word_of_another_length_is_not_padded(length: int) -> None:
    with pytest.raises(EncodingError):
        CheckpointLog.log_key(b"\x01" * length)


@pytest.mark.parametrize("length", [19, 21, 32])
def test_address_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(EncodingError):
        CheckpointLog.offer_ownership(b"\x01" * length)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(EncodingError):
        CheckpointLog.checkpoint(b"\x01" * 32, number)
    assert CheckpointLog.checkpoint(b"\x01" * 32, 2**64 - 1).data[-8:] == b"\xff" * 8


def test_result_is_typed() -> None:
    data = bytes(12) + b"\x05" * 20 + (3).to_bytes(32, "big") + (9).to_bytes(32, "big")
    assert CheckpointLog.head(b"\x01" * 32).result(data) == HeadResult(b"\x05" * 20, 3, 9)


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1], lambda data: data + b"\x00", lambda data: b"\x01" + data[1:]],
    ids=["one byte short", "a trailing byte", "padding that is not zero"],
)
def test_damaged_result_is_refused(change: object) -> None:
    data = bytes(12) + b"\x05" * 20 + (3).to_bytes(32, "big") + (9).to_bytes(32, "big")
    with pytest.raises(EncodingError):
        CheckpointLog.head(b"\x01" * 32).result(change(data))


class TestEvents:
    TOPICS = (CheckpointAnchored.TOPIC, b"\x01" * 32, (7).to_bytes(32, "big"))
    DATA = (9).to_bytes(32, "big") + b"\xaa" * 32 + (1_000).to_bytes(32, "big")

    def test_event_is_read_from_topics_and_data(self) -> None:
        expected = CheckpointAnchored(b"\x01" * 32, 7, 9, b"\xaa" * 32, 1_000)
        assert CheckpointAnchored.parse(self.TOPICS, self.DATA) == expected

    @pytest.mark.parametrize(
        "topics",
        [(), TOPICS[:2], (*TOPICS, TOPICS[1]), (b"\x00" * 32, *TOPICS[1:])],
        ids=["none", "one missing", "one too many", "another event"],
    )
    def test_wrong_topics_are_refused(self, topics: tuple[bytes, ...]) -> None:
        with pytest.raises(EncodingError):
            CheckpointAnchored.parse(topics, self.DATA)

    def test_trailing_data_is_refused(self) -> None:
        with pytest.raises(EncodingError):
            CheckpointAnchored.parse(self.TOPICS, self.DATA + bytes(32))


class TestErrors:
    DATA = SequenceMismatch.SELECTOR + encode_words(
        ("bytes32", "uint64", "uint64"), (b"\x01" * 32, 4, 6)
    )

    def test_error_is_read_from_revert_data(self) -> None:
        assert SequenceMismatch.parse(self.DATA) == SequenceMismatch(b"\x01" * 32, 4, 6)

    @pytest.mark.parametrize("data", [b"", DATA[:4], DATA[:-1], b"\x00" + DATA[1:]])
    def test_other_revert_data_is_refused(self, data: bytes) -> None:
        with pytest.raises(EncodingError):
            SequenceMismatch.parse(data)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.NAME)
def test_binding_covers_the_whole_abi(contract: type[CheckpointLog]) -> None:
    text = (files("contracts.artifacts") / f"{contract.NAME}.json").read_text()
    abi = json.loads(text)["abi"]
    functions = [name for name, _ in inspect.getmembers(contract, inspect.isfunction)]
    assert len(functions) == sum(e["type"] in ("function", "constructor") for e in abi)
    assert {e.__name__ for e in contract.EVENTS} == {e["name"] for e in abi if e["type"] == "event"}
    assert {e.__name__ for e in contract.ERRORS} == {e["name"] for e in abi if e["type"] == "error"}


def test_selectors_and_topics_are_unique_within_a_contract() -> None:
    for contract in CONTRACTS:
        assert len({e.SELECTOR for e in contract.ERRORS}) == len(contract.ERRORS)
        assert len({e.TOPIC for e in contract.EVENTS}) == len(contract.EVENTS)


@pytest.mark.parametrize("module", [checkpoint_log, issuer_registry, status_registry])
def test_binding_says_that_it_is_generated(module: object) -> None:
    assert "never edited by hand" in str(module.__doc__)
