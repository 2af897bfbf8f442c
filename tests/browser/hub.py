"""A hub of its own for browser tests: the processes that `up` starts, and who signs in there."""

from __future__ import annotations

import re
from html import unescape
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from playwright.sync_api import Browser, Page, expect

from community_hub.runtime.embedded import Var
from tests.start.running import Up

PASSWORD = "seven quiet oscillators"
UNDO_SECONDS = 4  # half of the usual, so that nobody waits longer than it takes to press z
DEMO_TEAM = {"bo": "Bo Nilsson", "lena": "Lena Okafor", "suri": "Suri Anand"}


class Hub:
    """`state(name)` is what a browser of robin, bo, lena, suri or olga has stored."""

    def __init__(self, var: Path, browser: Browser, *words: str, **more: str) -> None:
        self.browser = browser
        self.var = Var(var)
        self.up = Up(var, *words, "--port", "0", UNDO_SEND_SECONDS=str(UNDO_SECONDS), **more)
        self.link = self.up.until_it_says(r"Sign in, once, .*: (http\S+)")[1]
        self.url = "{0.scheme}://{0.netloc}".format(urlsplit(self.link))
        self.states: dict[str, Any] = {}

    def state(self, name: str) -> Any:
        if name not in self.states:
            self.states[name] = self.signed_in(name)
        return self.states[name]

    def signed_in(self, name: str) -> Any:
        """Robin and Olga in the browser, as the first admin and by an invitation; the others by the
        same addresses without one, which takes a tenth of the time."""
        if name in DEMO_TEAM:
            return self.signed_in_plainly(name)
        link = self.link if name == "robin" else self.handed_over(name)
        context = self.browser.new_context(base_url=self.url)
        try:
            page = context.new_page()
            page.goto(link)
            if name == "olga":
                page.get_by_label("Your name").fill("Olga Orlova")
                page.get_by_label("Email").fill("olga@polyphon.example")
            if page.get_by_label("Password").count():
                page.get_by_label("Password").fill(PASSWORD)
            page.locator("form.form button").click()
            expect(page.locator(".me, .steps")).to_be_visible()
            return context.storage_state()
        finally:
            context.close()

    def handed_over(self, name: str) -> str:
        """The invitation that an admin passes on."""
        assert name == "olga"
        context = self.browser.new_context(base_url=self.url, storage_state=self.state("robin"))
        try:
            page = context.new_page()
            page.goto("/team/")
            page.get_by_label("Role").last.select_option("observer")
            page.get_by_role("button", name="Create invitation").click()
            return page.get_by_label("Invitation link").input_value()
        finally:
            context.close()

    def signed_in_plainly(self, name: str) -> Any:
        """A colleague of the demo, by a link that an admin passes on."""
        pk = self.ask("select id from team_user where name = %s", DEMO_TEAM[name])
        robin = {each["name"]: each["value"] for each in self.state("robin")["cookies"]}
        with httpx.Client(base_url=self.url, cookies=robin, follow_redirects=True) as admin:
            answer = posted(admin, "/team/", f"/team/{pk}/sign-in-link/")
            found = re.search(r'value="(http[^"]+/sign-in/[^"]+)"', answer)
            assert found, answer
        with httpx.Client(base_url=self.url, follow_redirects=True) as colleague:
            path = urlsplit(unescape(found[1])).path
            posted(colleague, path, path, password=PASSWORD)
            assert colleague.get("/me/").status_code == 200
            return {"cookies": [as_stored(each) for each in colleague.cookies.jar], "origins": []}

    def ask(self, query: str, *values: object) -> Any:
        """One value out of the hub's database, past Django: Playwright's loop forbids the ORM."""
        with psycopg.connect(self.var.database_url) as connection:
            row = connection.execute(query, values).fetchone()
        return row and row[0]

    def logs(self) -> str:
        words = [path.read_text(errors="replace") for path in sorted(self.var.log.glob("*.log"))]
        return "\n".join(words)


def posted(client: httpx.Client, page: str, address: str, **fields: str) -> str:
    """What the hub answers to a form of a page."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(page).text)
    assert token, f"{page} has no form"
    headers = {"Referer": str(client.base_url)}
    answer = client.post(address, data={**fields, "csrfmiddlewaretoken": token[1]}, headers=headers)
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:2000]}"
    return answer.text


def as_stored(cookie: Cookie) -> dict[str, Any]:
    """As a browser keeps it."""
    return {
        "name": cookie.name, "value": cookie.value, "domain": "127.0.0.1", "path": "/",
        "expires": cookie.expires or -1, "httpOnly": "session" in cookie.name, "secure": False,
        "sameSite": "Lax",
    }  # fmt: skip


def at(page: Page) -> str:
    """The path that the address bar shows."""
    return urlsplit(page.url).path
