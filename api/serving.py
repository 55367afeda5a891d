"""``dojang serve``: one process on one port, stopped gracefully by a signal."""

import socket
import sys
from pathlib import Path
from typing import Final

import uvicorn

from api.demo.errors import DemoError
from api.settings import Settings, SettingsError
from api.wiring import wire
from contracts.evidence.errors import EvidenceError

STOP_SECONDS: Final = 10
BACKLOG: Final = 128


def serve(demo: Path) -> int:
    """Serve until stopped.

    Returns:
        0 after a signal, 1 if the service could not start; why is said on standard error.
    """
    try:
        settings = Settings.from_environment()
        with wire(settings, demo) as app, _listen(settings) as listener:
            port = listener.getsockname()[1]
            config = uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
            sys.stderr.write(f"dojang: http://localhost:{port}\n")
            sys.stderr.flush()
            server = uvicorn.Server(config)
            server.run(sockets=[listener])
            return 0 if server.started else 1
    except (SettingsError, DemoError, EvidenceError) as error:
        sys.stderr.write(f"dojang: {error} ({error.code})\n")
    except OSError as error:
        place = error.filename or "the address cannot be listened on; set PORT to another one"
        sys.stderr.write(f"dojang: {error.strerror}: {place} (serve.start)\n")
    return 1


def _listen(settings: Settings) -> socket.socket:
    """A listening socket, opened before anything is said to be served."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
