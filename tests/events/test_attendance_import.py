"""Lists of people that were exported elsewhere: what they say, whom they mean, and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.test import TestCase
from django.utils import timezone

from events import attendance_imports, tasks
from events.attendance_rows import MOST_BYTES, NotAList
from events.models import Answer, Attendance, AttendanceImport, Event, Origin, State
from members.models import Activity, Identity, Member
from team.models import Action
from tests.make import make_attendance, make_event, make_member, run_jobs

pytestmark = pytest.mark.django_db

MEETUP = (
    "Name\tUser ID\tTitle\tRSVP\tGuests\tRSVPed on\tURL of Member Profile\n"
    "Ana\tuser 11\t\tYes\t2\t2026-01-05 18:00\thttps://www.meetup.com/members/11\n"
    "Bo\tuser 12\t\tNo\t0\t\t\n"
    "Cy\tuser 13\t\tWaiting List\t0\t\t\n"
)
LUMA = (
    "api_id,name,email,created_at,approval_status,checked_in_at\n"
    "gst-1,Ana,Ana@Example.org,2026-01-02T10:00:00Z,approved,2026-02-03T18:05:00Z\n"
    "gst-2,Bo,bo@example.org,2026-01-02T10:00:00Z,declined,\n"
    "gst-3,Cy,cy@example.org,2026-01-02T10:00:00Z,pending_approval,\n"
    "gst-4,Di,di@example.org,2026-01-02T10:00:00Z,invited,\n"
)
EVENTBRITE = (
    "Order ID,Order Date,First Name,Last Name,Email,Attendee Status\n"
    "1,2026-01-02,Ana,Bell,ana@example.org,Checked In\n"
    "2,2026-01-02,Bo,Cray,bo@example.org,Attending\n"
    "3,2026-01-02,Cy,Dell,cy@example.org,Not Attending\n"
)


@pytest.fixture
def event() -> Event:
    return make_event(starts_at=timezone.now() - timedelta(days=3), capacity=1)


def take(event, text: str | bytes, by) -> AttendanceImport:
    data = text if isinstance(text, bytes) else text.encode()
    return attendance_imports.take(event, SimpleUploadedFile("list.csv", data), by=by)


def bring_in(event, text, by) -> dict[str, int]:
    row = take(event, text, by)
    attendance_imports.confirm(row, by=by)
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_jobs()
    row.refresh_from_db()
    assert row.finished_at
    assert not row.path.exists()
    return row.result


def answers(event) -> dict[str, str]:
    rows = Attendance.objects.filter(event=event).select_related("member")
    return {row.member.name: row.answer + ("+" if row.checked_in_at else "") for row in rows}


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        (MEETUP, "meetup", {"Ana": "going", "Bo": "declined", "Cy": "waiting"}),
        (
            LUMA,
            "luma",
            {"Ana": "going+", "Bo": "declined", "Cy": "waiting", "Di": "invited"},
        ),
        (
            EVENTBRITE,
            "eventbrite",
            {"Ana Bell": "going+", "Bo Cray": "going", "Cy Dell": "declined"},
        ),
    ],
)
def test_exports_are_recognised_and_say_the_right_answers(event, bob, text, source, expected):
    assert take(event, text, bob).source == source
    bring_in(event, text, bob)
    assert answers(event) == expected


def test_imported_twice_nothing_is_there_twice(event, bob):
    first = bring_in(event, LUMA, bob)
    assert (first["added"], first["new"]) == (4, 4)
    before = list(Attendance.objects.order_by("pk").values())
    again = bring_in(event, LUMA, bob)
    assert (again["added"], again["changed"], again["unchanged"], again["new"]) == (0, 0, 4, 0)
    assert list(Attendance.objects.order_by("pk").values()) == before
    assert Member.objects.count() == 4
    lines = Activity.objects.present().values("key").annotate(n=Count("pk"))
    assert {line["n"] for line in lines} == {1}


def test_people_are_matched_by_their_address_and_never_by_their_name(event, bob):
    known, namesake = make_member("Somebody"), make_member("Bo")
    Identity.objects.create(member=known, network="email", external_id="ana@example.org")
    preview = attendance_imports.preview(take(event, LUMA, bob))
    assert (preview.matched, preview.new) == (1, 3)
    bring_in(event, LUMA, bob)
    assert Attendance.objects.filter(member=known, answer=Answer.GOING).exists()
    assert not Attendance.objects.filter(member=namesake).exists()


@pytest.mark.parametrize(
    ("word", "came"),
    [
        ("Attended", True), ("yes", True), ("Checked In", True), ("2", True), ("✓", True),
        ("2026-02-03 18:05", True), ("Did not attend", False), ("no_show", False),
        ("No-show", False), ("not attended", False), ("Absent", False), ("0", False), ("", False),
        ("–", False), ("-", False), ("Didn’t attend", False),
    ],
)  # fmt: skip
def test_who_did_not_come_is_not_noted_as_there(event, bob, word, came):
    bring_in(event, f"Name\tUser ID\tRSVP\tAttended\nAna\tuser 11\tYes\t{word}\n", bob)
    assert answers(event) == {"Ana": "going+" if came else "going"}


def test_a_word_for_having_come_that_is_not_known_leaves_the_row_out(event, bob):
    text = "Name\tUser ID\tRSVP\tAttended\nAna\tuser 11\tYes\tperhaps\n"
    preview = attendance_imports.preview(take(event, text, bob))
    assert [(row.reason, row.said) for row in preview.broken] == [("checked_in", "perhaps")]
    bring_in(event, text, bob)
    assert answers(event) == {}


def test_a_new_address_is_not_a_confirmed_one(event, bob):
    bring_in(event, LUMA, bob)
    row = Identity.objects.get(external_id="ana@example.org")
    assert (row.network, row.email) == ("email", "")


def test_somebody_s_own_answer_stays_and_that_they_came_is_added(event, bob):
    member = make_member("Ana")
    Identity.objects.create(member=member, network="email", external_id="ana@example.org")
    row = make_attendance(event, member, answer=Answer.MAYBE, origin=Origin.PAGE)
    bring_in(event, LUMA, bob)
    row.refresh_from_db()
    assert row.answer == Answer.MAYBE
    assert row.checked_in_at is not None


def test_a_later_list_changes_what_an_earlier_one_said(event, bob):
    bring_in(event, EVENTBRITE, bob)
    bring_in(event, EVENTBRITE.replace("Not Attending", "Attending"), bob)
    assert answers(event)["Cy Dell"] == "going"
    row = Attendance.objects.get(member__name="Cy Dell")
    said = Activity.objects.present().filter(key__startswith=f"attendance:{row.pk}:")
    assert [line.key.rpartition(":")[2] for line in said] == ["going"]


def test_one_undo_takes_back_the_people_too(client, event, bob):
    known = make_member("Known")
    Identity.objects.create(member=known, network="email", external_id="ana@example.org")
    bring_in(event, LUMA, bob)
    group = AttendanceImport.objects.get().group
    client.force_login(bob)
    client.post(f"/undo/{group}/")
    assert not Attendance.objects.exists()
    assert list(Member.objects.all()) == [known]
    assert not Activity.objects.present().exists()
    assert bring_in(event, LUMA, bob)["added"] == 4


def test_undo_leaves_who_is_known_otherwise_and_who_changed_their_answer(client, event, bob):
    bring_in(event, LUMA, bob)
    other = make_attendance(make_event(), Member.objects.get(name="Bo"))
    Attendance.objects.filter(member__name="Cy").update(guests=1)
    client.force_login(bob)
    client.post(f"/undo/{AttendanceImport.objects.get().group}/")
    assert set(Member.objects.values_list("name", flat=True)) == {"Bo", "Cy"}
    assert other.member.identities.filter(network="email").exists()


def test_rows_that_say_nothing_usable_are_left_out_with_their_lines(event, bob):
    text = (
        "Email,Name,Status,Guests\n"
        "ana@example.org,Ana,yes,0\n"
        ",Nobody,yes,0\n"
        "not-an-address,Bo,yes,0\n"
        "cy@example.org,Cy,perhaps not,0\n"
        "di@example.org,Di,yes,lots\n"
        "ANA@example.org,Ana again,yes,0\n"
        "\n"
    )
    preview = attendance_imports.preview(take(event, text, bob))
    said = [(one.line, one.reason) for one in preview.broken]
    assert said == [(3, "nobody"), (4, "email"), (5, "answer"), (6, "guests"), (7, "twice")]
    assert bring_in(event, text, bob)["left_out"] == 5
    assert answers(event) == {"Ana": "going"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(event, bob, encoding, separator):
    text = f"Email{separator}Name\nana@example.org{separator}Zoë Ñandú\n"
    bring_in(event, text.encode(encoding), bob)
    assert answers(event) == {"Zoë Ñandú": "going"}


def test_formulas_are_names_like_any_other(event, bob):
    bring_in(event, 'Email,Name\na@example.org,"=HYPERLINK(""https://evil.example"")"\n', bob)
    assert Member.objects.get().name == '=HYPERLINK("https://evil.example")'


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, b"one column\n1\n", b"a,b\n" * 20_002],
)
def test_what_is_no_list_or_too_long_is_refused(event, bob, data):
    with pytest.raises(NotAList):
        take(event, data, bob)
    assert not AttendanceImport.objects.exists()


def test_a_file_that_is_too_large_is_refused_and_not_kept(event, bob, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with pytest.raises(NotAList, match="20 MB"):
        take(event, b"a" * (MOST_BYTES + 1), bob)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_cell_without_end_costs_its_row(event, bob):
    text = f'Email,Name\na@example.org,Ana\nb@example.org,"{"x" * 200_000}"\nc@example.org,Cy\n'
    preview = attendance_imports.preview(take(event, text, bob))
    assert "row" in {one.reason for one in preview.broken}
    bring_in(event, text, bob)
    assert "Ana" in answers(event)


def test_columns_of_an_unknown_list_are_told_by_hand(client, event, bob):
    client.force_login(bob)
    page = f"/events/{event.pk}/imports/"
    file = SimpleUploadedFile("a.csv", b"Wer,Wohin\nAna,ana@example.org\n")
    answer = client.post(page, {"file": file}, follow=True)
    assert "Choose which column has the email address" in answer.content.decode()
    there = f"{page}{AttendanceImport.objects.get().pk}/"
    client.post(there + "confirmation/")
    run_jobs()
    assert not Attendance.objects.exists()
    client.post(there, {"name": "1", "email": "2"})
    assert "New members: 1" in client.get(there).content.decode()
    client.post(there + "confirmation/")
    run_jobs()
    assert answers(event) == {"Ana": "going"}
    assert "Added: 1" in client.get(there).content.decode()


def test_confirmed_twice_it_runs_once(event, bob):
    row = take(event, LUMA, bob)
    assert attendance_imports.confirm(row, by=bob)
    assert attendance_imports.confirm(row, by=bob) is None
    run_jobs()
    assert Action.objects.filter(group=row.group).count() == 4


def test_a_list_is_seen_by_who_uploaded_it_alone_and_forgotten_after_a_day(
    client, event, bob, lena
):
    row = take(event, LUMA, bob)
    client.force_login(lena)
    assert client.get(f"/events/{event.pk}/imports/{row.pk}/").status_code == 404
    AttendanceImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    tasks.forget_imports()
    assert not AttendanceImport.objects.exists()
    assert not row.path.exists()


def test_a_draft_takes_a_list_as_well(bob):
    event = make_event(state=State.DRAFT)
    bring_in(event, LUMA, bob)
    assert answers(event)["Ana"] == "going+"


def test_of_rows_about_the_same_person_the_first_counts_however_far_apart(event, bob, monkeypatch):
    monkeypatch.setattr(attendance_imports, "STEP", 2)
    rows = "".join(f"p{n}@example.org,Person {n},yes\n" for n in range(4))
    result = bring_in(event, f"Email,Name,Status\n{rows}p0@example.org,Person 0,no\n", bob)
    assert answers(event)["Person 0"] == "going"
    assert (result["added"], result["left_out"]) == (4, 1)


def test_thousands_of_rows_go_in_steps_with_few_statements(
    event, bob, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(attendance_imports, "STEP", 200)
    rows = "".join(f"p{n}@example.org,Person {n}\n" for n in range(600))
    row = take(event, "Email,Name\n" + rows, bob)
    attendance_imports.confirm(row, by=bob)
    with django_assert_max_num_queries(180):
        run_jobs()
    assert Attendance.objects.count() == 600
