"""The check-in of an event: its page, whom it shows, and that it works without scripts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events import desk
from events.desk import Desk
from events.models import Answer, Attendance, Part, State
from events.verbs import attending
from members.models import Activity, Member
from tests.make import make_attendance, make_event, make_identity, make_member

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def guest(event, name="Ines Wolff", **fields):
    return make_attendance(event, make_member(name), **fields)


def page(client, event, **query):
    answer = client.get(f"/events/{event.pk}/check-in/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def names(text: str) -> list[str]:
    return re.findall(r"<bdi data-name>([^<]+)</bdi>", text)


def press(client, event, text: str, name: str, kind: str = "in"):
    """The button beside somebody's name, as a browser without scripts."""
    row = text.split(f"<bdi data-name>{name}</bdi>")[1]
    value = re.search(rf'value="({kind}:[^"]+)"', row)
    return client.post(f"/events/{event.pk}/check-in/scans/", {"scan": value[1]}, follow=True)


def test_somebody_is_checked_in_and_taken_back_by_plain_forms(bob):
    event, client = make_event(), signed_in(bob)
    row = guest(event)
    guest(event, "Dee Sato")
    text = page(client, event)
    assert '<strong data-count="here">0</strong> of <span data-count="expected">2</span>' in text
    text = press(client, event, text, "Ines Wolff").content.decode()
    assert "Ines Wolff is here." in text
    assert '<strong data-count="here">1</strong>' in text
    row.refresh_from_db()
    assert row.checked_in_at
    assert row.checked_in_by == bob
    key = f"attendance:{row.pk}:checked-in"
    assert Activity.objects.present().filter(key=key, actor=bob).exists()
    text = press(client, event, text, "Ines Wolff", "out").content.decode()
    assert "Ines Wolff: taken back." in text
    assert not Attendance.objects.came().exists()
    assert not Activity.objects.present().filter(key=key).exists()


def test_the_same_form_sent_again_changes_nothing(bob):
    event, client = make_event(), signed_in(bob)
    guest(event)
    value = re.search(r'value="(in:[^"]+)"', page(client, event))[1]
    for _again in range(2):
        client.post(f"/events/{event.pk}/check-in/scans/", {"scan": value})
    assert Attendance.objects.came().count() == 1
    assert event.scans.count() == 1


def test_a_walk_in_becomes_a_member_without_any_account(bob):
    event, client = make_event(), signed_in(bob)
    text = page(client, event)
    nonce = re.search(r'name="nonce" value="([^"]+)"', text)[1]
    form = {"scan": "walk-in", "name": "  Joss   Weber ", "nonce": nonce}
    for _again in range(2):
        text = client.post(
            f"/events/{event.pk}/check-in/scans/", form, follow=True
        ).content.decode()
    assert "Joss Weber is here." in text
    member = Member.objects.get(name="Joss Weber")
    assert not member.identities.exists()
    assert member.attendances.get().answer == Answer.GOING
    assert member.attendances.get().checked_in_at


def test_a_walk_in_that_was_a_mistake_is_not_expected_any_more_and_may_come_after_all(bob):
    event = make_event(capacity=1)
    row = attending.add_walk_in(event, "Inse", by=bob)
    taken_back = attending.take_back_check_in(row, by=bob)
    row.refresh_from_db()
    assert (row.answer, row.checked_in_at) == (Answer.DECLINED, None)
    assert taken_back.undo(by=bob) == 1
    row.refresh_from_db()
    assert row.answer == Answer.GOING
    assert row.checked_in_at


def test_whoever_waits_or_said_maybe_may_come_as_well_and_the_page_says_it(bob):
    event, client = make_event(), signed_in(bob)
    make_attendance(make_event("Before"), make_member("Arjun R."), checked_in_at=timezone.now())
    arjun = Member.objects.get(name="Arjun R.")
    make_attendance(event, arjun, answer=Answer.MAYBE)
    guest(event, "Mara", answer=Answer.WAITING, waiting_since=timezone.now(), guests=2)
    guest(event, "Hanna", role=Part.VOLUNTEER)
    text = page(client, event)
    assert re.search(r"Arjun R\.</bdi>.*?data-note>said maybe<", text, re.S)
    assert re.search(
        r"Mara</bdi>.*?data-note>on the waiting list, 2 guests, first time: say hello<", text, re.S
    )
    assert re.search(r"Hanna</bdi>.*?data-note>volunteer, first time", text, re.S)
    press(client, event, text, "Mara")
    press(client, event, text, "Arjun R.")
    assert desk.count(event).here == 2
    assert desk.count(event).expected == 3


def test_people_are_found_by_the_beginnings_of_words_and_by_their_code(bob):
    event, client = make_event(), signed_in(bob)
    row = guest(event, "Ángel del Río")
    guest(event, "Tomás K.")
    guest(event, "Never There", answer=Answer.DECLINED)
    guest(make_event("Another"), "Angela Elsewhere")
    assert names(page(client, event)) == ["Ángel del Río", "Tomás K."]
    assert names(page(client, event, q="rio ang")) == ["Ángel del Río"]
    assert names(page(client, event, q="never")) == ["Never There"]
    assert names(page(client, event, q="zzz")) == []
    for typed in (row.code, row.code.lower(), f"{row.code[:4]} {row.code[4:]}", desk.qr_text(row)):
        assert names(page(client, event, q=typed)) == ["Ángel del Río"]
    assert names(page(client, event, q=f"HUB:{event.pk + 1}:{row.code}")) == []


def test_the_list_goes_on_and_shows_each_once(bob, monkeypatch):
    monkeypatch.setattr(desk, "ROWS", 2)
    event, client = make_event(), signed_in(bob)
    for name in ("Ada", "bo", "Cleo", "Dee", "Eli"):
        guest(event, name)
    seen, text = [], page(client, event)
    while True:
        seen += names(text)
        more = re.search(r'href="[^"]+before=([^"&]+)"', text)
        if not more:
            break
        answer = client.get(f"/events/{event.pk}/check-in/?before={more[1]}")
        text = answer.content.decode()
    assert seen == ["Ada", "bo", "Cleo", "Dee", "Eli"]


@pytest.mark.parametrize("fields", [{"state": State.CANCELLED}, {"state": State.DRAFT}])
def test_nobody_comes_to_an_event_that_is_not_on(bob, fields):
    event, client = make_event(**fields), signed_in(bob)
    row = guest(event)
    text = page(client, event)
    assert "disabled" in text
    answer = client.post(
        f"/events/{event.pk}/check-in/scans/", {"scan": f"in:{row.pk}:0123456789"}, follow=True
    )
    assert (
        "was cancelled" in answer.content.decode() or "takes no answers" in answer.content.decode()
    )
    assert not Attendance.objects.came().exists()


def test_people_may_be_checked_in_after_the_end_too(bob):
    event, client = make_event(starts_at=timezone.now() - timedelta(hours=5)), signed_in(bob)
    guest(event)
    press(client, event, page(client, event), "Ines Wolff")
    assert Attendance.objects.came().exists()


def test_a_page_and_its_search_cost_the_same_with_many(bob, django_assert_max_num_queries):
    event, client = make_event(), signed_in(bob)
    for number in range(30):
        guest(event, f"Person {number}")
    page(client, event)
    for query in ({}, {"q": "person"}, {"q": "ABCDEFGH"}):
        with django_assert_max_num_queries(12):
            page(client, event, **query)
    with django_assert_max_num_queries(12):
        client.get(f"/events/{event.pk}/check-in/people/")


def test_a_phone_reads_everybody_and_then_only_who_changed(bob):
    event, client = make_event(), signed_in(bob)
    row, other = guest(event), guest(event, "Dee Sato")
    address = f"/events/{event.pk}/check-in/people/"
    first = client.get(address).json()
    assert [each[:3] for each in first["people"]] == [
        [other.pk, "Dee Sato", other.code], [row.pk, "Ines Wolff", row.code]
    ]  # fmt: skip
    assert (first["here"], first["expected"]) == (0, 2)
    at_once = client.get(address, {"since": first["now"]}).json()
    assert at_once["changed"] == []
    changes = attending.check_in(row, by=bob)
    (changed,) = client.get(address, {"since": first["now"]}).json()["changed"]
    assert changed[0] == row.pk
    assert changed[1] > 0
    changes.undo(by=bob)
    assert client.get(address, {"since": first["now"]}).json()["changed"] == [[row.pk, 0]]


def test_a_member_of_a_hidden_source_is_on_nobodys_list_who_may_not_see_it(
    bob, lena, restricted_member
):
    event = make_event()
    make_attendance(event, restricted_member)
    assert names(page(signed_in(bob), event)) == []
    assert signed_in(bob).get(f"/events/{event.pk}/check-in/people/").json()["people"] == []
    assert names(page(signed_in(lena), event)) == [restricted_member.name]


def test_the_camera_is_allowed_on_this_page_alone_and_only_its_own_worker(bob):
    event, client = make_event(), signed_in(bob)
    address = f"/events/{event.pk}/check-in/"
    answer = client.get(address)
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    elsewhere = client.get(f"/events/{event.pk}/")
    assert "camera=()" in elsewhere.headers["Permissions-Policy"]
    assert "worker-src" not in elsewhere.headers["Content-Security-Policy"]
    worker = client.get(f"{address}worker.js")
    assert worker.headers["Service-Worker-Allowed"] == address
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert f'"page": "{address}"' in worker.content.decode()


def test_names_from_outside_are_text(bob):
    event = make_event("<b>x</b>")
    guest(event, "<script>alert(1)</script>")
    text = page(signed_in(bob), event)
    assert "<script>alert(1)" not in text
    assert "<b>x" not in text


def test_times_are_those_of_the_place(bob):
    event = make_event(timezone="Asia/Tokyo")
    at = timezone.now().replace(hour=3, minute=5)
    assert desk.clock(Desk.of_team(event, bob), at) == "12:05"


@pytest.fixture
def restricted_member():
    from members.models import Sighting
    from tests.make import make_source

    source = make_source(restricted=True)
    identity = make_identity(make_member("Hidden Hana"), network=source.network)
    now = timezone.now()
    Sighting.objects.create(identity=identity, scope=source.scope, first_seen=now, last_seen=now)
    return identity.member
