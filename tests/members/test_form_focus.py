"""A page that is a form begins with the focus in it."""

from __future__ import annotations

import re

import pytest

from members import follow_up_verbs, follow_ups
from members.models import FollowUp, Organisation, Tag
from tests.make import make_member

pytestmark = pytest.mark.django_db


def focused(answer) -> list[str]:
    """Names of the fields that ask for the focus within the page itself."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    assert main
    tags = re.findall(r"<(?:input|textarea|select)\b[^>]*\bautofocus\b[^>]*>", main[0])
    return [re.search(r'name="([^"]+)"', tag)[1] for tag in tags]


def test_pages_to_edit_begin_in_their_first_field(client, alice):
    member, tag = make_member("Ines Wolff"), Tag.objects.create(name="maker")
    place = Organisation.objects.create(name="Polyphon Labs")
    follow_up_verbs.plan(member, "Call her", follow_ups.today(), by=alice)
    client.force_login(alice)
    for address, name in (
        (f"/members/{member.pk}/details/", "name"),
        (f"/organisations/{place.pk}/details/", "name"),
        (f"/tags/{tag.pk}/", "name"),
        (FollowUp.objects.get().get_absolute_url(), "text"),
    ):
        assert focused(client.get(address)) == [name], address


def test_one_that_is_refused_begins_in_what_is_wrong(client, bob):
    member = make_member("Ines Wolff")
    client.force_login(bob)
    typed = {"name": "Ines", "timezone": "Berlin"}
    assert focused(client.post(f"/members/{member.pk}/details/", typed)) == ["timezone"]
