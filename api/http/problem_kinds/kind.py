"""One kind of problem."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A problem as it is told.

    Args:
        code: stable; programs and tests rely on it.
        status: HTTP status.
        ko: one plain sentence in Korean, which says what to do where something can be done.
        en: the same in English.
    """

    code: str
    status: int
    ko: str
    en: str
