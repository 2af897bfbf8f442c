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
from tests.matrix import all_doors
from tests.matrix.doors import EVERYBODY, LEADS, LOGIN, OPEN, Door
from tests.matrix.world import World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ALL = all_doors()
TABLE = {(door.urlconf, door.route, door.method): door for door in ALL}
TRIED = [door for door in ALL if not door.by_hand]
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
    return {door.urlconf for door in ALL}


@pytest.fixture(autouse=True)
def _cheap_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_every_address_is_in_the_matrix():
    known = {(door.urlconf, door.route) for door in ALL}
    missing = [r for conf in urlconfs() for r in routes(conf) if (conf, r) not in known]
    assert not missing, (
        "Say who may use these addresses: add a Door(route, method, may=…) for each method to the "
        f"file of its app in tests/matrix/. Missing: {sorted(missing)}"
    )


def test_matrix_names_no_address_that_is_gone_and_none_twice():
    real = {(conf, route) for conf in urlconfs() for route in routes(conf)}
    gone = [str(door) for door in ALL if (door.urlconf, door.route) not in real]
    assert not gone, f"Take these out of tests/matrix/: {gone}"
    assert len(TABLE) == len(ALL), "A route and method stands in tests/matrix/ twice."


@pytest.mark.parametrize("door", TRIED, ids=str)
def test_role_by_role(door, db, settings):
    at_its_addresses(door, settings)
    for role in ROLES:
        with rolled_back():
            answer = knock(door, World(somebody(role)))
            assert fits(answer, door, role), describe(door, role, answer)


@pytest.mark.parametrize("door", [door for door in TRIED if door.scoped], ids=str)
def test_what_belongs_to_a_restricted_source_is_not_found_by_others(door, db):
    for role in EVERYBODY:
        with rolled_back():
            answer = knock(door, World(somebody(role), restricted=True))
            if role in LEADS:
                assert fits(answer, door, role), describe(door, role, answer)
            else:
                assert answer.status_code in hidden(door, role), describe(door, role, answer)
        with rolled_back():
            answer = knock(door, World(somebody(role), restricted=True, granted=True))
            assert fits(answer, door, role), "With a grant: " + describe(door, role, answer)


@pytest.mark.parametrize("door", list({d.route: d for d in TRIED}.values()), ids=lambda d: d.route)
def test_methods_that_the_matrix_does_not_name_are_refused(door, db, settings):
    """With 405 to an admin, who would get past every other check."""
    at_its_addresses(door, settings)
    browser = browser_of(somebody(Role.ADMIN))
    for method in METHODS:
        if (door.urlconf, door.route, method) in TABLE:
            continue
        # the method is looked at before the row, so none has to be there
        answer = browser.generic(method, door.path(None))
        assert answer.status_code == 405, (
            f"{method} /{door.route} answers {answer.status_code}. Refuse the method in the "
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


def at_its_addresses(door: Door, settings) -> None:
    if door.urlconf != settings.ROOT_URLCONF:  # each time, Django reads every address anew
        settings.ROOT_URLCONF = door.urlconf


def somebody(role: str | None) -> User | None:
    if role is None:
        return None
    return make_user(role, password=PASSWORD)


def knock(door: Door, world: World) -> HttpResponse:
    browser, path = browser_of(world.user), door.path(world)
    if door.method in ("GET", "POST"):
        return getattr(browser, door.method.lower())(path, door.form(world))
    return browser.generic(door.method, path)


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


def fits(answer: HttpResponse, door: Door, role: str | None) -> bool:
    to_login = answer.status_code == 302 and answer.url.startswith("/account/login/?next=")
    if role is None and door.stranger != OPEN:
        return to_login if door.stranger == LOGIN else answer.status_code == door.stranger
    if role is None or role in door.may:
        return answer.status_code in door.ok and not to_login
    return answer.status_code == door.refused


def hidden(door: Door, role: str) -> set[int]:
    """Whose role is refused anyway may be told so before the row is looked for."""
    return {404} if role in door.may else {404, door.refused}


def describe(door: Door, role: str | None, answer: HttpResponse) -> str:
    where = f" to {answer.url}" if answer.status_code == 302 else ""
    return f"{door} as {role or 'a stranger'} was answered with {answer.status_code}{where}"


class rolled_back:
    """What one role did must not be there for the next."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
