"""How a process of the service ends, and how it says why."""

import sys
from typing import Final

STOPPED: Final = 0
"""By a signal, in order."""
PASSING: Final = 75
"""Something is out of reach now: start it again later (``EX_TEMPFAIL`` of sysexits.h)."""
LASTING: Final = 78
"""Starting it again will not help before somebody has seen to it (``EX_CONFIG``)."""


def tell(error: Exception) -> None:
    """Say on standard error what keeps a process from working: one line, no traceback."""
    if isinstance(error, OSError):
        place = error.filename or "the address cannot be listened on; set PORT to another one"
        sys.stderr.write(f"dojang: {error.strerror}: {place} (serve.start)\n")
    else:
        sys.stderr.write(f"dojang: {error} ({getattr(error, 'code', type(error).__name__)})\n")
    sys.stderr.flush()
