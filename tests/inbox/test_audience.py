"""A restricted source is heard, seen and read about by those it names, and by leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox.ingest import ingest
from inbox.models import Conversation, Message
from members.models import Activity, Member
from team.models import User
from tests.inbox.items import ago, item, page
from tests.make import make_conversation, make_source, make_user

pytestmark = pytest.mark.django_db


def test_restricting_a_source_hides_every_line_it_left_in_the_log(bob, carol, lena, alice) -> None:
    source, other = make_source(), make_source()
    first = item("1")
    ingest(source, page(first))
    ingest(source, page(replace(first, body="edited", version="2", edited_at=ago(seconds=5))))
    ingest(other, page(item("9")))
    reply = Conversation.objects.get(source=source).reply("Hello", by=bob)
    Message.objects.get(pk=reply.pk).log_reply()
    member = Member.objects.get()
    kinds = {"message", "edited", "reply"}
    assert set(member.timeline(carol).values_list("kind", flat=True)) == kinds

    source.restrict_to([bob], by=alice)
    assert [line.key for line in member.timeline(carol)] == [
        f"message:{Message.objects.get(source=other).pk}"
    ]
    for allowed in (bob, lena, alice):
        assert set(member.timeline(allowed).values_list("kind", flat=True)) == kinds
    for model in (Conversation, Message):
        assert not model.objects.visible_to(carol).filter(source=source).exists()
        assert model.objects.visible_to(bob).filter(source=source).exists()

    source.restrict_to(None, by=alice)
    assert set(member.timeline(carol).values_list("kind", flat=True)) == kinds
    assert not Activity.objects.exclude(scope="").exists()


def test_what_is_restricted_is_given_only_to_those_who_may_see_it(client, bob, carol, lena, alice):
    source = make_source(restricted=True, granted=[bob, carol])
    talk = make_conversation(source)
    make_user("manager", name="Dora Distant")
    client.force_login(lena)
    page = f"/conversations/{talk.pk}/assignment/"
    offered = {user.name for user in client.get(page).context["colleagues"]}
    assert offered == {alice.name, bob.name, lena.name}  # carol may see it, and cannot triage

    distant = User.objects.get(name="Dora Distant")
    assert client.post(page, {"user": distant.pk}).status_code == 404
    assert client.post(page, {"user": bob.pk}).status_code == 302
    talk.refresh_from_db()
    assert talk.assignee == bob
