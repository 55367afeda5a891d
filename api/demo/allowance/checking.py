"""Check the allowance demonstration from the folder and the chain snapshot alone."""

import hashlib

from api.demo.allowance.record import DECIDED, FILES, AllowanceRecord, Judgement, judge
from api.demo.allowance.source import CastApplication, read_source, source_bytes
from api.demo.allowance.summary import SUMMARY, summarise
from api.demo.folder import Folder
from api.demo.logs import AnchoredLog, check_documents, check_log
from api.demo.report import Report, require
from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.names import status_list_id
from contracts.evidence.snapshot import TrustSnapshot
from verifier.credential.inclusion import credential_leaf, parse_evidence_claim
from verifier.credential.request import prove_consent
from verifier.credential.sdjwt import parse_sd_jwt
from verifier.credential.verification import BurntNonces
from verifier.eligibility.decision_file import parse_decision


def check_allowance(report: Report, folder: Folder, run: str, snapshot: TrustSnapshot) -> None:
    """Every check of the demonstration; see ``docs/demo.md``."""
    shipped = canonical(parse_json(source_bytes()))
    with report.examine("allowance.source", "source.json"):
        require(folder.read("source.json") == shipped, "not the data set of the product")
    record = AllowanceRecord(folder, read_source(shipped), run)
    credentials = AnchoredLog("credentials", run, folder, snapshot)
    office = AnchoredLog("office", run, folder, snapshot)
    check_log(report, credentials)
    check_documents(report, office, record.anchored_paths())
    _check_credentials(report, record, credentials)
    _check_status_lists(report, record, snapshot)
    _check_applications(report, record, snapshot)
    with report.examine("allowance.summary", SUMMARY):
        require(folder.read_json(SUMMARY) == summarise(record), "the outcomes add up to others")


def _check_credentials(report: Report, record: AllowanceRecord, log: AnchoredLog) -> None:
    """Every credential in a wallet is the one whose leaf was anchored at its place."""
    for application in record.source.applications:
        if application.case == "replayed":
            continue
        for kind in application.register():
            path = f"credentials/{application.id}/{kind}.sd-jwt"
            with report.examine("credential.anchored", path):
                credential = parse_sd_jwt(record.folder.read(path).decode("ascii", "replace"))
                place = parse_evidence_claim(credential.jws.payload.get("evidence"))
                require(
                    log.tiles().read(0, place.index) == credential_leaf(credential.issuer_jwt),
                    "another credential stands at its place in the log",
                )


def _check_status_lists(report: Report, record: AllowanceRecord, snapshot: TrustSnapshot) -> None:
    for issuer in record.source.issuers:
        history = snapshot.status_list(status_list_id(issuer.status_uri))
        for version in history.versions if history is not None else ():
            path = f"status/{issuer.id}/{version.version}.jwt"
            with report.examine("status.anchored", path):
                digest = hashlib.sha256(record.folder.read(path)).digest()
                require(digest == version.digest, "not the version that was anchored")


def _check_applications(report: Report, record: AllowanceRecord, snapshot: TrustSnapshot) -> None:
    burnt = BurntNonces()
    for application in record.source.applications:
        judged: list[Judgement] = []
        with report.examine("application.consent", record.path(application, "consent.txt")):
            _check_consent(record, application)
        with report.examine("application.outcome", record.path(application, "outcome.json")):
            judged.append(judge(record, application, snapshot, burnt))
            published = record.folder.read_json(record.path(application, "outcome.json"))
            require(published == judged[0].document, "checking it again gives another outcome")
        for judgement in judged:
            burnt = judgement.burnt
            _check_judgement(report, record, application, judgement)


def _check_judgement(
    report: Report, record: AllowanceRecord, application: CastApplication, judgement: Judgement
) -> None:
    with report.examine("application.expected", record.path(application, "outcome.json")):
        got = (judgement.document["outcome"], judgement.document["code"])
        want = (application.outcome, application.code or "")
        require(got == want, f"{got} instead of {want}")
    if application.outcome in DECIDED:
        with report.examine("application.decision", record.path(application, "decision.json")):
            _check_decision(record, application, judgement)


def _check_consent(record: AllowanceRecord, application: CastApplication) -> None:
    request = record.request(application)
    text = record.folder.read(record.path(application, FILES[0]))
    require(hashlib.sha256(text).digest() == request.consent, "another text was consented to")
    prove_consent(request, record.consent_randomness(application))


def _check_decision(
    record: AllowanceRecord, application: CastApplication, judgement: Judgement
) -> None:
    path = record.path(application, "decision.json")
    decision = parse_decision(record.folder.read(path))
    require(decision.proposal == judgement.proposal, "the officer decided on another proposal")
    require(decision.outcome.value == application.outcome, "another decision than proposed")
