"""What somebody was given and cannot get at any more waits for everybody; what tells of it is
not read by them."""

from __future__ import annotations

import pytest

from inbox.ingest.pipeline import ingest
from inbox.models import Conversation, Source
from inbox.pages import folder_counts, folders
from inbox.tasks import notify_assignee
from inbox.verbs import sources as source_verbs
from inbox.verbs import triage
from team import verbs as team_verbs
from team.models import Notification, User
from tests.inbox.items import item, page
from tests.make import make_conversation, make_message, make_source

pytestmark = pytest.mark.django_db


def unassigned(user: User) -> list[int]:
    return [row.pk for row in folders.UNASSIGNED.page(user).rows]


def given_to(user: User, source: Source | None = None, **fields: str) -> Conversation:
    conversation = make_message(make_conversation(source, **fields)).conversation
    triage.assign([conversation], user, by=user)
    return conversation


def test_what_a_colleague_who_is_switched_off_had_waits_for_everybody(alice, bob, lena) -> None:
    conversation = given_to(bob)
    triage.close([conversation], by=bob, seen_up_to=conversation.last_message_id)
    leaving = team_verbs.deactivate(bob, by=alice)
    ingest(conversation.source, page(item("again", thread_id=conversation.external_id)))
    assert unassigned(lena) == [conversation.pk]
    assert folder_counts.counts(lena, Source.objects.all())["unassigned"] == 1

    assert leaving.undo(by=alice)
    assert unassigned(lena) == []


def test_the_same_for_who_has_another_role_or_was_left_out(alice, bob, carol, lena) -> None:
    source = make_source()
    conversation = given_to(bob, source)
    source_verbs.restrict(source, [carol], by=alice)
    assert unassigned(lena) == [conversation.pk]
    source_verbs.restrict(source, [bob], by=alice)
    assert unassigned(lena) == []
    team_verbs.change_role(bob, "observer", by=alice)
    assert unassigned(lena) == [conversation.pk]


def test_a_lead_who_has_it_needs_no_grant(lena, alice) -> None:
    source = make_source()
    given_to(lena, source)
    source_verbs.restrict(source, [], by=alice)
    assert unassigned(alice) == []


def test_nothing_is_handed_back_to_who_left(alice, bob, lena) -> None:
    conversation = given_to(bob)
    taken = triage.assign([conversation], None, by=lena)
    team_verbs.deactivate(bob, by=alice)
    assert not taken.undo(by=lena)
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_what_was_told_of_a_source_is_not_read_by_who_may_not_see_it(client, alice, bob) -> None:
    source = make_source()
    conversation = given_to(bob, source, subject="A talk of few")
    notify_assignee(conversation.pk)
    assert Notification.objects.visible_to(bob).count() == 1

    source_verbs.restrict(source, [], by=alice)
    client.force_login(bob)
    assert "A talk of few" not in client.get("/notifications/").content.decode()
    assert not Notification.objects.visible_to(bob).exists()

    source_verbs.restrict(source, [bob], by=alice)
    assert "A talk of few" in client.get("/notifications/").content.decode()
