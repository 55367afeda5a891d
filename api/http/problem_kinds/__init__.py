"""Every problem that the service tells, by its stable code: HTTP status and sentences.

Each area keeps its own module with one tuple; adding an area means adding its tuple to ``_AREAS``.
"""

from typing import Final

from api.http.problem_kinds.applications import APPLICATIONS
from api.http.problem_kinds.ground import GROUND
from api.http.problem_kinds.identity import IDENTITY
from api.http.problem_kinds.issuers import ISSUERS
from api.http.problem_kinds.kind import ProblemKind
from api.http.problem_kinds.papers import PAPERS
from api.http.problem_kinds.staff import STAFF

_AREAS: Final = (GROUND, APPLICATIONS, STAFF, PAPERS, ISSUERS, IDENTITY)

KINDS: Final[dict[str, ProblemKind]] = {kind.code: kind for area in _AREAS for kind in area}
"""All problems by code; a test sees that no code stands twice."""

AREAS: Final = _AREAS
