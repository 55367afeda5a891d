"""The worked example of the specification: remade byte for byte, and believed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.evidence.snapshot_file import decode_snapshot
from tests.simulators.example import files
from verifier.credential.bundle import decode_presentation
from verifier.credential.disclosure import parse_disclosure
from verifier.credential.request import decode_request
from verifier.credential.standing import Policy
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import verify
from verifier.errors import (
    RejectedError,
)

FOLDER = Path(__file__).parents[2] / "vectors" / "credential"
SPEC = Path(__file__).parents[3] / "verifier" / "SPEC.md"
AT = datetime(2026, 11, 20, 7, 2, tzinfo=UTC)


def test_the_example_is_remade_byte_for_byte() -> None:
    stored = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert stored == files()


def read() -> tuple[dict[str, tuple[str, ...]], TrustMaterial]:
    presentation = decode_presentation((FOLDER / "presentation.json").read_bytes())
    snapshot = decode_snapshot((FOLDER / "snapshot.json").read_bytes())
    material = TrustMaterial.assemble(snapshot, presentation.evidence)
    return dict(presentation.answers), material


def test_the_example_is_believed() -> None:
    answers, material = read()
    request = decode_request((FOLDER / "request.json").read_bytes())
    verified = verify(answers, request, material, AT, Policy())
    assert dict(verified.credential("work").claims) == {"insured": False, "region": "[시험] 서울"}


def test_the_example_is_not_believed_with_any_part_of_its_token_changed() -> None:
    answers, material = read()
    request = decode_request((FOLDER / "request.json").read_bytes())
    text = answers["work"][0]
    for place in range(0, len(text), 37):
        changed = text[:place] + ("B" if text[place] == "A" else "A") + text[place + 1 :]
        with pytest.raises(RejectedError):
            verify({"work": [changed]}, request, material, AT, Policy())


def test_the_specification_shows_the_example_as_it_is() -> None:
    spec = SPEC.read_text(encoding="utf-8")
    text = (FOLDER / "credential.txt").read_text(encoding="ascii")
    for part in text.split("~")[1:-1]:
        disclosure = parse_disclosure(part)
        assert part in spec
        assert disclosure.digest in spec
    nonce = json.loads((FOLDER / "request.json").read_bytes())["nonce"]
    assert nonce in spec
