"""The list of members as a file: whose rows, in which order, for whom, and what a mishap leaves."""

from __future__ import annotations

import csv
import io
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from members import verbs
from members.models import Member, Sighting
from team import exports, jobs, trail
from team.models import Action, BackgroundJob, Export, Hub, Notification
from team.tasks import delete_old_exports, run_job
from tests.make import make_identity, make_line, make_member, make_source, run_jobs

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "exports"


def crowd(count: int, **fields) -> list[Member]:
    now = timezone.now()
    made = Member.objects.bulk_create(
        Member(name=f"Person {n:04}", last_seen=now - timedelta(minutes=n), **fields)
        for n in range(count)
    )
    return list(made)


def begin(client, **form) -> Export:
    answer = client.post("/members/exports/", form, headers=HTMX)
    assert answer.status_code == 204
    assert "hub:members" in answer.headers["HX-Trigger"]
    return Export.objects.latest("pk")


def lines(client, export: Export) -> list[list[str]]:
    answer = client.get(f"/exports/{export.pk}/file/")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def exported(client, **form) -> list[list[str]]:
    export = begin(client, **form)
    run_jobs()
    return lines(client, export)


def names(rows: list[list[str]]) -> list[str]:
    return [row[0] for row in rows[1:]]


def test_the_chosen_columns_in_words_with_dates_in_the_hub_s_timezone(client, bob, settings):
    settings.HUB_URL = "https://hub.example.org"
    Hub.objects.create(pk=1, name="Hub", timezone="Asia/Kathmandu")
    at = timezone.now().replace(year=2026, month=3, day=1, hour=12, minute=0, second=0)
    ada = make_member("=Ada", last_seen=at, first_seen=at, owner=bob, place="Ñuñoa, Santiago")
    make_identity(ada, network="discourse:forum.example", handle="ada")
    verbs.tag(ada, "-loud", by=bob)
    verbs.tag(ada, "early", by=bob)
    bob.prefer(member_columns=["tags", "stage", "owner", "contact", "seen", "place"])
    client.force_login(bob)
    assert exported(client) == [
        ["Name", "Accounts", "Tags", "Stage", "Owner", "Last contact (Asia/Kathmandu)",
         "Last seen (Asia/Kathmandu)", "Place", "Page"],
        ["'=Ada", "forum.example: ada", "'-loud, early", "Visitor", "Bob Baker", "",
         "2026-03-01T17:45:00+05:45", "Ñuñoa, Santiago",
         f"https://hub.example.org/members/{ada.pk}/"],
    ]  # fmt: skip


def test_what_the_list_is_ordered_by_and_calls_an_account_is_in_the_file(client, bob):
    at = timezone.now().replace(year=2026, month=3, day=1, hour=12, minute=0, second=0)
    ada = make_member("Ada", last_seen=at, first_seen=at)
    make_identity(ada, network="discourse:forum.example", handle="", display_name="Ada L.")
    bob.prefer(member_columns=["stage"])
    client.force_login(bob)
    (_head, row) = exported(client, sort="-first")
    assert row[:3] == ["Ada", "forum.example: Ada L.", "Visitor"]
    assert row[3].startswith("2026-03-01T12:00")
    page = client.get("/members/?sort=-first")
    assert [column.slug for column in page.context["columns"]] == ["stage", "first"]
    assert [column.slug for column in page.context["chosen"]] == ["stage"]
    assert (
        'hx-include="#rows .pick :checked, #matching input, #wanted [name=sort], #wanted-col'
        in (page.content.decode())
    )


def test_what_was_closed_or_downloaded_is_offered_no_more(client, bob, lena):
    crowd(2)
    client.force_login(bob)
    export = begin(client)
    run_jobs()
    dismissal = f"/exports/{export.pk}/dismissal/"
    assert dismissal in client.get("/members/").content.decode()
    again = {**HTMX, "HX-Target": f"export-{export.pk}", "HX-Current-URL": "http://h/members/"}
    assert dismissal in client.get(f"/exports/{export.pk}/", headers=again).content.decode()
    assert dismissal not in client.get(f"/exports/{export.pk}/").content.decode()
    client.force_login(lena)
    assert client.post(dismissal, headers=HTMX).status_code == 404
    client.force_login(bob)
    assert client.post(dismissal, headers=HTMX).status_code == 200
    assert dismissal not in client.get("/members/").content.decode()
    assert lines(client, export)


def test_an_export_is_offered_above_the_list_that_it_was_begun_from_alone(client, bob):
    crowd(2)
    client.force_login(bob)
    export = begin(client, q="person", sort="name")
    link = f"/exports/{export.pk}/file/"
    assert "Waiting to start" in client.get("/members/?q=person").content.decode()
    assert "Waiting to start" not in client.get("/members/").content.decode()
    run_jobs()
    assert link in client.get("/members/?q=person").content.decode()
    assert link in client.get("/members/?q=person&sort=-name").content.decode()
    for elsewhere in ("", "?q=ada", "?q=person&stage=visitor"):
        assert link not in client.get(f"/members/{elsewhere}").content.decode()


def test_those_that_match_in_the_order_of_the_list(client, bob):
    crowd(5, stage="participant")
    crowd(2)
    client.force_login(bob)
    form = {"q": "person", "stage": "participant", "sort": "-name", "all": "1", "pick": "1"}
    assert names(exported(client, **form)) == [f"Person {n:04}" for n in (4, 3, 2, 1, 0)]
    assert Export.objects.get().name == "Members: person stage:participant"


def test_only_those_that_are_selected(client, bob):
    rows = crowd(5)
    client.force_login(bob)
    picked = [rows[3].pk, rows[1].pk, 999_999]
    assert names(exported(client, pick=picked, sort="name")) == ["Person 0001", "Person 0003"]


def test_progress_is_shown_until_there_is_a_link(client, bob, monkeypatch):
    monkeypatch.setattr(exports, "STEP", 4)
    crowd(10)
    client.force_login(bob)
    export = begin(client)
    assert "Waiting to start" in client.get("/members/").content.decode()
    job = BackgroundJob.objects.get()
    jobs.run_step(job.pk)
    jobs.run_step(job.pk)
    part = client.get(
        f"/exports/{export.pk}/", headers={**HTMX, "HX-Target": f"export-{export.pk}"}
    )
    assert "4 of 10" in part.content.decode()
    assert "every 1s" in part.content.decode()
    assert client.get(f"/exports/{export.pk}/file/").status_code == 404
    run_jobs()
    part = client.get(f"/exports/{export.pk}/").content.decode()
    assert f"/exports/{export.pk}/file/" in part
    assert "every 1s" not in part
    assert "10 rows" in part
    assert f"/exports/{export.pk}/file/" in client.get("/members/").content.decode()


def test_a_killed_worker_leaves_no_half_file_and_the_next_one_doubles_no_row(
    client, bob, monkeypatch, folder
):
    monkeypatch.setattr(exports, "STEP", 4)
    crowd(10)
    client.force_login(bob)
    export = begin(client)
    job = BackgroundJob.objects.get()
    jobs.run_step(job.pk)
    jobs.run_step(job.pk)
    kept = {"cursor": BackgroundJob.objects.get().cursor, "done": 4}
    jobs.run_step(job.pk)  # it wrote four rows more, and was killed before that was committed
    with (folder / f"{export.pk}.part").open("ab") as file:
        file.write(b"half a li")
    BackgroundJob.objects.update(**kept)
    assert not export.path.exists()
    run_jobs()
    assert names(lines(client, export)) == [f"Person {n:04}" for n in range(10)]
    assert [file.name for file in folder.iterdir()] == [f"{export.pk}.csv"]
    for _ in range(2):
        run_job(job.pk)  # told once more: nothing
    assert len(lines(client, export)) == 11


def test_what_was_written_is_gone_and_it_begins_anew(client, bob, monkeypatch, folder):
    monkeypatch.setattr(exports, "STEP", 4)
    crowd(10)
    client.force_login(bob)
    export = begin(client)
    job = BackgroundJob.objects.get()
    for _ in range(3):
        jobs.run_step(job.pk)
    (folder / f"{export.pk}.part").unlink()
    run_jobs()
    assert names(lines(client, export)) == [f"Person {n:04}" for n in range(10)]


def test_rows_that_move_come_or_go_meanwhile_are_there_once_or_not_at_all(client, bob, monkeypatch):
    monkeypatch.setattr(exports, "STEP", 4)
    rows = crowd(10)
    client.force_login(bob)
    export = begin(client)
    job = BackgroundJob.objects.get()
    jobs.run_step(job.pk)
    jobs.run_step(job.pk)
    Member.objects.filter(pk=rows[8].pk).update(last_seen=timezone.now())  # to the top
    Member.objects.filter(pk=rows[0].pk).update(last_seen=timezone.now() - timedelta(days=1))
    Member.objects.filter(pk=rows[9].pk).update(erased_at=timezone.now())
    rows[7].delete()
    crowd(2)
    run_jobs()
    assert names(lines(client, export)) == [f"Person {n:04}" for n in (*range(7), 8)]
    export.refresh_from_db()
    assert export.rows == 8


def test_what_is_restricted_is_in_nobody_s_file_who_may_not_see_it(client, bob, lena):
    closed, now = make_source(restricted=True), timezone.now()
    hidden, both = make_member("Hidden", last_seen=now), make_member("Both", last_seen=now)
    for member, scopes in ((hidden, [closed.scope]), (both, [closed.scope, "source:0"])):
        for number, scope in enumerate(scopes):
            account = make_identity(member, network=f"net{number}", handle="x")
            at = now - timedelta(days=number * 5)
            Sighting.objects.create(identity=account, scope=scope, first_seen=at, last_seen=at)
    make_line(both, kind="reply", scope=closed.scope)
    for user in (bob, lena):
        user.prefer(member_columns=["contact", "seen"])
    client.force_login(bob)
    (row,) = exported(client, pick=[hidden.pk, both.pk])[1:]
    assert row[:3] == ["Both", "net1: x", ""]
    assert row[3][:10] == (now - timedelta(days=5)).date().isoformat()
    client.force_login(lena)
    assert {row[0] for row in exported(client)[1:]} == {"Hidden", "Both"}


def test_what_is_closed_to_its_maker_meanwhile_is_written_no_more_nor_handed_out(
    client, bob, monkeypatch
):
    monkeypatch.setattr(exports, "STEP", 2)
    rows, source = crowd(6), make_source()
    for row in rows[1:]:
        Sighting.objects.create(identity=make_identity(row), scope=source.scope,
                                first_seen=row.last_seen, last_seen=row.last_seen)  # fmt: skip
    client.force_login(bob)
    export = begin(client)
    job = BackgroundJob.objects.get()
    jobs.run_step(job.pk)
    jobs.run_step(job.pk)
    source.restricted = True
    source.save()
    run_jobs()
    text = export.path.read_text()
    assert "Person 0001" in text  # written while it was open
    assert "Person 0003" not in text
    answer = client.get(f"/exports/{export.pk}/file/", follow=True)
    assert answer.redirect_chain
    assert "You can see less than when this was exported" in answer.content.decode()
    assert names(exported(client)) == ["Person 0000"]


def test_a_role_that_may_not_export_any_more_gets_no_file(client, bob):
    crowd(3)
    client.force_login(bob)
    ready = begin(client)
    run_jobs()
    waiting = begin(client)
    bob.role = "contributor"
    bob.save()
    run_jobs()
    waiting.refresh_from_db()
    assert waiting.deleted_at
    assert client.get(f"/exports/{ready.pk}/file/").status_code == 302
    assert client.post("/members/exports/", headers=HTMX).status_code == 403
    assert 'data-key="e"' not in client.get("/members/").content.decode()


def test_only_its_maker_has_it_whatever_the_role(client, bob, alice, lena, carol, mallory):
    crowd(1)
    client.force_login(bob)
    export = begin(client)
    run_jobs()
    for user in (alice, lena, carol):
        client.force_login(user)
        assert client.get(f"/exports/{export.pk}/").status_code == 404
        assert client.get(f"/exports/{export.pk}/file/").status_code == 404
        assert str(export) not in client.get("/members/").content.decode()
    assert mallory.get(f"/exports/{export.pk}/file/").status_code == 302


def test_the_file_is_for_nobody_else_on_the_machine_nor_kept_by_a_browser(client, bob, folder):
    crowd(1)
    client.force_login(bob)
    export = begin(client)
    run_jobs()
    assert stat.S_IMODE(os.stat(export.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    answer = client.get(f"/exports/{export.pk}/file/")
    day = timezone.localtime(export.created_at).date()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="members-{day}.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_exporting_stands_in_the_audit_trail_also_when_the_file_is_gone(client, bob, lena):
    crowd(1)
    client.force_login(bob)
    begin(client, q="stage:visitor")
    run_jobs()
    exports.delete_old(timezone.now() + timedelta(days=8))
    (entry,) = trail.page(lena, trail.Filters()).entries
    assert entry.words == "exported Members: stage:visitor"
    assert not entry.can_undo
    assert Action.objects.get().by == bob


def test_files_are_deleted_after_a_week_with_what_nobody_knows(client, bob, folder):
    crowd(1)
    client.force_login(bob)
    export = begin(client)
    run_jobs()
    unfinished = begin(client)
    (folder / "999999.csv").write_text("left over")
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        delete_old_exports()
    assert export.path.exists()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        delete_old_exports()
        delete_old_exports()
    assert not list(folder.iterdir())
    assert client.get(f"/exports/{export.pk}/file/").status_code == 404
    assert "Deleted" in client.get(f"/exports/{export.pk}/").content.decode()
    run_jobs()
    unfinished.refresh_from_db()
    assert not unfinished.is_ready


def test_a_query_with_a_mistake_or_too_many_at_once_begins_nothing(client, bob):
    client.force_login(bob)
    answer = client.post("/members/exports/", {"q": "stge:x"}, headers=HTMX)
    assert "is not known" in answer.headers["HX-Trigger"]
    for _ in range(exports.MOST_UNFINISHED):
        begin(client)
    answer = client.post("/members/exports/", headers=HTMX)
    assert "Wait until your other exports are ready." in answer.headers["HX-Trigger"]
    assert Export.objects.count() == exports.MOST_UNFINISHED


def test_a_tag_that_goes_meanwhile_makes_an_empty_file_not_an_error(client, bob):
    (row,) = crowd(1)
    verbs.tag(row, "loud", by=bob)
    client.force_login(bob)
    export = begin(client, q="tag:loud")
    row.tags.update(removed_at=timezone.now())
    run_jobs()
    assert len(lines(client, export)) == 1


def test_who_waited_long_is_told(client, bob):
    crowd(1)
    client.force_login(bob)
    begin(client)
    run_jobs()
    assert not Notification.objects.exists()
    export = begin(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        run_jobs()
    told = Notification.objects.get()
    assert (told.user, told.link) == (bob, f"/exports/{export.pk}/")


def test_a_plain_form_leads_to_the_page_of_the_export(client, bob):
    client.force_login(bob)
    answer = client.post("/members/exports/", {"sort": "name"})
    assert answer.url == f"/exports/{Export.objects.get().pk}/"
    assert client.get(answer.url).status_code == 200


def test_as_many_queries_a_step_with_many_rows_as_with_few(
    bob, client, django_assert_max_num_queries
):
    bob.prefer(member_columns=["tags", "owner", "contact", "first"])
    make_source(restricted=True)
    client.force_login(bob)
    counts = []
    for many in (3, 30):
        for row in crowd(many):
            make_identity(row)
            verbs.tag(row, "loud", by=bob)
        begin(client)
        job = BackgroundJob.objects.unfinished().get()
        jobs.run_step(job.pk)
        with django_assert_max_num_queries(14) as captured:
            jobs.run_step(job.pk)
        counts.append(len(captured))
        run_jobs()
    assert counts[0] == counts[1]
