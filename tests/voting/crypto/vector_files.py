"""How vector files look and where they are; every file says where it comes from."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors" / "poll"
GENERATOR = "tests/voting/crypto/generate_vectors.py"

Vectors = dict[str, Any]


def describe(about: str, confirmed_by: str, **content: object) -> Vectors:
    """A vector file's content with its origin."""
    return {
        "format": "dojang-poll-v1 vectors",
        "about": about,
        "origin": "synthetic, made for this project",
        "generator": GENERATOR,
        "confirmed_by": confirmed_by,
        "licence": "Apache-2.0",
        "conventions": "bytes in lowercase hexadecimal; scalars in 32 bytes, big-endian; "
        "rejected_by is the number of the check in voting/SPEC.md that must refuse the input",
        **content,
    }


def write(name: str, vectors: Vectors) -> None:
    text = json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / name).write_text(text, encoding="utf-8")


def read(name: str) -> Vectors:
    vectors: Vectors = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return vectors
