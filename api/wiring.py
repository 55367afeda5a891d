"""The composition root: the only module that names adapters."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

from api.app import create_app
from api.demo.checking import check_folder
from api.demo.folder import KINDS, SNAPSHOT
from api.health import Health
from api.pages.trails import load_demo
from api.settings import Settings
from contracts.chain.embedded import EmbeddedLedger


@contextmanager
def wire(settings: Settings, demo: Path) -> Iterator[FastAPI]:
    """The application on its adapters; they are closed at the end.

    Raises:
        DemoError: a demonstration's folder cannot be read.
        EvidenceError: the chain cannot be opened, or is another one than stored.
    """
    reports = {
        kind: check_folder(demo / kind, (demo / kind / SNAPSHOT).read_bytes()) for kind in KINDS
    }
    shown = [load_demo(kind, demo / kind, report) for kind, report in reports.items()]
    with EmbeddedLedger(settings.chain) as ledger:
        health = Health(ledger, {kind: report.ok for kind, report in reports.items()})
        yield create_app(shown, health)
