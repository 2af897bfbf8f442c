"""Who is signed in, as pages see them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template import Context, Template, Variable
from django.urls import reverse

from team.middleware import PersonalMiddleware, Preferences
from team.models import User

pytestmark = pytest.mark.django_db


def seen_by_a_page(rf, session_of) -> User | AnonymousUser:
    """The user that a view gets."""
    seen = []
    request = rf.get("/")
    request.session = session_of

    def view(request):
        seen.append(request.user)
        return HttpResponse()

    PersonalMiddleware(view)(request)
    return seen[0]


def test_a_page_gets_the_user_and_nothing_that_looks_for_them(rf, client, alice):
    client.force_login(alice)
    assert type(seen_by_a_page(rf, client.session)) is User
    client.logout()
    assert type(seen_by_a_page(rf, client.session)) is AnonymousUser


def test_a_preference_that_was_never_set_is_none_and_no_error(rf, client, alice):
    alice.preferences = {"theme": "dark"}
    alice.save()
    client.force_login(alice)
    user = seen_by_a_page(rf, client.session)
    assert Variable("user.preferences.density").resolve({"user": user}) is None
    text = (
        "{{ user.preferences.theme }}{% if user.preferences.open_next is not False %}!{% endif %}"
    )
    assert Template(text).render(Context({"user": user})) == "dark!"


def test_what_is_chosen_is_kept_and_nothing_else(client, alice):
    client.force_login(alice)
    client.post(reverse("preferences"), {"theme": "dark"})
    client.post(reverse("preferences"), {"keys": "off"})
    kept = User.objects.get(email=alice.email).preferences
    assert kept == {"theme": "dark", "single_keys": False}


def test_asking_keeps_nothing():
    preferences = Preferences(theme="dark")
    assert preferences["density"] is None
    assert preferences == {"theme": "dark"}
    assert preferences.get("density", "compact") == "compact"
    assert "density" not in preferences
