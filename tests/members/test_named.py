"""Members by name, as the command palette offers them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from members.models import Sighting
from tests.make import make_identity, make_member, make_source, one_line

pytestmark = pytest.mark.django_db


def named(client, typed: str) -> str:
    answer = client.get("/members/named/", {"q": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return one_line(answer.content)


def test_members_are_named_by_beginnings_of_their_names_and_handles(client, bob) -> None:
    now = timezone.now()
    long_ago = make_member("Jóna Ashby", last_seen=now - timedelta(days=9))
    lately = make_member("Wren Ashby", last_seen=now)
    make_identity(lately, handle="rackmount_wren")
    client.force_login(bob)
    page = named(client, "ash")
    assert page.index("Wren Ashby") < page.index("Jóna Ashby")
    assert "@rackmount_wren" in page
    assert f'href="/members/{long_ago.pk}/"' in named(client, "ashby JONA")
    assert f'href="/members/{lately.pk}/"' in named(client, "@rackm")
    for nobody in ("", "w", " @ ", "nobody", "\x00", "a " * 400):
        assert named(client, nobody) == "", nobody


def test_a_member_of_a_restricted_source_is_named_for_its_readers_alone(client, bob, lena) -> None:
    hidden = make_source(restricted=True)
    member = make_member("Plum Secret")
    account = make_identity(member, network=hidden.network, handle="plumtree")
    now = timezone.now()
    Sighting.objects.create(identity=account, scope=hidden.scope, first_seen=now, last_seen=now)
    client.force_login(bob)
    assert named(client, "plum") == ""
    client.force_login(lena)
    assert "Plum Secret" in named(client, "plum")


def test_so_many_members_cost_as_many_queries_as_one(client, bob, django_assert_max_num_queries):
    client.force_login(bob)
    for number in range(9):
        make_identity(make_member(f"Ines {number}"))
    with django_assert_max_num_queries(5):
        page = named(client, "ines")
    assert page.count("<a ") == 6
