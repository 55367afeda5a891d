"""Data that looks like a person's is pushed through every address, then everything is searched."""

import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.api.operation.live import Live, live, until

MARK = "Qz7Marked"
PERSON = f"{MARK}-900101-1234567"
KOREAN = "홍길동표식"
BODIES: list[Any] = [
    PERSON,
    [PERSON],
    {PERSON: PERSON},
    {"service": PERSON},
    {"service": "document-delivery", "round": PERSON, "date": PERSON},
    {"service": "document-delivery", PERSON: KOREAN},
]


def addresses(people: str) -> list[tuple[str, str]]:
    """Every method and path of the interface, and some that are none; placeholders are marked."""
    document = httpx2.get(f"{people}/openapi.json").json()
    known = [(method, path) for path, methods in document["paths"].items() for method in methods]
    known += [
        ("put", "/api/v1/applications"),
        ("get", f"/{PERSON}"),
        ("get", f"/static/{PERSON}"),
        ("put", f"/{KOREAN}"),
    ]
    marked = []
    for method, path in known:
        parts = [PERSON if part.startswith("{") else part for part in path.split("/")]
        marked.append((method.upper(), "/".join(parts)))
    return marked


def push(people: str) -> int:
    headers = {
        "Authorization": f"Bearer {PERSON}",
        "Cookie": f"session={PERSON}; __Host-session={PERSON}",
        "Idempotency-Key": PERSON,
        "User-Agent": PERSON,
        "Referer": f"https://{PERSON}.test/",
        "X-Request-Id": PERSON,
        "X-Forwarded-For": PERSON,
        "Accept-Language": PERSON,
        PERSON: PERSON,
    }
    count = 0
    with httpx2.Client(base_url=people, timeout=30) as client:
        for method, path in addresses(people):
            url = f"{path}?{PERSON}={PERSON}"
            client.request(method, url, headers=headers)
            count += 1
            for body in BODIES if method in {"POST", "PUT", "PATCH"} else []:
                client.request(method, url, headers=headers, json=body)
                client.request(method, url, headers=headers, data={PERSON: KOREAN})
                raw = json.dumps(body).encode()[:-1]
                client.request(method, url, headers=headers, content=raw)
                count += 3
        key = {"Idempotency-Key": "k" * 20 + MARK}
        for service in ("document-delivery", "youth-allowance"):  # accepted, then another request
            client.post("/api/v1/applications", headers=key, json={"service": service})
    return count


def push_by_hand(people: str) -> None:
    """What no client library sends."""
    port = int(people.rpartition(":")[2])
    for raw in (
        f"{MARK} / HTTP/1.1\r\nHost: {PERSON}\r\n\r\n",
        f"GET /{PERSON} HTTP/9.9\r\nHost: localhost:{port}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n{PERSON}\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {PERSON}\r\n\r\n{PERSON}",
    ):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(raw.encode())
            connection.recv(4096)


def searched(service: Live, metrics: str) -> dict[str, str]:
    texts = {"metrics": metrics}
    for name in ("out", "err"):
        texts[name] = (service.folder / name).read_text()
    for path in (service.folder / "measures").iterdir():
        texts[path.name] = path.read_bytes().decode("utf-8", "replace")
    return texts


def test_no_marked_data_is_in_journal_or_measures(tmp_path: Path) -> None:
    with live(tmp_path, "--workers", "2", DOJANG_TRIAL="1") as service:
        people = service.origins[0]
        count = push(people)
        push_by_hand(people)
        until(lambda: sum(line["event"] == "request" for line in service.journal()) > count)
        time.sleep(0.5)  # what is written late would be missed, not found: no outcome hangs on it
        metrics = httpx2.get(service.metrics).text
        texts = searched(service, metrics)
        assert httpx2.get(service.metrics.replace("/metrics", f"/{PERSON}")).status_code == 404
    assert count > 60
    for name, text in texts.items():
        for mark in (MARK, MARK.lower(), KOREAN, "900101", "127.0.0.1:"):
            assert mark not in text.replace("http://127.0.0.1:", ""), (name, mark)
    counted = [line for line in metrics.splitlines() if line.startswith("dojang_requests_total")]
    answered = sum(float(line.rpartition(" ")[2]) for line in counted)
    assert answered > count  # of both processes
    assert 'route="/api/v1/applications"' in metrics
    for gauge in ("database_up 1.0", "outbox_errands", "anchor_age_seconds", "log_halted"):
        assert f"dojang_{gauge}" in metrics
    assert {line.get("status") for line in service.journal()} >= {200, 201, 404, 405, 422}


def test_measures_are_open_to_this_machine_only(tmp_path: Path) -> None:
    with live(tmp_path, HOST="0.0.0.0") as service:  # noqa: S104 - what is tried
        assert service.metrics.startswith("http://127.0.0.1:")
        assert httpx2.get(f"{service.origins[0]}/metrics").status_code == 404
