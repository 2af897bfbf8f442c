"""Every address, every method, every role: who gets in, who is refused, who never hears of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from community_hub.lib.sessions import SessionStore
from team.models import Role, User
from tests.make import PASSWORD, make_source, make_user
from tests.matrix import all_endpoints
from tests.matrix.endpoints import EVERYBODY, LEADS, LOGIN, OPEN, Endpoint
from tests.matrix.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ALL = all_endpoints()
TABLE = {(endpoint.urlconf, endpoint.route, endpoint.method): endpoint for endpoint in ALL}
TRIED = [endpoint for endpoint in ALL if not endpoint.by_hand]
ROLES = [None, *EVERYBODY]


def routes(urlconf: str, patterns: list | None = None, prefix: str = "") -> Iterator[str]:
    """Every pattern as it is written, with what stands before it."""
    for pattern in get_resolver(urlconf).url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(urlconf, pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield prefix + str(pattern.pattern)


def urlconfs() -> set[str]:
    return {endpoint.urlconf for endpoint in ALL}


def test_every_address_is_in_the_matrix():
    known = {(endpoint.urlconf, endpoint.route) for endpoint in ALL}
    missing = [r for conf in urlconfs() for r in routes(conf) if (conf, r) not in known]
    assert not missing, (
        "Say who may use these addresses: add an Endpoint(route, method, may=…) for each method to "
        f"the file of its app in tests/matrix/. Missing: {sorted(missing)}"
    )


def test_matrix_names_no_address_that_is_gone_and_none_twice():
    real = {(conf, route) for conf in urlconfs() for route in routes(conf)}
    gone = [str(endpoint) for endpoint in ALL if (endpoint.urlconf, endpoint.route) not in real]
    assert not gone, f"Take these out of tests/matrix/: {gone}"
    assert len(TABLE) == len(ALL), "A route and method stands in tests/matrix/ twice."


@pytest.mark.parametrize("endpoint", TRIED, ids=str)
def test_role_by_role(endpoint, db, settings):
    at_its_addresses(endpoint, settings)
    for role in ROLES:
        with rolled_back():
            answer = knock(endpoint, World(somebody(role)))
            assert fits(answer, endpoint, role), describe(endpoint, role, answer)


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in TRIED if endpoint.scoped], ids=str)
def test_what_belongs_to_a_restricted_source_is_not_found_by_others(endpoint, db):
    for role in EVERYBODY:
        with rolled_back():
            answer = knock(endpoint, World(somebody(role), restricted=True))
            if role in LEADS:
                assert fits(answer, endpoint, role), describe(endpoint, role, answer)
            else:
                assert answer.status_code in hidden(endpoint, role), describe(
                    endpoint, role, answer
                )
        with rolled_back():
            answer = knock(endpoint, World(somebody(role), restricted=True, granted=True))
            assert fits(answer, endpoint, role), "With a grant: " + describe(endpoint, role, answer)


@pytest.mark.parametrize(
    "endpoint", list({e.route: e for e in TRIED}.values()), ids=lambda e: e.route
)
def test_methods_that_the_matrix_does_not_name_are_refused(endpoint, db, settings):
    """With 405 to an admin, who would get past every other check."""
    at_its_addresses(endpoint, settings)
    browser = browser_of(somebody(Role.ADMIN))
    for method in METHODS:
        if (endpoint.urlconf, endpoint.route, method) in TABLE:
            continue
        # the method is looked at before the row, so none has to be there
        answer = browser.generic(method, endpoint.path(None))
        assert answer.status_code == 405, (
            f"{method} /{endpoint.route} answers {answer.status_code}. Refuse the method in the "
            "view, or say in tests/matrix/ who may use it."
        )


def test_live_stream_is_for_colleagues_who_are_switched_on(transactional_db):
    """Here rather than in the table: the stream lets its database connection go."""
    assert Client().get("/live/").status_code == 401
    for role in EVERYBODY:
        user = make_user(role)
        browser = Client()
        browser.force_login(user)
        answer = browser.get("/live/")
        assert (answer.status_code, answer.headers["Content-Type"][:17]) == (
            200,
            "text/event-stream",
        )
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert browser.get("/live/").status_code == 401
        assert browser.post("/live/").status_code == 405


@pytest.mark.parametrize("role", EVERYBODY)
def test_live_stream_hears_of_a_restricted_source_only_with_a_grant(
    role, transactional_db, rf, client
):
    from community_hub.stream import may_hear

    user = make_user(role)
    open_to_all = make_source()
    closed = make_source(restricted=True)
    granted = make_source(restricted=True, granted=[user])
    request = rf.get("/live/")
    client.force_login(user)
    request.session = client.session
    heard = {"team", f"user:{user.pk}", open_to_all.scope, granted.scope}
    assert may_hear(request) == (heard | {closed.scope} if role in LEADS else heard)


# Below the tests ---------------------------------------------------------------------------


def at_its_addresses(endpoint: Endpoint, settings) -> None:
    if endpoint.urlconf != settings.ROOT_URLCONF:  # each time, Django reads every address anew
        settings.ROOT_URLCONF = endpoint.urlconf


def somebody(role: str | None) -> User | None:
    if role is None:
        return None
    return make_user(role, password=PASSWORD)


def knock(endpoint: Endpoint, world: World) -> HttpResponse:
    browser, path = browser_of(world.user), endpoint.path(world)
    if endpoint.method in ("GET", "POST"):
        return getattr(browser, endpoint.method.lower())(path, endpoint.form(world))
    return browser.generic(endpoint.method, path)


def browser_of(user: User | None) -> Client:
    """Signed in by a session that is simply there: `force_login` takes longer than most pages."""
    browser = Client(raise_request_exception=False)
    if user:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


def fits(answer: HttpResponse, endpoint: Endpoint, role: str | None) -> bool:
    to_login = answer.status_code == 302 and answer.url.startswith("/account/login/?next=")
    if role is None and endpoint.stranger != OPEN:
        return to_login if endpoint.stranger == LOGIN else answer.status_code == endpoint.stranger
    if role is None or role in endpoint.may:
        return answer.status_code in endpoint.ok and not to_login
    return answer.status_code == endpoint.refused


def hidden(endpoint: Endpoint, role: str) -> set[int]:
    """Whose role is refused anyway may be told so before the row is looked for."""
    return {404} if role in endpoint.may else {404, endpoint.refused}


def describe(endpoint: Endpoint, role: str | None, answer: HttpResponse) -> str:
    where = f" to {answer.url}" if answer.status_code == 302 else ""
    return f"{endpoint} as {role or 'a stranger'} was answered with {answer.status_code}{where}"


class rolled_back:
    """What one role did must not be there for the next."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
