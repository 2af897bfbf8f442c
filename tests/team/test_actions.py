"""Verbs refuse, record, and are undone as a group; the audit trail shows them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inbox.models import Conversation, Delivery
from inbox.verbs import saved_replies, tags, triage, writing
from members import owner_verbs
from members import verbs as member_verbs
from members.models import Tag
from team import actions, saved_query_verbs, trail
from team import verbs as team_verbs
from team.models import Action
from tests.make import (
    make_conversation,
    make_member,
    make_message,
    make_reply,
    make_source,
    make_view,
    one_line,
)

pytestmark = pytest.mark.django_db


def test_whoever_has_not_the_right_is_refused_wherever_it_is_called_from(olga, carol) -> None:
    conversation, member = make_message().conversation, make_member()
    for refused in (
        lambda: triage.assign([conversation], olga, by=olga),
        lambda: triage.close([conversation], by=carol, seen_up_to=10**9),
        lambda: triage.snooze([conversation], None, by=carol),
        lambda: writing.reply(conversation, "Hello", by=carol),
        lambda: writing.note(conversation, "Hm", by=olga),
        lambda: tags.tag([conversation], "bug", by=olga),
        lambda: member_verbs.set_stage(member, "champion", by=carol),
        lambda: member_verbs.link_user(member, carol, by=carol),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    assert not Action.objects.exists()


def test_a_deactivated_colleague_is_refused(bob) -> None:
    bob.is_active = False
    with pytest.raises(PermissionDenied):
        triage.assign([make_conversation()], bob, by=bob)


def test_a_verb_is_registered_once() -> None:
    with pytest.raises(ValueError, match="already"):
        actions.verb("close", on="inbox.conversation", right=None, words="")(print)


def test_every_verb_names_what_it_acts_on() -> None:
    assert actions.all_verbs()
    for verb in actions.all_verbs():
        assert "%(object)s" in str(verb.words), verb.name


def test_one_undo_takes_back_reply_and_done(bob) -> None:
    conversation = make_message().conversation
    message = writing.reply(
        conversation, "Gladly.", by=bob, done=True, seen_up_to=conversation.last_message_id
    )
    group = Action.objects.get(verb="reply").group
    verbs = Action.objects.filter(group=group).values_list("verb", flat=True)
    assert sorted(verbs) == ["assign", "close", "reply"]
    assert actions.undo(group, by=bob) >= 1
    conversation.refresh_from_db()
    assert (conversation.state, conversation.waiting_since is None) == ("open", False)
    assert conversation.assignee is None
    assert not Action.objects.filter(group=group, undone_at=None).exists()
    assert Delivery.objects.get(message=message).state == "cancelled"


@pytest.mark.parametrize("verb", [writing.cancel, writing.retry, writing.confirm])
def test_what_is_done_to_a_delivery_is_in_the_trail(verb, bob) -> None:
    state = {"cancel": "held", "retry": "failed", "confirm": "unconfirmed"}[verb.entry.name]
    reply = make_reply(make_message().conversation, by=bob, state=state)
    verb(reply.delivery, by=bob)
    action = Action.objects.get(verb=verb.entry.name)
    assert (action.by, action.before, action.object_id) == (
        bob,
        {"state": state},
        reply.delivery.pk,
    )


def test_many_are_closed_in_as_many_queries_as_one(bob) -> None:
    source = make_source()
    one, *many = (make_message(make_conversation(source)).conversation for _ in range(21))
    seen = Conversation.objects.latest("last_message_id").last_message_id
    with CaptureQueriesContext(
        connection,
    ) as single:
        triage.close([one], by=bob, seen_up_to=seen)
    with CaptureQueriesContext(connection) as several:
        changes = triage.close(many, by=bob, seen_up_to=seen)
    assert len(several) == len(single)
    assert Conversation.objects.done().count() == 21
    with CaptureQueriesContext(connection) as undoing:
        assert changes.undo(by=bob) == 20
    assert len(undoing) <= 15
    assert Conversation.objects.done().count() == 1


def test_undo_of_many_leaves_alone_what_somebody_changed_since(bob, lena) -> None:
    first, second = (make_message().conversation for _ in range(2))
    changes = triage.assign([first, second], bob, by=bob)
    triage.assign([second], lena, by=lena)
    assert changes.undo(by=bob) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.assignee, second.assignee) == (None, lena)
    assert Action.objects.filter(group=changes.group, undone_at=None).count() == 1


def test_a_conversation_is_not_assigned_to_who_may_not_see_it(bob, alice) -> None:
    hidden = make_conversation(make_source(restricted=True))
    assert not triage.assign([hidden], bob, by=alice)


# The trail --------------------------------------------------------------------------------------


def test_the_trail_shows_one_line_for_each_call(client, lena, bob) -> None:
    talks = [make_message().conversation for _ in range(3)]
    triage.assign(talks, bob, by=bob)
    tags.tag(talks[:1], "bug", by=bob)
    entries = trail.page(lena, trail.Filters()).entries
    assert [(entry.action.verb, entry.more) for entry in entries] == [("tag", 0), ("assign", 2)]
    client.force_login(lena)
    page = client.get("/team/audit-trail/").content.decode()
    assert "and 2 more" in page
    assert "Bob Baker" in page


def test_the_trail_says_who_undid_it(client, lena, bob) -> None:
    talk = make_message().conversation
    changes = triage.assign([talk], bob, by=bob)
    assert changes.undo(by=lena) == 1
    assert Action.objects.get(verb="assign").undone_by == lena
    client.force_login(lena)
    assert "undone by Lena Lindqvist" in one_line(client.get("/team/audit-trail/").content)


def test_a_colleagues_reply_and_what_came_with_it_is_undone_by_who_cancels_it(lena, bob) -> None:
    conversation = make_message().conversation
    message = writing.reply(
        conversation, "Gladly.", by=bob, done=True, seen_up_to=conversation.last_message_id
    )
    writing.cancel(message.delivery, by=lena)
    undone = Action.objects.exclude(verb="cancel").values_list("verb", "undone_by").order_by("verb")
    assert list(undone) == [("assign", lena.pk), ("close", lena.pk), ("reply", lena.pk)]


def test_the_database_keeps_who_undid_it(lena, bob) -> None:
    triage.assign([make_conversation()], bob, by=bob).undo(by=lena)
    rows = Action.objects.all()
    for change in ({"undone_by": bob}, {"undone_by": None}, {"by": lena}):
        with pytest.raises(DatabaseError, match="team_action"), transaction.atomic():
            rows.update(**change)
    assert rows.get().undone_by == lena


def test_the_trail_cuts_a_long_name_with_an_ellipsis(lena, bob) -> None:
    talk = make_conversation(subject="Is it loud? " * 20)
    triage.close([talk], by=bob, seen_up_to=10**9)
    (entry,) = trail.page(lena, trail.Filters()).entries
    assert entry.words.endswith("… as done")
    assert len(entry.words) < 130


def test_the_trail_says_which_tag_to_whom_and_until_when(lena, bob) -> None:
    talk = make_message(conversation=make_conversation(subject="100 %(tag)s")).conversation
    member = make_member("Ines Wolff")
    tags.tag([talk], "bug", by=bob)
    tags.untag([talk], Tag.named("bug"), by=bob)
    triage.assign([talk], lena, by=bob)
    triage.assign([talk], bob, by=bob)
    triage.assign([talk], None, by=bob)
    triage.snooze([talk], datetime(2026, 12, 1, 9, tzinfo=UTC), by=bob)
    triage.snooze([talk], None, by=bob)
    member_verbs.tag(member, "maker", by=bob)
    owner_verbs.set_owner(member, lena, by=bob)
    owner_verbs.set_owner(member, None, by=bob)
    member_verbs.set_stage(member, "champion", by=bob)
    said = [entry.words for entry in trail.page(lena, trail.Filters()).entries]
    assert said[::-1] == [
        "added the tag “bug” to 100 %(tag)s",
        "removed the tag “bug” from 100 %(tag)s",
        "assigned 100 %(tag)s to Lena Lindqvist",
        "assigned 100 %(tag)s to themselves",
        "unassigned 100 %(tag)s",
        "snoozed 100 %(tag)s until 1 Dec 2026, 09:00",
        "snoozed 100 %(tag)s until they reply",
        "added the tag “maker” to Ines Wolff",
        "made Lena Lindqvist the owner of Ines Wolff",
        "removed the owner of Ines Wolff",
        "changed the stage of Ines Wolff to Champion",
    ]


def test_the_trail_says_from_which_role_to_which(lena, alice, bob) -> None:
    team_verbs.change_role(bob, "lead", by=alice)
    (entry,) = trail.page(lena, trail.Filters()).entries
    assert entry.words == "changed the role of Bob Baker from Manager to Lead"


def test_verbs_of_equal_words_are_told_apart_in_the_filter(db) -> None:
    words = [said for _value, said in trail.verbs()]
    assert len(words) == len(set(words))
    offered = dict(trail.verbs())
    assert offered["inbox.conversation tag"] == "tagged … (conversation)"
    assert offered["members.member tag"] == "tagged … (member)"
    assert offered["inbox.conversation close"] == "marked … as done"


def test_the_trail_is_narrowed_and_paged(lena, bob) -> None:
    talks = [make_message().conversation for _ in range(5)]
    for talk in talks:
        triage.assign([talk], bob, by=bob)
    triage.close(talks, by=lena, seen_up_to=10**9)
    by_bob = trail.Filters(by=bob.pk)
    first = trail.page(lena, by_bob, size=3)
    rest = trail.page(lena, by_bob, size=3, before=first.older)
    assert [len(first.entries), len(rest.entries), rest.older] == [3, 2, ""]
    closed = trail.page(lena, trail.Filters(verb="inbox.conversation close"))
    assert [entry.action.by for entry in closed.entries] == [lena]


def test_what_is_gone_is_still_in_the_trail(lena, bob) -> None:
    talk = make_message().conversation
    triage.assign([talk], bob, by=bob)
    Conversation.objects.all().delete()
    (entry,) = trail.page(lena, trail.Filters()).entries
    assert entry.words == "assigned a deleted conversation"
    assert not entry.can_undo


def test_the_trail_names_a_view_for_whoever_may_see_it_and_for_nobody_else(lena, bob) -> None:
    private, shared = make_view(bob, "Plum trees"), make_view(bob, "Quiet", shared=True)
    saved_query_verbs.rename(private, "Plums", by=bob, shown="Plum trees")
    saved_query_verbs.share(private, by=bob)
    private.refresh_from_db()
    saved_query_verbs.unshare(private, by=bob)
    saved_query_verbs.remove(shared, by=bob)

    def said(user) -> list[str]:
        return [entry.words for entry in trail.page(user, trail.Filters()).entries][::-1]

    assert said(lena) == [
        "renamed a private view",
        "shared a private view with the team",
        "stopped sharing a private view",
        "removed the view “Quiet”",
    ]
    assert said(bob)[:2] == [
        "renamed the view “Plum trees” to “Plums”",
        "shared the view “Plums” with the team",
    ]


def test_the_trail_says_what_kind_of_thing_its_reader_may_not_see(lena, alice, bob) -> None:
    fields = {"title": "Plum", "text": "Plum", "language": "en"}
    saved_replies.create(by=bob, owner=bob, **fields)
    saved_replies.create(by=bob, owner=None, **fields)
    team_verbs.invite(role="manager", email="plum@team.example", by=alice)
    said = [entry.words for entry in trail.page(lena, trail.Filters()).entries][::-1]
    assert said == [
        "created a private saved reply",
        "created the saved reply “Plum”",
        "created an invitation",
    ]
    (entry, *_rest) = trail.page(alice, trail.Filters()).entries
    assert entry.words == "created the invitation plum@team.example"


def test_a_note_of_a_colleague_is_told_without_its_words(client, lena, bob) -> None:
    writing.note(make_message().conversation, "The plum tree is sick", by=bob)
    client.force_login(lena)
    page = client.get("/team/audit-trail/").content.decode()
    assert "added a note to" in page
    assert "plum" not in page


def test_the_trail_costs_as_many_queries_for_many_as_for_few(client, lena, bob) -> None:
    client.force_login(lena)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/team/audit-trail/").status_code == 200
        return len(seen)

    def several(number: int) -> None:
        talk = make_message().conversation
        triage.assign([talk], bob, by=bob)
        triage.snooze([talk], None, by=bob)
        tags.tag([talk], f"tag {number}", by=bob)
        tags.tag([make_conversation()], "gone", by=bob)
        Conversation.objects.exclude(pk=talk.pk).filter(messages=None).delete()

    several(0)
    few = queries()
    for number in range(12):
        several(number)
    assert queries() == few <= 16
