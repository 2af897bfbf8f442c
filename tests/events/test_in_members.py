"""What events add to a member: lines at a glance, history, stage, rhythm and outreach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events import answers
from events.models import Answer, Attendance, Kind, Part, State
from events.verbs import attending
from members import derived
from members.listing import MemberListing
from members.models import Activity, Member, Rhythm, Sighting
from members.profile import load_profile
from tests.make import (
    make_attendance,
    make_event,
    make_identity,
    make_line,
    make_member,
    make_source,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def past(title: str, days: int, **fields: Any):
    return make_event(title, starts_at=timezone.now() - days * DAY, **fields)


def came(member: Member, title: str, days: int, by: Any, **fields: Any) -> Attendance:
    event = past(title, days, **fields)
    row = make_attendance(event, member)
    attending.check_in(row, by=by, at=event.starts_at)
    return row


def glance(member: Member, user: Any) -> list[tuple[str, str]]:
    lines = load_profile(member, user, lines=0).further
    return [(line.label, line.words) for line in lines]


def test_a_glance_tells_the_next_event_and_the_last_one(client, bob):
    ines = make_member("Ines")
    assert glance(ines, bob) == []
    came(ines, "Spring meet-up", 90, bob)
    came(ines, "Summer meet-up", 30, bob)
    make_attendance(past("Missed", 3), ines)
    make_attendance(make_event("Cancelled", state=State.CANCELLED), ines)
    make_attendance(make_event("Not for her"), ines, answer=Answer.DECLINED)
    make_attendance(make_event("Later", starts_at=timezone.now() + 20 * DAY), ines)
    make_attendance(
        make_event("Soon", starts_at=timezone.now() + 2 * DAY), ines, answer=Answer.MAYBE,
        role=Part.SPEAKER,
    )  # fmt: skip
    assert glance(ines, bob) == [("Next event", "Soon"), ("Last event", "Summer meet-up")]
    client.force_login(bob)
    page = client.get(f"/members/{ines.pk}/").content.decode()
    assert "Summer meet-up" in page
    assert "maybe · speaker" in page


def test_the_pane_beside_a_conversation_says_the_same(client, bob):
    from tests.make import make_message

    message = make_message()
    ines = message.author.member
    make_attendance(make_event("Release stream"), ines)
    client.force_login(bob)
    page = client.get(f"/conversations/{message.conversation_id}/").content.decode()
    assert "Release stream" in page


def test_the_history_is_narrowed_to_events(client, bob):
    ines = make_member("Ines")
    make_line(ines, "Hello there")
    answers.answer(make_event("Berlin meet-up").pk, ines.pk, Answer.GOING)
    came(ines, "Summer meet-up", 30, bob)
    client.force_login(bob)
    page = client.get(f"/members/{ines.pk}/", {"kind": "events"}).content.decode()
    assert "Going to “Berlin meet-up”" in page
    assert "Came to “Summer meet-up”" in page
    assert "Hello there" not in page
    assert "kind=events" in client.get(f"/members/{ines.pk}/").content.decode()


def test_an_event_attended_counts_for_the_stage_and_an_answer_does_not(bob):
    ines = make_member("Ines", stage="visitor")
    for days in (60, 40):
        came(ines, f"Meet-up {days}", days, bob)
    answers.answer(make_event().pk, ines.pk, Answer.GOING)
    ines.refresh_from_db()
    assert ines.stage == "visitor"
    row = make_attendance(past("Open lab", 2), ines)
    changes = attending.check_in(row, by=bob, at=timezone.now() - 2 * DAY)
    ines.refresh_from_db()
    assert ines.stage == "participant"
    line = Activity.objects.present().get(member=ines, kind="stage")
    assert "3rd activity, on 3 days: came to “Open lab”" in line.summary
    assert changes.undo(by=bob) == 1
    ines.refresh_from_db()
    assert ines.stage == "visitor"
    assert not Activity.objects.present().filter(member=ines, kind="stage").exists()


def test_a_check_in_that_is_taken_back_takes_its_stage_along(bob):
    ines = make_member("Ines", stage="visitor")
    rows = [came(ines, f"Meet-up {days}", days, bob) for days in (60, 40, 20)]
    ines.refresh_from_db()
    assert ines.stage == "participant"
    changes = attending.take_back_check_in(rows[2], by=bob)
    ines.refresh_from_db()
    assert ines.stage == "visitor"
    changes.undo(by=bob)
    ines.refresh_from_db()
    assert ines.stage == "participant"


def test_days_of_events_are_days_of_the_rhythm(bob):
    ines = make_member("Ines")
    for days in (50, 40, 30, 20, 10):
        came(ines, f"Meet-up {days}", days, bob)
    answers.answer(make_event().pk, ines.pk, Answer.GOING)
    derived.update()
    rhythm = Rhythm.objects.get(member=ines)
    assert (rhythm.active_days, rhythm.median_gap) == (5, 10)
    attending.take_back_check_in(ines.attendances.order_by("pk").last(), by=bob)
    attending.take_back_check_in(ines.attendances.came().order_by("pk").last(), by=bob)
    derived.update()
    rhythm.refresh_from_db()
    assert rhythm.active_days == 4


def test_first_and_last_seen_are_when_they_came_and_not_when_they_said_so(bob):
    ines = make_member("Ines")
    answers.answer(make_event().pk, ines.pk, Answer.GOING)
    ines.refresh_from_db()
    assert ines.last_seen is None
    row = came(ines, "Meet-up", 30, bob)
    ines.refresh_from_db()
    assert ines.first_seen == ines.last_seen == row.event.starts_at


def test_who_was_seen_elsewhere_alone_joins_by_coming_to_an_event(bob, lena):
    make_source(is_our_place=True)
    elsewhere, lab = make_source(is_our_place=False), make_source(restricted=True)
    ines, jo = make_member("Ines", stage="outsider"), make_member("Jo", stage="outsider")
    for member, sources in ((ines, [elsewhere]), (jo, [elsewhere, lab])):
        account = make_identity(member)
        for source in sources:
            at = timezone.now() - 90 * DAY
            Sighting.objects.create(
                identity=account, scope=source.scope, first_seen=at, last_seen=at
            )
        Member.objects.filter(pk=member.pk).update(last_seen=at)
        make_line(member, occurred_at=at, scope=elsewhere.scope)
        came(member, "Meet-up", 30, bob)
    derived.update()

    def at_step(step: str, user: Any) -> set[str]:
        return {row.name for row in MemberListing(query=f"outreach:{step}").found(user)}

    assert at_step("joined", lena) >= {"Ines"}
    assert at_step("joined", bob) == {"Ines", "Jo"}
    came(ines, "Another", 10, bob)
    came(jo, "Another", 10, bob)
    derived.update()
    assert at_step("returned", bob) == {"Ines", "Jo"}
    ines.refresh_from_db()
    assert ines.stage == "participant"


def test_what_they_took_part_in_is_said_so(bob):
    ines = make_member("Ines")
    event = past("Ask us anything", 2, kind=Kind.CONTENT)
    row = make_attendance(event, ines)
    attending.check_in(row, by=bob, at=event.starts_at)
    assert Activity.objects.get(key=row.line_key("checked-in")).summary == (
        "Took part in “Ask us anything”"
    )
    assert glance(ines, bob) == [("Last took part in", "Ask us anything")]


def test_an_address_stands_among_the_accounts(client, bob):
    ines = make_member("Ines Wolff")
    make_identity(ines, network="email", external_id="ines@example.org", handle="", display_name="")
    client.force_login(bob)
    page = client.get(ines.get_absolute_url()).content.decode()
    assert "ines@example.org" in page
    assert "no name" not in page
