"""What phones send from the door: each scan counts once, and in the order in which it was done."""

from __future__ import annotations

import itertools
import json
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events import scans
from events.desk import Desk
from events.models import Attendance, Scan, State
from events.verbs import attending
from members.models import Activity, Member
from team.models import Action, Role
from tests.make import make_attendance, make_event, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    """It began an hour ago."""
    return make_event(starts_at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def row(event) -> Attendance:
    return make_attendance(event, make_member("Ines Wolff"))


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def ago(minutes: float) -> int:
    return ms(timezone.now() - timedelta(minutes=minutes))


def scan(kind: str, row: Attendance | None = None, minutes: float = 0, **more) -> dict:
    item = {"nonce": uuid.uuid4().hex, "kind": kind, "at": ago(minutes), **more}
    return {**item, "attendance": row.pk} if row else item


def send(user, event, *items, **body):
    client = Client()
    client.force_login(user)
    return client.post(
        f"/events/{event.pk}/check-in/scans/",
        json.dumps({"scans": items, **body}),
        content_type="application/json",
    )


def came(row: Attendance) -> datetime | None:
    row.refresh_from_db()
    return row.checked_in_at


def test_the_same_nonce_twice_is_one_and_answered_the_same(bob, event, row):
    items = [scan("in", row, 5), scan("walk-in", name="Joss", minutes=3)]
    first, again = (send(bob, event, *items).json() for _again in range(2))
    assert first == again
    assert [each["state"] for each in first["answers"]] == ["in", "in"]
    assert (first["here"], first["expected"]) == (2, 2)
    assert Member.objects.filter(name="Joss").count() == 1
    assert Action.objects.filter(verb="check-in").count() == 2


def test_two_helpers_with_the_same_person_count_once_and_the_first_decides_when(
    bob, lena, event, row
):
    early, late = scan("in", row, 20), scan("in", row, 10)
    send(bob, event, late)
    answer = send(lena, event, early).json()
    assert answer["here"] == 1
    assert ms(came(row)) == early["at"]
    assert row.checked_in_by == lena
    lines = Activity.objects.present().filter(key=f"attendance:{row.pk}:checked-in")
    assert [ms(line.occurred_at) for line in lines] == [early["at"]]


def test_what_was_done_last_decides_whatever_is_heard_of_first(bob, event, row):
    came_in, taken_back = scan("in", row, 30), scan("out", row, 20)
    send(bob, event, taken_back)
    answer = send(bob, event, came_in).json()
    assert answer["answers"][0]["state"] == "out"
    assert came(row) is None
    again = scan("in", row, 10)
    send(bob, event, again)
    assert ms(came(row)) == again["at"]


def test_two_phones_that_were_offline_for_an_hour_merge_the_same_in_any_order(bob, lena):
    """Each phone's scans arrive in parts of any size, the phones one after the other or mixed."""
    story = [("in", 55), ("in", 50), ("out", 40), ("out", 35), ("in", 20), ("in", 12)]
    seen = set()
    at = {minutes: ago(minutes) for _kind, minutes in story}
    for order in itertools.islice(itertools.permutations(story), 0, 720, 60):
        event = make_event(starts_at=timezone.now() - timedelta(hours=1))
        row = make_attendance(event, make_member())
        for number, (kind, minutes) in enumerate(order):
            by = (bob, lena)[minutes % 2]
            item = {"nonce": f"{kind}{minutes:08}", "kind": kind, "attendance": row.pk}
            scans.take(Desk.of_team(event, by), [{**item, "at": at[minutes]}])
            if number % 2:  # and once more, as if the answer had been lost
                scans.take(Desk.of_team(event, by), [{**item, "at": at[minutes]}])
        came(row)
        seen.add((ms(row.checked_in_at), row.checked_in_by_id))
        assert event.scans.count() == len(story)
    assert seen == {(at[20], bob.pk)}


def test_what_the_team_did_on_the_page_counts_as_well(bob, event, row):
    attending.check_in(row, by=bob)
    attending.take_back_check_in(row, by=bob)
    send(bob, event, scan("in", row, 10))  # of a phone that had no connection
    assert came(row) is None
    changes = attending.check_in(row, by=bob)
    send(bob, event, scan("out", row, 10))
    assert came(row)
    assert changes.undo(by=bob) == 1
    send(bob, event, scan("in", row, 5))
    assert came(row) is None


def test_who_was_checked_in_by_an_import_is_taken_back_only_by_what_came_later(bob, event, row):
    Attendance.objects.filter(pk=row.pk).update(checked_in_at=timezone.now() - timedelta(minutes=9))
    send(bob, event, scan("out", row, 20))
    assert came(row)
    send(bob, event, scan("out", row, 2))
    assert came(row) is None


def test_a_time_out_of_bounds_is_now_or_the_day_before(bob, event, row):
    other = make_attendance(event, make_member())
    future = scan("in", row, -60 * 24 * 365)
    past = scan("in", other, 60 * 24 * 365)
    before = timezone.now()
    send(bob, event, future, past)
    assert before <= came(row) <= timezone.now()
    assert (
        timedelta(hours=0)
        <= came(other) - (event.starts_at - timedelta(days=1))
        < timedelta(seconds=1)
    )


def test_a_phone_whose_clock_is_wrong_keeps_its_order_and_its_minutes(bob, event, row):
    year = 60 * 24 * 365
    items = [scan("in", row, year + 30), scan("out", row, year + 20), scan("in", row, year + 10)]
    send(bob, event, *items, now=ago(year))
    assert abs(came(row) - (timezone.now() - timedelta(minutes=10))) < timedelta(seconds=30)


def test_a_clock_that_is_wrong_and_says_no_time_still_keeps_the_order(bob, event, row):
    year = 60 * 24 * 365
    send(bob, event, scan("in", row, -year), scan("out", row, -year))
    assert came(row) is None


def test_a_code_checks_in_and_an_unknown_one_is_refused_with_a_sentence(bob, event, row):
    text = f"HUB:{event.pk}:{row.code}"
    answer = send(bob, event, scan("in", code=text), scan("in", code="22222222")).json()
    states = {each["state"]: each for each in answer["answers"]}
    assert states["in"]["attendance"] == row.pk
    assert states["refused"]["said"] == "Nobody on this list has this code."


def test_what_makes_no_sense_is_refused_by_itself(bob, event, row):
    nothing = ["x", None, 7, [], {}, {"nonce": 5, "kind": "in"}, {"nonce": "short", "kind": "in"},
               {"nonce": "a" * 65, "kind": "in"}, {"nonce": "0123456789", "kind": "dance"},
               {"nonce": "01234\x0056789", "kind": "in"}]  # fmt: skip
    odd = [scan("in"), scan("in", attendance="⁴²"), scan("in", attendance=10**30), scan("walk-in"),
           scan("walk-in", name=["x"]), scan("walk-in", name="x" * 201),
           scan("walk-in", name="\u202e ")]  # fmt: skip
    times = [scan("in", row, at=at) for at in ("x", True, -1, 1e300, {}, None)]
    answer = send(bob, event, *nothing, *odd, *times, now="x")
    assert answer.status_code == 200
    states = [each["state"] for each in answer.json()["answers"]]
    assert states.count("refused") == len(nothing) + len(odd)
    assert states.count("in") == len(times)
    again = send(bob, event, odd[0]).json()["answers"][0]
    assert again["said"] == "They are not on this list any more."


@pytest.mark.parametrize("body", [" ", "[]", "{", '{"scans": 5}', "[" * 100_000, '"x"', "null"])
def test_a_body_that_cannot_be_read_is_refused(bob, event, body):
    client = Client()
    client.force_login(bob)
    answer = client.post(
        f"/events/{event.pk}/check-in/scans/", body, content_type="application/json"
    )
    assert answer.status_code == 422


def test_more_than_a_hundred_at_a_time_are_refused(bob, event, row):
    assert send(bob, event, *[scan("in", row)] * 101).status_code == 422
    assert not event.scans.exists()


def test_who_is_of_another_event_is_not_checked_in_here(bob, event):
    other = make_attendance(make_event("Another"), make_member())
    answer = send(bob, event, scan("in", other)).json()["answers"][0]
    assert (answer["state"], answer["name"]) == ("refused", "")
    assert came(other) is None


def test_an_event_that_was_cancelled_refuses_with_a_sentence_and_keeps_who_was_there(
    bob, event, row
):
    kept = scan("in", row, 5)
    send(bob, event, kept)
    event.state = State.CANCELLED
    event.save()
    answer = send(bob, event, kept, scan("out", row)).json()["answers"]
    assert sorted(each["state"] for each in answer) == ["in", "refused"]
    assert any("was cancelled" in each["said"] for each in answer)
    assert came(row)


def test_what_somebody_did_who_lost_the_right_since_still_counts(bob, lena, event, row):
    late = scan("in", row, 10)
    send(bob, event, late)
    bob.role = Role.OBSERVER
    bob.save()
    send(lena, event, scan("out", row, 20))
    assert ms(came(row)) == late["at"]


def test_a_token_is_needed_beside_the_session(bob, event, row):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    address = f"/events/{event.pk}/check-in/"
    body = json.dumps({"scans": [scan("in", row)]})

    def post(**headers):
        return client.post(f"{address}scans/", body, content_type="application/json", **headers)

    assert post().status_code == 403
    token = client.get(f"{address}people/").json()["csrf"]
    assert post(headers={"X-CSRFToken": token}).status_code == 200
    assert Scan.objects.get().by == bob
