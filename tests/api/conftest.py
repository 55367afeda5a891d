"""Both demonstrations, databases of both engines and the service for every test below."""

from tests.api.databases import (
    clock,
    databases,
    engine,
    lite,
    means,
    parts,
    people,
    storage,
    url,
)
from tests.demonstrations import allowance, audited_once, contest, copy_of

__all__ = [
    "allowance",
    "audited_once",
    "clock",
    "contest",
    "copy_of",
    "databases",
    "engine",
    "lite",
    "means",
    "parts",
    "people",
    "storage",
    "url",
]
