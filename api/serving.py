"""``dojang serve``: one process on one port, stopped gracefully by a signal."""

import sys
from pathlib import Path

import uvicorn

from api.demo.errors import DemoError
from api.settings import Settings, SettingsError
from api.wiring import wire
from contracts.evidence.errors import EvidenceError

STOP_SECONDS = 10


def serve(demo: Path) -> int:
    """Serve until stopped.

    Returns:
        0 after a signal, 1 if the service could not start; why is said on standard error.
    """
    try:
        settings = Settings.from_environment()
        with wire(settings, demo) as app:
            config = uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
            sys.stderr.write(f"dojang: http://localhost:{settings.port}\n")
            server = uvicorn.Server(config)
            server.run()
            return 0 if server.started else 1
    except (SettingsError, DemoError, EvidenceError) as error:
        sys.stderr.write(f"dojang: {error} ({error.code})\n")
    except OSError as error:
        sys.stderr.write(f"dojang: {error.strerror}: {error.filename} (serve.files)\n")
    return 1
