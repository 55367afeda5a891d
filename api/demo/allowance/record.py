"""The allowance demonstration's files: where they are, and how they are read back."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.demo.allowance.source import AllowanceSource, CastApplication
from api.demo.folder import Folder
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, format_time
from contracts.evidence.snapshot import TrustSnapshot
from verifier.check import CheckedAnswer, Obstacle, Question, check
from verifier.credential.bundle import PresentationFile, decode_presentation
from verifier.credential.request import PresentationRequest, decode_request
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import BurntNonces
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.decision import DecisionProposal, propose
from verifier.eligibility.disclosure import learned, plan
from verifier.eligibility.evaluation import Outcome
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.wording import Bilingual
from verifier.errors import ReplayedError

OUTCOME_VERSION = "dojang-demo-outcome-v1"
REFUSED = "refused"
WHOLE_ANSWER = Bilingual("제시 전체", "the whole answer")
FILES = ("consent.txt", "consent-proof.json", "request.json", "presentation.json", "outcome.json")
DECIDED = frozenset({"eligible", "not_eligible"})


@dataclass(frozen=True, slots=True)
class AllowanceRecord:
    """Readers for the files of the applications."""

    folder: Folder
    source: AllowanceSource
    run: str

    def path(self, application: CastApplication, name: str) -> str:
        """The path of one of an application's files."""
        return f"applications/{application.id}/{name}"

    def policy(self, application: CastApplication) -> PolicyRound:
        """The rules of an application's round."""
        return load_catalogue().policy(self.source.service, application.round)

    def request(self, application: CastApplication) -> PresentationRequest:
        """What the agency asked."""
        return decode_request(self.folder.read(self.path(application, "request.json")))

    def presentation(self, application: CastApplication) -> PresentationFile:
        """What the wallet answered, with the evidence that was fetched."""
        return decode_presentation(self.folder.read(self.path(application, "presentation.json")))

    def consent_randomness(self, application: CastApplication) -> bytes:
        """The 32 bytes behind the request's nonce."""
        value = self.folder.read_json(self.path(application, "consent-proof.json"))
        part = Document.of(value, "consent proof")
        randomness = part.hash("randomness")
        part.close()
        return randomness

    def anchored_paths(self) -> list[str]:
        """The files in the order in which they must have been anchored."""
        paths = ["source.json", "issuers.json"]
        for round_id in self.source.days:
            entries = self.source.of_round(round_id)
            paths += [self.path(entry, name) for entry in entries for name in FILES]
            decided = [entry for entry in entries if entry.outcome in DECIDED]
            paths += [self.path(entry, "decision.json") for entry in decided]
        return paths


@dataclass(frozen=True, slots=True)
class Judgement:
    """What checking an application gives: the document, and the proposal unless it was refused."""

    document: dict[str, Json]
    proposal: DecisionProposal | None
    burnt: BurntNonces


def judge(
    record: AllowanceRecord,
    application: CastApplication,
    snapshot: TrustSnapshot,
    burnt: BurntNonces,
) -> Judgement:
    """Check an application from its files and a snapshot, at the moment its request was answered.

    The same function runs online, on what the chain says now, and offline, on a saved snapshot.

    Raises:
        VerifierError: the request or the presentation file cannot be used at all.
        FolderError: a file is missing.
    """
    request, policy = record.request(application), record.policy(application)
    presentation = record.presentation(application)
    question = Question(
        request=request,
        policy=policy,
        material=TrustMaterial.assemble(snapshot, presentation.evidence),
        at=request.issued + (request.expires - request.issued) / 2,
        application_date=record.source.days[application.round],
    )
    answer = check(presentation.answers, question)
    try:
        burnt = burnt.burn(answer.replay_key)
    except ReplayedError as error:
        obstacle = Obstacle(error.code, error.check, undetermined=False)
        return Judgement(_document(application, question, {"": obstacle}, None, []), None, burnt)
    proposal = propose(policy, answer.evaluation, f"{record.run}-{application.id}")
    document = _document(
        application, question, answer.obstacles, proposal, _learned(policy, answer)
    )
    return Judgement(document, proposal, burnt)


def _document(
    application: CastApplication,
    question: Question,
    obstacles: Mapping[str, Obstacle],
    proposal: DecisionProposal | None,
    seen: list[Json],
) -> dict[str, Json]:
    return {
        "version": OUTCOME_VERSION,
        "application": application.id,
        "request": question.request.id,
        "checked_at": format_time(question.at),
        "outcome": _outcome(obstacles, proposal),
        "code": _code(obstacles, proposal),
        "obstacles": [
            {
                "what": _what(vct),
                "code": obstacle.code,
                "check": obstacle.check,
                "undetermined": obstacle.undetermined,
            }
            for vct, obstacle in obstacles.items()
        ],
        "proposal": None if proposal is None else proposal.as_json(),
        "learned": seen,
    }


def _outcome(obstacles: Mapping[str, Obstacle], proposal: DecisionProposal | None) -> str:
    """The proposed outcome; where a credential was found wrong, "refused" instead of "unknown".

    A credential that is wrong (revoked, expired, of nobody's leave) and one that could not be
    checked both leave rules unverified, but they are never told as the same thing.
    """
    if proposal is None:
        return REFUSED
    wrong = any(not obstacle.undetermined for obstacle in obstacles.values())
    unverified = proposal.outcome is Outcome.CANNOT_VERIFY
    return REFUSED if wrong and unverified else proposal.outcome.value


def _what(vct: str) -> Json:
    """What an obstacle concerns: a kind of credential, or the whole answer."""
    title = load_catalogue().credential_type(vct).title if vct else WHOLE_ANSWER
    return dict(title.as_json())


def _code(obstacles: Mapping[str, Obstacle], proposal: DecisionProposal | None) -> str:
    """What stood in the way first, or the first condition that was not shown; empty if nothing."""
    for obstacle in obstacles.values():
        return obstacle.code
    findings = () if proposal is None else proposal.findings
    return next((f.code for f in findings if f.result.value == "cannot_verify"), "")


def _learned(policy: PolicyRound, answer: CheckedAnswer) -> list[Json]:
    return [
        {
            "credential": dict(entry.credential.title.as_json()),
            "learned": [dict(label.as_json()) for label in entry.learned],
            "not_learned": [dict(label.as_json()) for label in entry.not_learned],
        }
        for entry in learned(plan(policy), answer.facts)
    ]
