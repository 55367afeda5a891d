"""Files that are looked at and not kept: hashed as they arrive, bounded in size and time."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from api.actions.issue_paper import ENTRY_VERSION
from api.actions.verify_paper import CODE, MAX_CODE_TEXT, SeenFile
from api.http.problems import ProblemError

MAX_FILE_BYTES: Final = 8 << 20
MAX_UPLOAD_BYTES: Final = MAX_FILE_BYTES + 4096
"""A file with the words of the form around it."""
MAX_SMALL_BYTES: Final = 4096
UPLOAD_SECONDS: Final = 60.0
"""A telephone on a slow line sends a paper of ours in a second or two."""
MAX_PARTS: Final = 8
_MARK: Final = re.compile(rf"{ENTRY_VERSION}:({CODE})".encode("ascii"))
_OVERLAP: Final = 128
"""More than a mark has: one that lies over two chunks is found as well."""
_FORM: Final = "multipart/form-data"


@dataclass(slots=True)
class Sketch:
    """What is kept of a file while it passes by."""

    size: int = 0
    mark: str | None = None
    _sha256: "hashlib._Hash" = field(default_factory=hashlib.sha256, repr=False)
    _tail: bytes = field(default=b"", repr=False)

    def add(self, chunk: bytes) -> None:
        """The next piece.

        Raises:
            ProblemError: the file is too long.
        """
        self.size += len(chunk)
        if self.size > MAX_FILE_BYTES:
            raise ProblemError("http.content_too_large", _CLOSE)
        self._sha256.update(chunk)
        if self.mark is None:
            found = _MARK.search(seen := self._tail + chunk)
            self.mark = found[1].decode("ascii") if found else None
            self._tail = seen[-_OVERLAP:]

    def seen(self) -> SeenFile | None:
        """The file as it is checked; None where it is empty."""
        return SeenFile(self._sha256.digest(), self.mark) if self.size else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form held: a file, or text of a QR."""

    file: SeenFile | None
    code: str


async def read_file(request: Request) -> SeenFile:
    """The whole body as a file.

    Raises:
        ProblemError: empty, too long, or too slow.
    """
    sketch = Sketch()
    async with _in_time():
        async for chunk in _arriving(request):
            sketch.add(chunk)
    seen = sketch.seen()
    if seen is None:
        raise ProblemError("paper.nothing_sent")
    return seen


async def read_small(request: Request) -> bytes:
    """A short body as it is.

    Raises:
        ProblemError: too long, or too slow.
    """
    data = bytearray()
    async with _in_time():
        async for chunk in _arriving(request, MAX_SMALL_BYTES):
            data += chunk
    return bytes(data)


async def read_form(request: Request) -> Sent:
    """A form with a file, or with text.

    Raises:
        ProblemError: no such form, empty, too long, or too slow.
    """
    kind, options = parse_options_header(request.headers.get("content-type", "")[:200])
    boundary = options.get(b"boundary", b"")
    if kind != _FORM.encode("ascii") or not boundary:
        raise ProblemError("http.unsupported_media_type")
    form = _Form()
    parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type] # bound methods
    try:
        async with _in_time():
            async for chunk in _arriving(request):
                parser.write(chunk)
        parser.finalize()
    except MultipartParseError as error:
        raise ProblemError("http.bad_request") from error
    sent = Sent(form.sketch.seen(), form.text())
    if sent.file is None and not sent.code:
        raise ProblemError("paper.nothing_sent")
    return sent


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """A body that arrives too slowly, or not wholly, is a problem like others."""
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            yield
    except TimeoutError as error:
        raise ProblemError("http.request_timeout", _CLOSE) from error
    except ClientDisconnect as error:
        raise ProblemError("http.bad_request", _CLOSE) from error


async def _arriving(request: Request, most: int = MAX_UPLOAD_BYTES) -> AsyncIterator[bytes]:
    """The body's chunks as long as they are not too many bytes together."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise ProblemError("http.content_too_large", _CLOSE)
        yield chunk


_CLOSE: Final = {"Connection": "close"}


@dataclass(slots=True)
class _Form:
    """Takes a form's parts as the parser finds them; the first file and the first text count."""

    sketch: Sketch = field(default_factory=Sketch)
    _typed: bytearray = field(default_factory=bytearray)
    _names: list[bytes] = field(default_factory=list)
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._field,
            "on_header_value": self._content,
            "on_header_end": self._end_header,
            "on_part_data": self._data,
        }

    def text(self) -> str:
        return self._typed.decode("utf-8", "replace").strip()

    def _begin(self) -> None:
        self._names.append(b"")
        if len(self._names) > MAX_PARTS:
            raise ProblemError("http.bad_request", _CLOSE)

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _content(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            name = parse_options_header(bytes(self._value))[1].get(b"name", b"")
            self._names[-1] = name if name not in self._names[:-1] else b""
        self._header.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._names[-1] == b"file":
            self.sketch.add(data[start:end])
        elif self._names[-1] == b"code" and len(self._typed) <= 4 * MAX_CODE_TEXT:
            self._typed += data[start:end]
