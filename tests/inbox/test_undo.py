"""Undo takes back what one did, and nothing that was there before or was done since."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from inbox.ingest.pipeline import ingest
from inbox.models import ConversationTag, Draft
from inbox.verbs import tags, triage, writing
from members import tag_verbs
from members import verbs as member_verbs
from members.models import MemberTag, Tag
from team import actions
from team.models import Action
from tests.inbox.items import item, page
from tests.make import make_conversation, make_member, make_message, make_user, make_view

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("thing", "put", "rows"),
    [
        (make_conversation, lambda row, name, by: tags.tag([row], name, by=by), ConversationTag),
        (make_member, member_verbs.tag, MemberTag),
    ],
)
def test_undoing_a_tag_that_was_there_already_keeps_it(thing, put, rows, bob) -> None:
    tagged = thing()
    put(tagged, "bug", by=bob)
    again = put(tagged, "Bug", by=bob)
    assert again.undo(by=bob)
    assert rows.objects.count() == 1
    first = Action.objects.filter(verb="tag").earliest("pk")
    assert actions.undo(first.group, by=bob)
    assert rows.objects.count() == 0


@pytest.mark.parametrize(
    ("thing", "put"),
    [
        (make_conversation, lambda row, name, by: tags.tag([row], name, by=by)),
        (make_member, member_verbs.tag),
    ],
)
def test_undoing_a_tag_takes_away_the_one_it_made_unless_it_is_used(thing, put, bob, lena) -> None:
    first, second = thing(), thing()
    made = put(first, "bug", by=bob)
    assert made.undo(by=bob)
    assert not Tag.objects.current()
    made = put(first, "Bug", by=bob)  # the name is free again
    put(second, "bug", by=lena)
    assert made.undo(by=bob)
    assert Tag.objects.current().get().name == "Bug"


def test_undoing_a_tag_keeps_one_that_others_have_come_to_need(bob, lena) -> None:
    talk = make_conversation()
    named = tags.tag([talk], "one", by=bob)
    make_view(lena, text='stage:champion tag:"ONE"')
    described = tags.tag([talk], "two", by=bob)
    tag_verbs.edit(Tag.named("two"), by=lena, description="The second.")
    created = Tag.named("three")
    was_there = tags.tag([talk], "three", by=bob)
    on_both = tags.tag([talk], "four", by=bob)
    member_verbs.tag(make_member(), "four", by=lena)
    for changes in (named, described, was_there, on_both):
        assert changes.undo(by=bob)
    assert not ConversationTag.objects.exists()
    assert set(Tag.objects.current().values_list("name", flat=True)) == {
        "one", "two", created.name, "four"
    }  # fmt: skip


def test_somebody_who_lost_the_right_cannot_undo_any_more(bob) -> None:
    conversation = make_message().conversation
    action = triage.close([conversation], by=bob, seen_up_to=10**9)
    assert action is not None
    bob.role = "observer"
    bob.save()

    assert not actions.undo(action.group, by=bob)
    conversation.refresh_from_db()
    assert conversation.state == "done"


def test_a_change_made_meanwhile_is_not_overwritten(bob, lena) -> None:
    conversation = make_conversation()
    mine = triage.assign([conversation], bob, by=bob)
    triage.assign([conversation], lena, by=lena)
    assert mine is not None
    assert not mine.undo(by=bob)
    conversation.refresh_from_db()
    assert conversation.assignee == lena


def test_a_colleague_undoes_only_their_own_and_once(bob) -> None:
    action = triage.assign([make_conversation()], bob, by=bob)
    assert not actions.undo(action.group, by=make_user("manager"))
    assert action.undo(by=bob)
    assert not actions.undo(action.group, by=bob)


def test_a_lead_undoes_what_a_colleague_did_where_the_verb_says_so(bob, lena) -> None:
    conversation = make_message().conversation
    assigned = triage.assign([conversation], bob, by=bob)
    assert actions.undo(assigned.group, by=lena) == 1
    noted = writing.note(conversation, "Ask them first.", by=bob)
    assert actions.undo(noted.group, by=lena) == 0
    assert conversation.messages.filter(kind="note").count() == 1


def test_undoing_a_note_takes_it_away_and_gives_its_words_back(client, bob, lena) -> None:
    conversation = make_message().conversation
    client.force_login(bob)
    done = client.post(reverse("notes", args=[conversation.pk]), {"note": "Ask Lena first."})
    assert done.status_code == 302
    assert conversation.messages.filter(kind="note").count() == 1
    action = Action.objects.get(verb="note")
    assert not actions.undo(action.group, by=lena)
    assert client.post(reverse("undo", args=[action.group])).status_code in (200, 302)
    assert conversation.messages.filter(kind="note").count() == 0
    assert Draft.objects.get(user=bob, kind="note").text == "Ask Lena first."
    assert not actions.undo(action.group, by=bob)


def test_a_lead_who_is_one_no_more_cannot_undo_who_is_a_colleague(lena, bob) -> None:
    member = make_member()
    action = member_verbs.link_user(member, bob, by=lena)
    lena.role = "manager"
    lena.save()

    assert not actions.undo(action.group, by=lena)
    member.refresh_from_db()
    assert member.user == bob


def test_a_tag_that_is_not_on_the_conversation_cannot_be_taken_off(client, bob) -> None:
    """Undo would have put it there."""
    conversation, other = make_conversation(), make_conversation()
    tags.tag([other], "bug", by=bob)
    client.force_login(bob)
    address = reverse("tag", args=[conversation.pk, ConversationTag.objects.get().tag_id])
    assert client.delete(address).status_code == 404
    assert not Action.objects.filter(verb="untag").exists()


@pytest.mark.parametrize("put_away", ["done", "snoozed"])
def test_nobody_is_put_away_again_who_asked_meanwhile(put_away, bob) -> None:
    conversation = make_message().conversation
    if put_away == "done":
        triage.close([conversation], by=bob, seen_up_to=conversation.last_message_id)
    else:
        triage.snooze([conversation], timezone.now() + timedelta(days=30), by=bob)
    opened = triage.reopen([conversation], by=bob)
    again = item("again", thread_id=conversation.external_id, mention_reason="handle")
    ingest(conversation.source, page(again))
    assert opened is not None
    assert not opened.undo(by=bob)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since is None) == ("open", False)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
def test_a_snooze_is_undone_whatever_timezone_it_was_set_in(zone, bob) -> None:
    conversation = make_message().conversation
    until = (timezone.now() + timedelta(days=30)).astimezone(ZoneInfo(zone))
    assert triage.snooze([conversation], until, by=bob).undo(by=bob) == 1
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == ("open", None)


def test_what_had_asked_before_does_not_stand_in_the_way(bob) -> None:
    conversation = make_message().conversation
    until = timezone.now() + timedelta(days=30)
    triage.snooze([conversation], until, by=bob)
    opened = triage.reopen([conversation], by=bob)
    assert opened is not None
    assert opened.undo(by=bob)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.snoozed_until) == ("snoozed", until)
