"""Pages with many rows, watched by django-zeal: one that asks once for each row fails."""

from __future__ import annotations

import pytest
from zeal import zeal_context
from zeal.errors import NPlusOneError

from inbox.verbs import tags, triage
from members import verbs as member_verbs
from members.models import Identity
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_source,
)

ROWS = 4


@pytest.fixture
def community(db, alice, bob) -> dict[str, int]:
    """Several of everything that a page lists."""
    talk = member = source = None
    for number in range(ROWS):
        source = make_source()
        member = make_member(f"Ines {number}")
        author = make_identity(member, handle=f"ines{number}")
        talk = make_conversation(source)
        for _again in range(ROWS):
            make_message(talk, author=author)
        tags.tag([talk], f"tag {number}", by=bob)
        triage.assign([talk], bob, by=bob)
        member_verbs.tag(member, "maker", by=bob)
        make_line(member, f"Line {number}", actor_id=bob.pk)
    assert talk
    assert member
    assert source
    for number in range(ROWS):
        make_line(member, f"Another {number}", actor_id=bob.pk)
        make_identity(member, handle=f"again{number}")
    return {"talk": talk.pk, "member": member.pk, "source": source.pk}


@pytest.mark.parametrize(
    "address",
    [
        "/inbox/",
        "/inbox/mine/",
        "/inbox/everything/",
        "/inbox/sources/{source}/",
        "/conversations/{talk}/",
        "/members/",
        "/members/{member}/",
        "/members/{member}/conversations/",
        "/sources/",
        "/sources/{source}/",
        "/team/",
        "/team/audit-trail/",
        "/notifications/",
        "/system/",
    ],
)
def test_no_page_asks_once_for_each_of_its_rows(client, alice, bob, community, address) -> None:
    client.force_login(bob if address == "/inbox/mine/" else alice)
    with zeal_context():
        assert client.get(address.format(**community)).status_code == 200


def test_one_that_does_would_fail(client, alice, community, monkeypatch) -> None:
    def once_a_row(pk, user):
        return [row.member.name for row in Identity.objects.all()]

    monkeypatch.setattr("members.views.member_page.read_member", once_a_row)
    client.force_login(alice)
    with zeal_context(), pytest.raises(NPlusOneError):
        client.get("/members/1/")
