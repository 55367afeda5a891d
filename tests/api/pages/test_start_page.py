"""The start page leads to what is served, in the reader's language, and to nothing else."""

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.app import Parts, create_people_app
from tests.api.databases import ORIGINS


def links(client: TestClient, lang: str) -> list[str]:
    page = client.get("/", params={"lang": lang}).text
    ways = page.partition('<ul class="ways">')[2].partition("</ul>")[0]
    return re.findall(r'href="([^"]+)"', ways)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_way_leads_somewhere(people: TestClient, lang: str) -> None:
    ways = links(people, lang)
    assert ways == [f"/verify?lang={lang}", f"/staff?lang={lang}"]
    for way in ways:
        assert people.get(way).status_code == 200


def test_what_is_not_served_is_not_offered(parts: Parts) -> None:
    bare = replace(parts, papers=None, door=None, counters=None)
    client = TestClient(create_people_app(bare), base_url=ORIGINS.people)
    assert links(client, "ko") == []
    assert "/verify" not in client.get("/").text


def test_without_demonstrations_nothing_is_called_one(people: TestClient) -> None:
    assert "아래는 시연입니다" not in people.get("/").text
