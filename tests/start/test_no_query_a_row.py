"""The tests run with django-zeal: a page that asks once for each of its rows fails."""

from __future__ import annotations

import pytest
from zeal.errors import NPlusOneError

from members.models import Identity
from tests.make import make_identity, make_member


def test_a_query_a_row_fails_in_every_request_of_a_test(client, alice, monkeypatch) -> None:
    for name in ("Ines", "Jo", "Kim"):
        make_identity(make_member(name))

    def once_a_row(request, pk):
        return [row.member.name for row in Identity.objects.all()]

    monkeypatch.setattr("members.views.people.visible_member", once_a_row)
    client.force_login(alice)
    with pytest.raises(NPlusOneError):
        client.get("/members/1/")
