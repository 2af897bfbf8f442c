"""Nonsense in every field of every address: it may be refused, and never breaks a page."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client

from team.models import Role
from tests.make import make_user
from tests.matrix import all_endpoints
from tests.matrix.world import World
from tests.test_role_matrix import at_its_addresses, browser_of, rolled_back

TRIED = [endpoint for endpoint in all_endpoints() if not endpoint.by_hand]
PAGES = [d for d in TRIED if d.method == "GET" and d.urlconf == "community_hub.urls"]
NONSENSE = {
    "a NUL": "\0",
    "more digits than Python reads": "9" * 5000,
    "a moment before the first": "0001-01-01T00:00:00+23:59_5",
    "a moment after the last": "9999-12-31T23:59:59-23:59_5",
    "an address that cannot be read": "http://[",
}
NAMES = (
    *("action", "after", "before", "cursor", "email", "from", "ids", "in", "keywords", "kind"),
    *("limit", "login", "name", "new", "next", "note", "opened_up_to", "owner", "pick", "place"),
    *("q", "reply", "seen_up_to", "shown", "since", "stage", "text", "to", "until", "up_to"),
    *("url", "user", "who"),
)
TARGETS = ("rows", "talk", "older", "person", "no#such")


@pytest.mark.parametrize("endpoint", TRIED, ids=str)
def test_nonsense_in_every_field_is_answered(endpoint, db, settings):
    at_its_addresses(endpoint, settings)
    world = World(make_user(Role.ADMIN))
    browser, path = browser_of(world.user), endpoint.path(world)
    usual = endpoint.form(world)
    for what, nonsense in NONSENSE.items():
        # all at once, then each one beside what is usual: the first may hide the others
        forms = [dict.fromkeys(NAMES, nonsense), *({**usual, name: nonsense} for name in usual)]
        for form in forms:
            with rolled_back():
                answer = ask(browser, endpoint.method, path, form)
            assert answer.status_code < 500 or endpoint.route == "healthz", f"{endpoint}: {what}"


@pytest.mark.parametrize("endpoint", PAGES, ids=str)
def test_any_part_of_any_page_may_be_asked_for(endpoint, db):
    world = World(make_user(Role.ADMIN))
    browser, path = browser_of(world.user), endpoint.path(world)
    for target in TARGETS:
        headers = {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": "http://["}
        answer = browser.get(path, headers=headers)
        assert answer.status_code < 500 or endpoint.route == "healthz", f"{endpoint}: {target}"


def test_a_cookie_with_a_nul_is_no_session(mallory, db):
    mallory.cookies["hub_session"] = "\0" * 32
    assert mallory.get("/inbox/").status_code == 302


def ask(browser: Client, method: str, path: str, form: dict[str, object]) -> HttpResponse:
    if method in ("GET", "POST"):
        return getattr(browser, method.lower())(path, form)
    return browser.generic(method, path)
