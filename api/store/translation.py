"""The driver's errors as the store's: by kind and without the values that their texts may hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from api.ports.errors import (
    StorageConflictError,
    StorageRefusedError,
    StorageUnavailableError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises inside into a ``StorageError``."""
    try:
        yield
    except PoolTimeoutError:
        raise StorageUnavailableError("all connections were in use for too long") from None
    except IntegrityError as error:
        raise StorageConflictError(_constraint(error)) from None
    except (OperationalError, InterfaceError, InternalError) as error:
        kind = type(error.orig).__name__
        raise StorageUnavailableError(f"the database did not do it: {kind}") from None
    except DBAPIError as error:
        kind = type(error.orig).__name__
        raise StorageRefusedError(f"{kind}: {error.statement}") from None


def _constraint(error: IntegrityError) -> str:
    """What was violated: SQLite names columns, PostgreSQL the constraint."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(error.orig) if diagnosis is None else str(diagnosis.constraint_name)
