"""The folders that are written while the service runs."""

from pathlib import Path

from api.settings import Settings
from api.store.engines import parse_url, sqlite_path


def written_folders(settings: Settings) -> tuple[Path, ...]:
    """Each once: of the chain, of what is published, of measures, ledger and SQLite's file."""
    path = sqlite_path(parse_url(settings.database.reveal()))
    folders = [
        settings.chain,
        settings.measures,
        settings.published,
        settings.destructions.parent,
        *([] if path is None else [path.parent]),
    ]
    return tuple(dict.fromkeys(folders))
