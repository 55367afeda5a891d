"""An office of invented people: browsers that keep cookies as browsers do, and devices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from api.actions.invite_staff import (
    InvitationOrder,
    invite_first_administrator,
    invite_staff,
)
from api.http.staff.cookies import SESSION
from api.ports.accounts import Role
from api.ports.means import Means
from tests.api.databases import ORIGINS, StillClock
from tests.simulators.authenticator import Authenticator, Wrong

API = "/api/v1/staff"
HOME = {"Origin": ORIGINS.people, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """One browser: it sends its cookies, which the test client would keep back without TLS."""

    client: TestClient
    cookies: dict[str, str] = field(default_factory=dict)
    set: list[str] = field(default_factory=list)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **body: Any
    ) -> Response:
        """Send a request as a page of ours would; ``headers`` replace its own."""
        told = dict(HOME if headers is None else headers)
        if self.cookies:
            told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.client.request(method, path, headers=told, follow_redirects=False, **body)
        self.set = answer.headers.get_list("set-cookie")
        for line in self.set:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def post(self, path: str, json: object = None, **options: Any) -> Response:
        """POST a JSON body to the interface."""
        return self.ask("POST", f"{API}{path}", json=json, **options)

    def get(self, path: str) -> Response:
        """GET from the interface."""
        return self.ask("GET", f"{API}{path}")

    @property
    def session(self) -> str:
        """The session's token; empty where there is none."""
        return self.cookies.get(SESSION, "")


@dataclass
class Person:
    """Somebody with a browser and a device."""

    browser: Browser
    device: Authenticator
    account: str = ""

    def join(self, token: str, wrong: Wrong | None = None) -> Response:
        """Accept an invitation."""
        start = self.browser.post("/invitation/options", {"invitation": token})
        if start.status_code != 200:
            return start
        made = self.device.create(start.json()["public_key"], wrong)
        answer = self.browser.post("/invitation", made)
        if answer.status_code == 201:
            self.account = answer.json()["account"]
        return answer

    def sign_in(self, wrong: Wrong | None = None, next_: str = "/staff") -> Response:
        """Sign in with the device."""
        start = self.browser.post("/sign-in/options", {"next": next_})
        if start.status_code != 200:
            return start
        return self.browser.post("/sign-in", self.device.get(start.json()["public_key"], wrong))


@dataclass
class Office:
    """Makes people with accounts."""

    client: TestClient
    means: Means
    clock: StillClock
    count: int = 0

    def stranger(self) -> Person:
        """Somebody without an account."""
        return Person(Browser(self.client), Authenticator(ORIGINS.people))

    def administrator(self) -> Person:
        """One of the first two administrators."""
        self.count += 1
        invited = invite_first_administrator(self.means, "[시험] 관리자", f"A-{self.count}")
        return self._joined(invited.token)

    def colleague(self, inviter: Person, *roles: Role, person: str = "") -> Person:
        """Somebody whom an administrator invited, and who holds roles as if two had given them."""
        self.count += 1
        order = InvitationOrder("[시험] 담당자", person or f"C-{self.count}", frozenset())
        joined = self._joined(invite_staff(self.means, inviter.account, order).token)
        self.give(joined, *roles)
        return joined

    def give(self, person: Person, *roles: Role) -> None:
        """Let somebody hold roles as if two administrators had given them."""
        with self.means.storage.work() as work:
            for role in roles:
                work.accounts.grant(person.account, role, self.clock())

    def invited(self, inviter: Person, *roles: Role, person: str = "") -> Person:
        """Somebody who has just accepted an invitation, as it is done in earnest."""
        self.count += 1
        order = InvitationOrder("[시험] 담당자", person or f"C-{self.count}", frozenset(roles))
        return self._joined(invite_staff(self.means, inviter.account, order).token)

    def _joined(self, token: str) -> Person:
        person = self.stranger()
        assert person.join(token).status_code == 201
        return person
