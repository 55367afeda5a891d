"""Compiled contracts as the package carries them. Nothing compiles at run time."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

CONTRACT_NAMES: Final = ("CheckpointLog", "IssuerRegistry", "StatusRegistry")
"""In the order of deployment."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Code of one contract: what deploys it, and what then stands at its address."""

    name: str
    creation_code: bytes
    runtime_code: bytes


@cache
def load_artifact(name: str) -> Artifact:
    """The artifact of a contract, by its name."""
    text = (files("contracts.artifacts") / f"{name}.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return Artifact(
        name,
        bytes.fromhex(document["bytecode"]),
        bytes.fromhex(document["deployedBytecode"]),
    )
