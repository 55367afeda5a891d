"""PostgreSQL's driver with a bound on every wait: for a server that stands still and says nothing.

``statement_timeout`` is the server's. A server that was stopped, or whose machine is gone, keeps
its connections open and never answers: then it is the client that has to give up.
"""

from functools import cache
from typing import Any

import psycopg
from psycopg import errors


@cache
def bounded_connection(seconds: float) -> type[psycopg.Connection[Any]]:
    """The driver's connection, with a bound on the wait for each answer."""

    class BoundedConnection(psycopg.Connection[Any]):
        """Closed as soon as an answer does not come in time: nothing is known of it any more."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 - the driver's own
            """As the driver's, but not longer."""
            bound = seconds if timeout is None else min(timeout, seconds)
            try:
                return super().wait(gen, interval, bound)
            except errors._WaitTimeout:  # noqa: SLF001 - the driver has no other name for it
                self.pgconn.finish()
                raise errors.OperationalError("the server did not answer in time") from None

    return BoundedConnection
