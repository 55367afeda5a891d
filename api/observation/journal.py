"""The journal: one JSON object a line, made of known fields only.

What may stand in a line is a closed list of fields: codes, counts, route templates, durations.
Whatever else a caller or a library gives is left out, because texts of errors and libraries may
hold a person's data. Exceptions are told by class, code and place in the program, never by text.
"""

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final, TextIO, cast

import structlog

from api.observation.lines import Lines

FIELDS: Final = frozenset(
    {
        "agency",
        "alarm",
        "at",
        "attempts",
        "code",
        "column",
        "count",
        "done",
        "event",
        "exception",
        "frames",
        "job",
        "kind",
        "level",
        "library",
        "line",
        "log",
        "method",
        "milliseconds",
        "missed",
        "pid",
        "process",
        "request",
        "route",
        "seconds",
        "service",
        "status",
    }
)
MAX_FRAMES: Final = 12
_QUIET: Final = logging.WARNING
_SPOKEN: Final = frozenset({"uvicorn.error"})
"""Libraries whose unfilled message texts are known to hold nothing of a request."""


def open_journal(stream: TextIO = sys.stdout) -> None:
    """Send everything that is told about the running process to a stream, as JSON lines.

    Args:
        stream: with a descriptor. A full disk behind it fails nothing; see ``Lines``.
    """
    lines = Lines(stream.fileno())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _MissedLines(lines),
            _known_fields,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", lines)),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Libraries()]
    root.setLevel(_QUIET)
    for name in _SPOKEN | {"uvicorn"}:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.setLevel(logging.NOTSET)
        library.propagate = True
    sys.excepthook = _process_died
    threading.excepthook = _thread_died


def note(event: str, **fields: object) -> None:
    """Write one line.

    Args:
        event: what happened, as ``request`` or ``worker.round``.
        fields: of ``FIELDS``; others are left out.
    """
    structlog.get_logger().info(event, **fields)


def warn(event: str, **fields: object) -> None:
    """Write one line about something that somebody should look at."""
    structlog.get_logger().warning(event, **fields)


def describe(error: BaseException) -> dict[str, object]:
    """An exception without its text: class, stable code, and where in the program it came from."""
    frames = extract_tb(error.__traceback__)[-MAX_FRAMES:]
    return {
        "exception": type(error).__name__,
        "code": str(getattr(error, "code", "")) if _is_ours(error) else "",
        "frames": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames],
    }


def _is_ours(error: BaseException) -> bool:
    """Codes of our own classes are constants; other libraries' may be anything."""
    package = type(error).__module__.partition(".")[0]
    return package in {"api", "contracts", "verifier", "voting"}


def _known_fields(
    _logger: Any,  # noqa: ANN401 - structlog's interface
    _method: str,
    line: MutableMapping[str, Any],
) -> Mapping[str, Any]:
    return {name: value for name, value in line.items() if name in FIELDS}


@dataclass(frozen=True, slots=True)
class _MissedLines:
    """Lets a line say how many before it were late or are lost."""

    lines: Lines

    def __call__(
        self,
        _logger: Any,  # noqa: ANN401 - structlog's interface
        _method: str,
        line: MutableMapping[str, Any],
    ) -> MutableMapping[str, Any]:
        if self.lines.missed:
            line["missed"] = self.lines.missed
        return line


class _Libraries(logging.Handler):
    """What libraries log: who and how bad, with the text only where it is known to be harmless."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, object] = {"library": record.name.partition("/")[0][:64]}
        if record.name in _SPOKEN and isinstance(record.msg, str):
            fields["kind"] = record.msg.strip()
        if record.exc_info and record.exc_info[1]:
            fields |= describe(record.exc_info[1])
        structlog.get_logger().warning("library", **fields)


def _process_died(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    warn("process.died", **describe(error))


def _thread_died(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        warn("thread.died", **describe(told.exc_value))
