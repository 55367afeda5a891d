"""A row of every table, with which migrations are tried up and down.

Kept by revision: what a step brings is filled in right after it, so that later steps and the way
back run over data. ``DateTime`` columns take aware times on PostgreSQL and naive ones on SQLite.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, insert

MOMENT = datetime(2026, 11, 20, 7, 0, 0, tzinfo=UTC)
Rows = list[tuple[str, dict[str, Any]]]
ROWS: dict[str, Rows] = {
    "0001": [
        (
            "application",
            {
                "number": "AAAA-BBBB-CCCC-DDDD",
                "service": "document-delivery",
                "round": "2026",
                "service_digest": b"d" * 32,
                "date": date(2026, 11, 20),
                "trial": False,
                "received": MOMENT,
                "secret_hash": b"s" * 32,
                "salt": b"x" * 16,
                "state": "open",
            },
        ),
        (
            "kept_request",
            {
                "scope": "application.open",
                "key_hash": b"k" * 32,
                "request_hash": b"r" * 32,
                "resource": "AAAA-BBBB-CCCC-DDDD",
                "salt": b"x" * 16,
                "at": MOMENT,
            },
        ),
        (
            "outbox",
            {
                "kind": "log.append",
                "key": "applications/AAAA-BBBB-CCCC-DDDD",
                "payload": b"{}",
                "state": "waiting",
                "due": MOMENT,
                "attempts": 0,
            },
        ),
        ("log", {"name": "applications", "size": 1}),
        ("log_tile", {"log": "applications", "path": "tile/0/000", "hashes": b"h" * 32}),
        ("log_place", {"log": "applications", "key": "AAAA-BBBB-CCCC-DDDD", "index": 0}),
        (
            "log_anchor",
            {
                "log": "applications",
                "sequence": 0,
                "size": 1,
                "root": b"r" * 32,
                "note": "a note",
                "block": 7,
                "time": MOMENT,
            },
        ),
    ],
    "0002": [
        (
            "credential_offer",
            {
                "id": "offer",
                "agency": "district",
                "person": "synthetic-1",
                "method": "desk",
                "identified_by": "officer",
                "identified_at": MOMENT,
                "service": "document-delivery",
                "code_hash": b"c" * 32,
                "tx_mac": b"t" * 32,
                "made": MOMENT,
                "expires": MOMENT,
                "copies": "{}",
                "attempts": 0,
                "state": "open",
            },
        ),
        (
            "access_token",
            {
                "token_hash": b"a" * 32,
                "offer": "offer",
                "agency": "district",
                "client": None,
                "identifiers": "{}",
                "expires": MOMENT,
            },
        ),
        ("used_nonce", {"nonce_hash": b"n" * 32, "until": MOMENT}),
        (
            "credential_batch",
            {
                "id": "batch",
                "offer": "offer",
                "agency": "district",
                "configuration": "delivery-entitlement",
                "notification_hash": b"n" * 32,
                "made": MOMENT,
                "event": None,
            },
        ),
        (
            "credential_copy",
            {
                "agency": "district",
                "index": 0,
                "batch": "batch",
                "configuration": "delivery-entitlement",
                "subject": b"s" * 32,
                "status_index": 7,
                "issued": MOMENT,
                "expires": MOMENT,
                "status": 0,
            },
        ),
        (
            "credential_deferral",
            {
                "transaction_hash": b"t" * 32,
                "token_hash": b"a" * 32,
                "offer": "offer",
                "agency": "district",
                "configuration": "delivery-entitlement",
                "points": b"p" * 64,
                "expires": MOMENT,
                "done": False,
            },
        ),
        (
            "status_release",
            {"uri": "https://issuer.test/status/1", "version": 1, "token": "a.b.c", "made": MOMENT},
        ),
        (
            "presentation_request",
            {
                "id": "request",
                "request": b"{}",
                "service": "document-delivery",
                "round": "2026",
                "form": "reference",
                "mode": "direct_post",
                "device": "other",
                "response_uri": "https://verifier.test/response",
                "application_date": date(2026, 11, 20),
                "consent_text": "text",
                "session_hash": b"s" * 32,
                "randomness": b"r" * 32,
                "decryption": None,
                "expires": MOMENT,
            },
        ),
        (
            "presentation_answer",
            {
                "request": "request",
                "kind": "checked",
                "at": MOMENT,
                "result": b"{}",
                "presentation_hash": b"p" * 32,
                "replay_key": b"k" * 32,
                "response_code_hash": None,
            },
        ),
    ],
    "0003": [
        (
            "staff_account",
            {
                "id": "a" * 32,
                "name": "[시험] 담당자",
                "person": "T-1",
                "state": "active",
                "made": MOMENT,
            },
        ),
        ("staff_role", {"account": "a" * 32, "role": "officer", "granted": MOMENT}),
        (
            "staff_passkey",
            {
                "id": "p" * 22,
                "account": "a" * 32,
                "credential": b"c" * 32,
                "public_key": b"k" * 77,
                "counter": 3,
                "backed_up": False,
                "label": "[시험] 열쇠",
                "made": MOMENT,
            },
        ),
        (
            "staff_subject",
            {"issuer": "https://door.test", "subject": "s-1", "account": "a" * 32},
        ),
        (
            "staff_invitation",
            {
                "hash": b"i" * 32,
                "id": "i" * 22,
                "name": "[시험] 심사위원",
                "person": "T-2",
                "roles": "judge",
                "inviter": "a" * 32,
                "expires": MOMENT,
            },
        ),
        (
            "staff_ceremony",
            {
                "hash": b"e" * 32,
                "purpose": "sign_in",
                "account": "",
                "invitation": b"",
                "next": "/staff",
                "expires": MOMENT,
            },
        ),
        (
            "staff_session",
            {
                "hash": b"s" * 32,
                "account": "a" * 32,
                "made": MOMENT,
                "seen": MOMENT,
                "verified": MOMENT,
            },
        ),
        (
            "two_person_act",
            {
                "id": "t" * 22,
                "kind": "account.remove",
                "object": "a" * 32,
                "detail": b"{}",
                "proposer": "a" * 32,
                "proposed": MOMENT,
                "expires": MOMENT,
                "state": "waiting",
            },
        ),
        (
            "administrative_entry",
            {
                "id": "d" * 22,
                "act": "role.grant",
                "account": "a" * 32,
                "object": "a" * 32,
                "at": MOMENT,
                "detail": b"{}",
                "entry": b"{}",
            },
        ),
    ],
    "0004": [
        (
            "personal_access",
            {
                "actor": "account",
                "kind": "application",
                "subject": "AAAA-BBBB-CCCC-DDDD",
                "purpose": "case.read",
                "at": MOMENT,
            },
        ),
        ("export_alarm", {"actor": "account", "hour": MOMENT, "count": 101, "at": MOMENT}),
        ("known_chain", {"chain_id": 5, "genesis": b"g" * 32, "contracts": "{}"}),
        ("log_halt", {"log": "applications", "code": "log.behind", "since": MOMENT}),
    ],
    "0005": [
        (
            "paper",
            {
                "id": "p" * 22,
                "kind": "receipt",
                "application": "AAAA-BBBB-CCCC-DDDD",
                "issuer_ko": "[시험] 부서",
                "issuer_en": "[test] office",
                "issued": MOMENT,
                "expires": None,
                "salt": b"x" * 32,
                "content_digest": b"c" * 32,
                "file_digest": b"f" * 32,
                "file": b"%PDF-",
                "revoked": None,
            },
        ),
        (
            "proposal",
            {
                "application": "AAAA-BBBB-CCCC-DDDD",
                "request": "request",
                "proposal": b"{}",
                "attached": MOMENT,
                "decision": None,
            },
        ),
    ],
    "0010": [
        ("place_order", {"name": "status/school/1", "chunk": 0, "places": bytes(4)}),
        (
            "status_list",
            {
                "agency": "school",
                "number": 1,
                "entries": 1,
                "drawn": 0,
                "opened": None,
                "ends": None,
                "changes": 1,
                "published": 0,
            },
        ),
    ],
    "0011": [
        (
            "chain_act",
            {
                "subject": "issuer/" + "0" * 64,
                "step": 0,
                "act": "register_issuer",
                "arguments": b"{}",
                "at": MOMENT,
            },
        ),
    ],
    "0012": [
        (
            "log_block",
            {
                "log": "applications",
                "base": 0,
                "size": 64,
                "taken": 1,
                "position": 1,
                "state": "open",
            },
        ),
        ("log_waiting_leaf", {"log": "applications", "index": 3, "leaf": b"l" * 32}),
    ],
    "0014": [
        ("unfinished_part", {"pool": "applications", "part": 0, "held": 900, "most": 60_000_000}),
        ("unfinished_share", {"pool": "applications", "network": b"n" * 16, "held": 900}),
        (
            "unfinished",
            {
                "kind": "request",
                "id": "request",
                "pool": "applications",
                "part": 0,
                "network": b"n" * 16,
                "size": 900,
                "ends": MOMENT,
            },
        ),
    ],
}


def fill(connection: Connection, revision: str) -> None:
    """Put in the rows that belong to a revision."""
    tables = MetaData()
    tables.reflect(connection)
    for name, row in ROWS.get(revision, []):
        plain = {
            column: value.replace(tzinfo=None)
            if isinstance(value, datetime) and connection.dialect.name == "sqlite"
            else value
            for column, value in row.items()
        }
        connection.execute(insert(tables.tables[name]), plain)
