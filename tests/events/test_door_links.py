"""Links with which helpers without an account check people in at one event."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from events.answers import Refused
from events.models import Attendance, DoorLink
from events.models import scan as scan_model
from events.models.door_link import expiry
from events.verbs import door_links
from members.models import Activity
from team.models import Action, Role
from tests.make import make_attendance, make_event, make_identity, make_member

pytestmark = pytest.mark.django_db
NONCE = "0123456789abcdef"


def door(event, by, name="Hanna") -> tuple[DoorLink, str]:
    changes, token = door_links.create(event, name, by=by)
    return DoorLink.objects.get(pk=changes.actions[0].object_id), f"/door/{token}/"


def send(client, address, *items, **headers):
    return client.post(
        f"{address}scans/", json.dumps({"scans": items}), content_type="application/json",
        headers=headers,
    )  # fmt: skip


def test_a_helper_checks_people_in_without_an_account_or_a_cookie(bob, mallory):
    event = make_event()
    row = make_attendance(event, make_member("Ines Wolff"))
    link, address = door(event, bob)
    text = mallory.get(address).content.decode()
    value = re.search(rf'value="(in:{row.pk}:[^"]+)"', text)[1]
    answer = mallory.post(f"{address}scans/", {"scan": value}, follow=True)
    assert "Ines Wolff is here." in answer.content.decode()
    assert not mallory.cookies
    row.refresh_from_db()
    assert (row.checked_in_by, row.helper) == (None, "Hanna")
    assert Activity.objects.present().filter(key=f"attendance:{row.pk}:checked-in").exists()
    scan = event.scans.get()
    assert (scan.by, scan.door, scan.helper) == (None, link, "Hanna")
    link.refresh_from_db()
    assert link.last_used_at


def test_a_helper_reads_names_and_never_an_address_a_note_or_an_account(bob, mallory):
    event = make_event(notes="Keep the back door shut")
    member = make_member("ines@wolff.example")
    make_identity(
        member, network="email", external_id="ines@wolff.example", handle="ines@wolff.example"
    )
    make_attendance(event, member)
    _link, address = door(event, bob)
    for path in (address, f"{address}?q=ines", f"{address}people/"):
        text = mallory.get(path).content.decode()
        assert "wolff.example" not in text
        assert "back door" not in text
        assert "ines" in text
    answer = send(
        mallory, address, {"nonce": NONCE, "kind": "in", "code": member.attendances.get().code}
    )
    assert answer.json()["answers"][0]["name"] == "ines"


def test_a_helper_finds_nobody_by_an_account(bob, mallory):
    event, member = make_event(), make_member("Ines Wolff")
    make_identity(member, handle="moogfan")
    make_attendance(event, member)
    _link, address = door(event, bob)
    assert "Ines Wolff" in mallory.get(f"{address}?q=wol").content.decode()
    assert "Ines Wolff" not in mallory.get(f"{address}?q=moogfan").content.decode()


def test_a_link_is_for_its_event_alone(bob, mallory):
    event, other = make_event(), make_event("Another")
    row = make_attendance(other, make_member("Elsewhere"))
    _link, address = door(event, bob)
    assert "Elsewhere" not in mallory.get(address).content.decode()
    answer = send(mallory, address, {"nonce": NONCE, "kind": "in", "attendance": row.pk}).json()
    assert answer["answers"][0]["state"] == "refused"
    assert mallory.get(f"/events/{event.pk}/check-in/").status_code == 302


def test_a_link_expires_at_the_end_of_the_day_after_where_the_event_is(bob, mallory, time_machine):
    zone = ZoneInfo("Asia/Tokyo")
    starts_at = datetime(2027, 3, 5, 19, tzinfo=zone)
    time_machine.move_to(datetime(2027, 3, 1, tzinfo=zone))
    event = make_event(starts_at=starts_at, timezone="Asia/Tokyo")
    _link, address = door(event, bob)
    assert expiry(event) == datetime(2027, 3, 7, tzinfo=zone)
    time_machine.move_to(datetime(2027, 3, 6, 23, 59, tzinfo=zone))
    assert mallory.get(address).status_code == 200
    time_machine.move_to(datetime(2027, 3, 7, 0, 1, tzinfo=zone))
    assert mallory.get(address).status_code == 410
    assert send(mallory, address).status_code == 410
    event.ends_at += timedelta(days=7)  # it was moved, and its links with it
    event.save()
    assert mallory.get(address).status_code == 200
    past = make_event(starts_at=starts_at - timedelta(days=30))
    with pytest.raises(Refused):
        door_links.create(past, "Hanna", by=bob)


def test_a_link_ends_when_it_is_revoked_and_comes_back_by_undo(bob, mallory):
    link, address = door(make_event(), bob)
    changes = door_links.revoke(link, by=bob)
    for path in ("", "people/", "worker.js"):
        assert mallory.get(address + path).status_code == 410
    assert not door_links.revoke(link, by=bob)
    assert changes.undo(by=bob) == 1
    assert mallory.get(address).status_code == 200


def test_undo_of_a_new_link_revokes_it(bob, mallory):
    changes, token = door_links.create(make_event(), "", by=bob)
    assert DoorLink.objects.get().name == "Door"
    assert changes.undo(by=bob) == 1
    assert mallory.get(f"/door/{token}/").status_code == 410


@pytest.mark.parametrize("fields", [{"role": Role.OBSERVER}, {"is_active": False}])
def test_a_link_ends_with_the_rights_of_who_made_it(bob, mallory, fields):
    _link, address = door(make_event(), bob)
    for name, value in fields.items():
        setattr(bob, name, value)
    bob.save()
    assert mallory.get(address).status_code == 410


def test_a_link_of_a_removed_event_and_one_that_never_was_say_nothing(bob, mallory):
    event = make_event()
    _link, address = door(event, bob)
    event.removed_at = timezone.now()
    event.save()
    gone, never = mallory.get(address), mallory.get("/door/xyz/")
    assert gone.status_code == never.status_code == 410
    assert gone.content == never.content


def test_another_site_cannot_send_in_a_helpers_name(bob, mallory):
    event = make_event()
    row = make_attendance(event, make_member())
    _link, address = door(event, bob)
    item = {"nonce": NONCE, "kind": "in", "attendance": row.pk}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ):
        assert send(mallory, address, item, **headers).status_code == 403, headers
    assert not Attendance.objects.came().exists()
    assert send(mallory, address, item, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_link_that_got_about_makes_no_thousands_of_members(bob, mallory, monkeypatch):
    monkeypatch.setattr("events.scans.MOST_WALK_INS", 2)
    _link, address = door(make_event(), bob)
    items = [{"nonce": f"{NONCE}{n}", "kind": "walk-in", "name": f"No {n}"} for n in range(3)]
    states = [each["state"] for each in send(mallory, address, *items).json()["answers"]]
    assert states == ["in", "in", "refused"]
    assert scan_model.Scan.objects.filter(refused="").count() == 2


def test_the_page_shows_the_secret_once_with_its_code_and_keeps_a_hash(bob):
    event, client = make_event(), Client()
    client.force_login(bob)
    text = client.post(f"/events/{event.pk}/door-links/", {"name": "Hanna"}).content.decode()
    token = re.search(r'value="http[^"]+/door/([^/"]+)/"', text)[1]
    assert "<svg" in text.split('class="alert good door-link"')[1].split("</section>")[0]
    link = DoorLink.objects.get()
    assert token not in (link.token_hash, link.name)
    again = client.get(f"/events/{event.pk}/door-links/").content.decode()
    assert token not in again
    assert "Hanna" in again
    answer = client.post(f"/door-links/{link.pk}/revocation/", follow=True)
    assert "Link revoked" in answer.content.decode()
    assert "Revoked" in answer.content.decode()


def test_a_name_that_is_too_long_stays_and_is_told(bob):
    event, client = make_event(), Client()
    client.force_login(bob)
    answer = client.post(f"/events/{event.pk}/door-links/", {"name": "x" * 81})
    assert answer.status_code == 422
    assert "1 character too long" in answer.content.decode()
    assert "x" * 81 in answer.content.decode()


def test_only_who_may_edit_events_makes_one(olga):
    with pytest.raises(PermissionDenied):
        door_links.create(make_event(), "Hanna", by=olga)


def test_the_trail_names_the_link_and_its_helper(bob, alice, mallory):
    event = make_event()
    row = make_attendance(event, make_member("Ines Wolff"))
    _link, address = door(event, bob, "Hanna")
    send(mallory, address, {"nonce": NONCE, "kind": "in", "attendance": row.pk})
    assert Action.objects.filter(verb="check-in", by=None).exists()
    client = Client()
    client.force_login(alice)
    text = client.get("/team/audit-trail/").content.decode()
    assert "door link: Hanna" in text
    assert "created the door link" in text
