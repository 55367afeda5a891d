"""Names that actions and stores both know: of errands that enter logs, and of the logs."""

from typing import Final

LOG_APPEND: Final = "log.append"
APPLICATIONS_LOG: Final = "applications"
PAPERS_LOG: Final = "papers"
