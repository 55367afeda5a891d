"""No top-level name stands in the product that no command and no page reaches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.reachability import Module, Name, read_product, unreached

ROOT: Final = Path(__file__).parents[2]
AWAITED: Final = {
    "a library's whole check of one answer, for whoever embeds the verifier without our rules": """
        verifier.credential.verification:verify
        verifier.credential.verification:VerifiedPresentation
        verifier.credential.request:fresh_nonce
    """,
    "what lints the files of services, in tests": """
        verifier.eligibility.sourcing:*
    """,
    "rounds over their quota, and the desk of bulk issuance": """
        verifier.eligibility.ranking:* verifier.eligibility.errors:RankingError
        verifier.eligibility.desk:* verifier.eligibility.desk_cases:*
        verifier.eligibility.errors:DeskError
    """,
    "a wallet's and an auditor's own side of what the service answers": """
        api.openid.offering:ParsedOffer api.openid.offering:parse_offer
        api.openid.offering:_MAX_DESCRIPTION api.openid.offering:_check_tx_code
        api.openid.offering:_grant api.openid.errors:OfferFormError
        verifier.credential.file_digest:encode_document verifier.credential.file_digest:file_claim
        verifier.credential.status:parse_status_token
        contracts.evidence.monitor:Monitor contracts.evidence.errors:BrokenPromiseError
        contracts.evidence.promise:open_promise contracts.evidence.promise:_LINES
        contracts.evidence.promise:_origin_of
    """,
    "the poll as a service: what its devices, its registrars and its judges do": """
        voting.crypto.ballot_proof:seal_with_given_secrets_for_vectors
        voting.crypto.ceremony_judge:judge_view voting.crypto.ceremony_judge:_ANSWERED
        voting.crypto.tokens:verify_token
        voting.keeping.deciding:* voting.keeping.disk:FileDecisions
        voting.keeping.errors:DecidedChoiceError voting.poll.roll:CHALLENGE_BYTES
        voting.poll.roll:Request voting.poll.roll:registration_nonce
        voting.poll.token_log:check_order voting.poll.token_log:read_entries
        voting.simulate.publication:final_checkpoint
    """,
    "whole turns of what is otherwise done in pieces, and lists that tests compare with": """
        api.actions.keep_session:forget_sessions api.operation.jobs:retain
        api.operation.destroying:replay api.operation.destroying:BY_REQUEST
        api.http.problem_kinds:AREAS api.ports.unfinished:MOST_BYTES
    """,
}
"""What only tests reach today, and for what it is kept. Nothing is added without a reason."""


def entries(modules: dict[str, Module]) -> list[Name]:
    """Commands; and migrations, which are found by their folder."""
    commands = [(name, "") for name in modules if name.endswith("__main__")]
    moving = [
        (name, owned)
        for name, module in modules.items()
        if name.startswith("api.migrations")
        for owned in ("", *module.owned)
    ]
    return [*commands, ("api.cli", "main"), *moving]


def awaited() -> Iterator[str]:
    for names in AWAITED.values():
        yield from names.split()


@pytest.fixture(scope="module")
def dead() -> list[str]:
    modules = dict(read_product(ROOT))
    return unreached(modules, entries(modules))


def is_awaited(name: str) -> bool:
    return name in set(awaited()) or f"{name.partition(':')[0]}:*" in set(awaited())


def test_everything_else_is_reached(dead: list[str]) -> None:
    assert [name for name in dead if not is_awaited(name)] == []


def test_what_is_awaited_is_still_awaited(dead: list[str]) -> None:
    modules = {name.partition(":")[0] for name in dead}
    stale = [
        name
        for name in awaited()
        if name not in dead and not (name.endswith(":*") and name[:-2] in modules)
    ]
    assert stale == []


def test_a_name_that_nobody_speaks_of_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "api"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "cli.py").write_text("from api import words\n\ndef main():\n    words.said()\n")
    (folder / "words.py").write_text("def said():\n    pass\n\ndef never():\n    never()\n")
    modules = read_product(tmp_path)
    assert unreached(modules, [("api.cli", "main")]) == ["api.words:never"]
