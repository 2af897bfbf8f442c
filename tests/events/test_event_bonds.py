"""What coming to the same event adds to a bond: kept rows against their definition, over random
histories of check-ins, hosts and changes of both."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from events.models import Attendance, Event, Kind
from events.verbs import attending, editing
from members import bonds, derived
from members import verbs as member_verbs
from members.bond_working import working
from members.models import Bond, Member
from tests.make import make_attendance, make_event, make_member, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def by_hand() -> dict[tuple[int, int], tuple[float, int, datetime]]:
    """docs/relationships.md, "Bond", event by event: points today, how many, and the first."""
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for event in Event.objects.exclude(kind=Kind.CONTENT):
        there = [row.member for row in Attendance.objects.filter(event=event) if row.checked_in_at]
        ours = {member.user_id for member in there if member.user_id}
        ours |= {pk for pk in (event.host_id, *event.co_hosts.values_list("pk", flat=True)) if pk}
        for member in there:
            if member.user_id or member.is_bot:
                continue
            for user in ours:
                found[member.pk, user].append(event.starts_at)
    today = timezone.now().date()
    return {
        pair: (sum(3 * 0.9 ** ((today - at.date()).days / 30.4375) for at in days),
               len(days), min(days))
        for pair, days in found.items()
    }  # fmt: skip


def kept() -> dict[tuple[int, int], tuple[float, int, datetime | None]]:
    left = bonds.decay(bonds.FIXED_DAY, timezone.now().date())
    return {
        (row.member_id, row.user_id): (pytest.approx(row.score * left), row.events, row.first_at)
        for row in Bond.objects.all()
    }


@pytest.mark.parametrize("seed", range(3))
def test_bonds_by_events_are_what_their_definition_says(seed: int, time_machine: Any, bob) -> None:
    chance = random.Random(seed)
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    time_machine.move_to(now, tick=False)
    team = [make_user() for _ in range(3)]
    people = [make_member(f"Person {n}") for n in range(5)] + [make_member("Robot", is_bot=True)]
    staff = [make_member(str(user), user=user) for user in team]
    for step in range(6):
        now += timedelta(days=chance.choice([1, 9, 40]))
        time_machine.move_to(now, tick=False)
        event = make_event(
            f"Meet-up {step}", starts_at=now - DAY, host=chance.choice([None, *team]),
            kind=chance.choice([Kind.IN_PERSON, Kind.ONLINE, Kind.CONTENT]),
        )  # fmt: skip
        event.co_hosts.set(chance.sample(team, chance.randrange(2)))
        for member in chance.sample([*people, *staff], 5):
            row = make_attendance(event, member)
            if chance.random() < 0.8:
                attending.check_in(row, by=bob, at=now - DAY)
        if chance.random() < 0.5:
            derived.update()
        changes(chance, team, bob)
        derived.update()
        assert by_hand() == kept()
    assert by_hand()
    before = list(
        Bond.objects.order_by("member", "user").values_list("score", "first_at", "events")
    )
    call_command("rebuild_derived", verbosity=0)
    assert before == list(
        Bond.objects.order_by("member", "user").values_list("score", "first_at", "events")
    )


def changes(chance: random.Random, team: list[Any], by: Any) -> None:
    """Something of an event that was long ago is said otherwise."""
    event = chance.choice(list(Event.objects.order_by("pk")))
    what = chance.choice(["host", "co-hosts", "moved", "undone", "taken back"])
    if what == "host":
        editing.edit(event, by=by, host_id=chance.choice(team).pk)
    elif what == "co-hosts":
        editing.edit(event, by=by, co_hosts=[chance.choice(team).pk])
    elif what == "undone":
        editing.edit(event, by=by, co_hosts=[chance.choice(team).pk]).undo(by=by)
    elif what == "moved":
        moved = event.starts_at - 3 * DAY
        editing.edit(event, by=by, starts_at=moved, ends_at=moved + timedelta(hours=2))
    elif came := list(event.attendances.came().order_by("pk")):
        attending.take_back_check_in(chance.choice(came), by=by)


def test_the_working_names_the_event_and_leads_there(client, bob, lena):
    ines = make_member("Ines")
    event = make_event("Open lab", starts_at=timezone.now() - 2 * DAY, host=lena)
    attending.check_in(make_attendance(event, ines), by=bob, at=event.starts_at)
    derived.update()
    found = working(ines, lena, bob)
    assert [(row.label, row.link, row.weight) for row in found.rows] == [
        ("Open lab", event.get_absolute_url(), 3)
    ]
    client.force_login(bob)
    page = client.get(f"/members/{ines.pk}/bonds/{lena.pk}/").content.decode()
    assert "Same event" in page
    assert "Open lab" in page


def test_who_becomes_a_teammate_knows_whom_they_were_with(bob, lena):
    ines, jo = make_member("Ines"), make_member("Jo")
    event = make_event(starts_at=timezone.now() - DAY)
    for member in (ines, jo):
        attending.check_in(make_attendance(event, member), by=bob, at=event.starts_at)
    derived.update()
    assert not Bond.objects.exists()
    member_verbs.link_user(Member.objects.get(pk=jo.pk), lena, by=make_user("admin"))
    derived.update()
    assert list(Bond.objects.values_list("member", "user", "events")) == [(ines.pk, lena.pk, 1)]
