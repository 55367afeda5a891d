"""Errors of actions. Each has a stable code, which ``api.http.problem_kinds`` gives its words.

ActionError
├── UnknownServiceRoundError    no such service, or no such round of it
├── RoundClosedError            the round does not take applications on that day
├── DateNotTodayError           a day was chosen, and this is no trial
├── ApplicationNotFoundError    no such application, or not its secret
└── KeyReusedError              the same idempotency key for another request
"""

from typing import ClassVar


class ActionError(Exception):
    """An action that was refused; nothing was kept. The text is for logs and names nobody."""

    code: ClassVar[str] = "action"


class UnknownServiceRoundError(ActionError):
    """The catalogue has no such service or round."""

    code = "service.unknown"


class RoundClosedError(ActionError):
    """The round's period does not hold the day."""

    code = "service.closed"


class DateNotTodayError(ActionError):
    """Outside of trials an application is of the day on which it comes in."""

    code = "application.date_not_today"


class ApplicationNotFoundError(ActionError):
    """No application has this number and this secret; which of the two is wrong is not told."""

    code = "application.not_found"


class KeyReusedError(ActionError):
    """An idempotency key that stands for another request."""

    code = "idempotency.reused"
