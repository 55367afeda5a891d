"""The processes of ``dojang serve``: started, started again when they die, stopped in order.

The supervisor itself opens nothing: no database, no chain, no thread. It holds the listening
sockets, so that a new process takes over where a dead one left. If the supervisor itself is killed,
its processes notice by the end of a pipe, and stop. A process that is stopped or hangs as a whole
says nothing any more; it is killed after a while and started again, because what it holds, the
database's one right to write for example, is missing for everybody.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Final

from api.observation.journal import note, warn
from api.operation.exits import LASTING

START_SECONDS: Final = 60.0
BEAT_SECONDS: Final = 1.0
"""From one sign of life to the next."""
HANG_SECONDS: Final = 15.0
"""After so long without one, a process is killed."""
FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 5.0
STEADY_SECONDS: Final = 60.0
"""Whoever lived as long is started again at once."""
STOP_SECONDS: Final = 20.0
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_LATEST_LOOK: Final = 1.0
Run = Callable[[Callable[[], None]], int]
"""What a process does: it is given what to call when it is ready, and returns its exit code."""


@dataclass(slots=True)
class Post:
    """A place that one process fills at a time.

    Args:
        name: for the journal.
        run: what its process does.
        stops_last: whether it is stopped after the others.
    """

    name: str
    run: Run
    stops_last: bool = False
    process: ForkProcess | None = None
    ready: Connection | None = None
    begun: float = 0.0
    heard: float = 0.0
    wait: float = FIRST_WAIT
    due: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps the posts filled until a signal comes."""

    posts: Sequence[Post]
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)
    _news: tuple[int, int] = field(default_factory=os.pipe)
    _stopping: bool = False

    def start(self) -> bool:
        """Fill every post, each when the one before is ready.

        A process that ends because of something lasting stops the start; one that something passing
        keeps from working is tried again later, and the others do without it.

        Returns:
            Whether the service can be used.
        """
        for post in self.posts:
            self._fill(post)
            if not self._await(post):
                self.stop()
                return False
        return True

    def watch(self) -> bool:
        """Fill posts whose process died, until a signal comes; then stop all.

        Returns:
            Whether a signal ended it; otherwise something lasting did.
        """
        in_order = True
        while not self._stopping and in_order:
            self._look()
            in_order = all(self._tend(post) for post in self.posts)
        self.stop()
        return in_order

    def stop(self) -> None:
        """Stop those who answer first, and the owner of the chain last."""
        for last in (False, True):
            leaving = [p for p in self.posts if p.stops_last is last and p.process is not None]
            for post in leaving:
                if post.process is not None and post.process.is_alive():
                    post.process.terminate()
            end = time.monotonic() + STOP_SECONDS
            for post in leaving:
                _see_off(post, end)
        for descriptor in (*self._lifeline, *self._news):
            os.close(descriptor)

    def _fill(self, post: Post) -> None:
        context = get_context("fork")
        post.ready, told = context.Pipe(duplex=False)
        post.process = context.Process(target=self._be, args=(post, told), name=post.name)
        post.process.start()
        told.close()
        note("process.started", process=post.name, pid=post.process.pid)
        post.begun = post.heard = time.monotonic()

    def _be(self, post: Post, told: Connection) -> None:
        """What the new process does: follow the supervisor's life, and its own task."""
        os.close(self._lifeline[1])
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        threading.Thread(target=_outlive_nobody, args=(self._lifeline[0],), daemon=True).start()
        raise SystemExit(post.run(lambda: _live(told)))

    def _await(self, post: Post) -> bool:
        """Wait until a new process is ready, or ended; False if that will not change."""
        process, ready = post.process, post.ready
        if process is None or ready is None:
            return False
        wait([ready, process.sentinel], START_SECONDS)
        _listen(post)
        if post.ready is not None:
            return True
        process.join()  # its pipe ended, so it is about to
        return process.exitcode != LASTING

    def _look(self) -> None:
        """Sleep until a process ends, a signal comes, or somebody is due."""
        living = [p.process.sentinel for p in self.posts if p.process is not None]
        ended = wait([self._news[0], *living], _LATEST_LOOK)
        if self._news[0] in ended:
            os.read(self._news[0], 64)
        for post in self.posts:
            _listen(post)

    def _tend(self, post: Post) -> bool:
        """Fill a post that is empty and due; False if filling it again would not help."""
        now = time.monotonic()
        if post.process is not None and _hangs(post, now):
            warn("process.hangs", process=post.name, pid=post.process.pid)
            post.process.kill()
            post.process.join()
        if post.process is not None and not post.process.is_alive():
            post.process.join()
            code = post.process.exitcode
            warn("process.ended", process=post.name, pid=post.process.pid, status=code)
            post.process = None
            if code == LASTING and not post.stops_last:
                return False
            lived = now - post.begun
            post.wait = FIRST_WAIT if lived > STEADY_SECONDS else min(2 * post.wait, LONGEST_WAIT)
            post.due = now + (LONGEST_WAIT if code == LASTING else post.wait)
        if post.process is None and now >= post.due and not self._stopping:
            self._fill(post)
        return True

    @contextmanager
    def told_of_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT end the watch, for as long as the block lasts."""

        def handle(_number: int, _frame: object) -> None:
            self._stopping = True
            os.write(self._news[1], b"!")

        before = {number: signal.signal(number, handle) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _live(told: Connection) -> None:
    """Say that the process is ready, and from then on that it lives."""
    told.send_bytes(b"ready")
    threading.Thread(target=_beat, args=(told,), daemon=True).start()


def _beat(told: Connection) -> None:
    with suppress(OSError):
        while True:
            time.sleep(BEAT_SECONDS)
            told.send_bytes(b"lives")


def _listen(post: Post) -> None:
    """Take the signs of life that have come. While nobody listened, nobody is blamed."""
    if post.ready is None or post.process is None:
        return
    try:
        while post.ready.poll():
            post.ready.recv_bytes()
            post.heard = time.monotonic()
    except (EOFError, OSError):
        post.ready = None  # it has ended


def _hangs(post: Post, now: float) -> bool:
    """Whether a process that was ready has said nothing for too long."""
    was_ready = post.heard > post.begun
    return post.ready is not None and was_ready and now - post.heard > HANG_SECONDS


def _see_off(post: Post, end: float) -> None:
    """Wait for a process that was asked to stop; one that does not is killed."""
    if post.process is None:
        return
    post.process.join(max(0.0, end - time.monotonic()))
    if post.process.is_alive():
        warn("process.killed", process=post.name, pid=post.process.pid)
        post.process.kill()
        post.process.join()


def _outlive_nobody(lifeline: int) -> None:
    """Stop this process when the supervisor is gone: the pipe ends with its writer."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
