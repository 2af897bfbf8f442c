"""Every page says whose hub it is, without a query for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse_lazy

from team.models import Hub

PROFILE = reverse_lazy("profile")
pytestmark = pytest.mark.django_db


def title(page) -> str:
    return page.content.decode().partition("<title>")[2].partition("</title>")[0]


def test_a_new_name_is_on_the_next_page_of_everybody(client, alice, bob):
    client.force_login(alice)
    assert "Community Hub" in title(client.get(PROFILE))
    Hub.objects.create(pk=1, name="Tideline Audio")
    assert "Tideline Audio" in title(client.get(PROFILE))
    client.force_login(bob)
    Hub.objects.update(name="Polyphon")
    assert "Polyphon" in title(client.get(PROFILE))


def test_it_comes_with_who_is_signed_in(client, alice):
    Hub.objects.create(pk=1, name="Tideline Audio")
    client.force_login(alice)
    client.get(PROFILE)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(PROFILE)
    assert "Tideline Audio" in title(page)
    assert sum("team_hub" in query["sql"] for query in asked) == 1
    assert any("team_hub" in query["sql"] and "team_user" in query["sql"] for query in asked)


def test_it_is_on_pages_without_anybody_too(client):
    Hub.objects.create(pk=1, name="Tideline Audio")
    assert "Tideline Audio" in client.get(reverse_lazy("account_login")).content.decode()
