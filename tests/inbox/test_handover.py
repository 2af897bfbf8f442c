"""What a teammate looks after, on one page, and the action that gives it to another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from inbox.ingest.message_lines import log_team_replies
from inbox.verbs import triage
from members import derived, follow_up_verbs, follow_ups
from members.handover_verbs import NotPossible, hand_over
from members.models import ActivityKind, FollowUp
from team.models import Notification
from tests.make import (
    make_conversation,
    make_identity,
    make_line,
    make_member,
    make_message,
    make_reply,
    make_source,
    make_user,
    one_line,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines():
    return make_identity(make_member("Ines Wolff"))


@pytest.fixture
def tomorrow():
    return follow_ups.today() + timedelta(days=1)


def looked_after(bob, ines, tomorrow):
    """One of each kind that bob has."""
    member = ines.member
    member.owner = bob
    member.save()
    follow_up_verbs.plan(member, "Send the schematics", tomorrow, by=bob, kind="promise")
    talk = make_conversation(subject="MIDI clock drifts")
    make_message(talk, author=ines)
    triage.assign([talk], bob, by=bob)
    return member, FollowUp.objects.get(), talk


def test_one_action_gives_all_to_another_and_one_undo_gives_it_back(ines, bob, lena, tomorrow):
    marek = make_user(name="Marek Mensah")
    rows = looked_after(bob, ines, tomorrow)
    changes = hand_over(bob, marek, by=lena)
    member, follow_up, talk = [type(row).objects.get(pk=row.pk) for row in rows]
    assert (member.owner, follow_up.owner, talk.assignee) == (marek, marek, marek)
    assert Notification.objects.filter(user=marek, text__startswith=str(lena)).exists()
    changes.undo(by=lena)
    member, follow_up, talk = [type(row).objects.get(pk=row.pk) for row in rows]
    assert (member.owner, follow_up.owner, talk.assignee) == (bob, bob, bob)


def test_what_the_other_may_not_see_stays(bob, lena, tomorrow):
    """A member, a promise and a conversation of a restricted source, which bob may see."""
    closed = make_source(restricted=True, granted=[bob])
    ines = make_identity(make_member("Ines Wolff"))
    from members import sightings

    sightings.record([(ines.pk, closed.scope, timezone.now())])
    member = ines.member
    member.owner = bob
    member.save()
    origin = follow_up_verbs.Origin(key="x", scope=closed.scope)
    follow_up_verbs.plan(member, "Call her", tomorrow, by=bob, origin=origin)
    talk = make_conversation(closed)
    make_message(talk, author=ines)
    triage.assign([talk], bob, by=bob)
    assert not hand_over(bob, make_user(), by=lena)
    member.refresh_from_db()
    assert member.owner == bob


def test_only_leads_give_away_what_others_have(ines, bob, carol, tomorrow):
    other = make_user()
    looked_after(bob, ines, tomorrow)
    with pytest.raises(PermissionDenied):
        hand_over(bob, other, by=other)
    with pytest.raises(NotPossible):
        hand_over(bob, carol, by=bob)  # a contributor can't edit members
    assert hand_over(bob, other, by=bob)


def test_the_page_has_members_promises_conversations_and_whom_nobody_else_knows(
    client, ines, bob, tomorrow
):
    looked_after(bob, ines, tomorrow)
    alone = make_identity(make_member("Petra Nilsson"))
    for _ in range(3):
        talk = make_conversation()
        asked = make_message(talk, author=alone, sent_at=timezone.now() - timedelta(hours=2))
        make_line(alone.member, ActivityKind.MESSAGE, occurred_at=asked.sent_at)
        log_team_replies([make_reply(talk, by=bob).pk])
    derived.update()
    client.force_login(bob)
    text = one_line(client.get(f"/handovers/{bob.pk}/").content)
    for words in ("Ines Wolff", "Send the schematics", "MIDI clock drifts", "Petra Nilsson"):
        assert words in text
    marek = make_user(name="Marek Mensah")
    answer = client.post(f"/handovers/{bob.pk}/", {"hand-over-to": marek.pk}, follow=True)
    assert "Marek Mensah has 3 things more now." in one_line(answer.content)
    answer = client.post(f"/handovers/{bob.pk}/", {"hand-over-to": bob.pk})
    assert answer.status_code == 422
    assert "Select a teammate who can edit members." in answer.content.decode()
