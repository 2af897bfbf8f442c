"""A restricted source is heard, seen and read about by those it names, and by leads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db.models.expressions import RawSQL

from inbox.connectors.base import Sent
from inbox.delivery import outcomes
from inbox.ingest.message_lines import log_team_replies
from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Delivery, Message, Source
from inbox.pages.composer import Composer
from inbox.verbs import sources as source_verbs
from inbox.verbs import writing
from members.log import timeline
from members.models import Activity, Member
from team.models import User
from tests.inbox.items import ago, item, page
from tests.make import make_conversation, make_message, make_reply, make_source, make_user

pytestmark = pytest.mark.django_db


def test_restricting_a_source_hides_every_line_it_left_in_the_log(bob, carol, lena, alice) -> None:
    source, other = make_source(), make_source()
    first = item("1")
    ingest(source, page(first))
    ingest(source, page(replace(first, body="edited", version="2", edited_at=ago(seconds=5))))
    ingest(other, page(item("9")))
    reply = writing.reply(Conversation.objects.get(source=source), "Hello", by=bob)
    Delivery.objects.update(state="sent")
    log_team_replies([reply.pk])
    member = Member.objects.get()
    kinds = {"message", "edited", "reply"}
    assert set(timeline(member, carol).values_list("kind", flat=True)) == kinds
    before = set(Activity.objects.values_list("pk", "scope", _version()))

    source_verbs.restrict(source, [bob], by=alice)
    assert [line.key for line in timeline(member, carol)] == [
        f"message:{Message.objects.get(source=other).pk}"
    ]
    for allowed in (bob, lena, alice):
        assert set(timeline(member, allowed).values_list("kind", flat=True)) == kinds
    for model in (Conversation, Message):
        assert not model.objects.visible_to(carol).filter(source=source).exists()
        assert model.objects.visible_to(bob).filter(source=source).exists()

    source_verbs.restrict(source, None, by=alice)
    assert set(timeline(member, carol).values_list("kind", flat=True)) == kinds
    # no line was rewritten: each has said from the first where it was written
    assert set(Activity.objects.values_list("pk", "scope", _version())) == before
    assert {scope for _pk, scope, _row in before} == {source.scope, other.scope}


def _version() -> RawSQL:
    """The transaction that wrote a row last."""
    return RawSQL("members_activity.xmin::text", ())


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


def test_a_reply_that_was_on_its_way_when_its_source_was_closed_is_closed_too(
    alice, bob, carol
) -> None:
    source = make_source()
    asked = make_message(make_conversation(source))
    sent = writing.reply(asked.conversation, "A word for few", by=bob)
    delivery = Delivery.objects.select_related("message__source").get(message=sent)
    delivery.move(("held",), "sending")
    source_verbs.restrict(Source.objects.get(pk=source.pk), [], by=alice)
    outcomes.finish(delivery, Sent(state="sent", external_id="42"))
    assert asked.author is not None
    assert not timeline(asked.author.member, carol).filter(kind="reply").exists()
    assert timeline(asked.author.member, alice).filter(kind="reply").exists()


def test_the_composer_says_who_will_read_the_answer_and_not_who_reads_the_thread(bob) -> None:
    """A public word in a thread that began in private, and the other way round."""
    source = make_source(kind="mastodon", config={"instance": "https://social.example"})
    conversation = make_conversation(source, visibility="direct")
    private = make_message(conversation, visibility="direct", sent_at=ago(hours=2))
    assert Composer.of(conversation, bob, {}).is_closed
    make_reply(conversation, by=bob, sent_at=ago(hours=1))
    public = make_message(conversation, visibility="public")
    for picked, closed in [(None, False), (private, True), (public, False)]:
        assert Composer.of(conversation, bob, {}, picked).is_closed is closed
        goal = picked or conversation.answerable()
        sent = writing._add_reply(conversation, "Hello", by=bob, to=goal)
        assert sent.is_closed is closed
