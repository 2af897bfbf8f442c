"""A restricted source is heard, seen and read about by those it names, and by leads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox.ingest import ingest
from inbox.models import Conversation, Message
from members.models import Activity, Member
from tests.inbox.items import ago, item, page
from tests.make import make_source

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
