"""One verb on many members: at once, or in the background; one undo; nobody who may not be seen."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import bulk, owner_verbs, verbs
from members.listing import MemberListing
from members.models import Activity, Member, MemberTag, Sighting, Tag
from team import actions, jobs, undoing
from team.models import Action, BackgroundJob
from tests.make import make_identity, make_member, make_source, run_jobs

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def crowd(count: int, **fields) -> list[Member]:
    now = timezone.now()
    made = Member.objects.bulk_create(
        Member(name=f"Person {n:04}", last_seen=now - timedelta(minutes=n), **fields)
        for n in range(count)
    )
    return list(made)


def hidden_member() -> Member:
    """Known from a restricted source alone."""
    member = make_member("Hidden", last_seen=timezone.now())
    account, at = make_identity(member), timezone.now()
    scope = make_source(restricted=True).scope
    Sighting.objects.create(identity=account, scope=scope, first_seen=at, last_seen=at)
    return member


def post(client, noun: str, **form):
    return client.post(f"/members/selection/{noun}/", form, headers=HTMX)


def undo(client, group) -> str:
    return client.post(f"/undo/{group}/", headers=HTMX).content.decode()


@pytest.fixture
def small(monkeypatch):
    """What is a job for thousands is one for a dozen."""
    for module in (bulk, undoing):
        monkeypatch.setattr(module, "AT_ONCE", 10)
        monkeypatch.setattr(module, "STEP", 4)


def test_selected_members_get_a_stage_in_one_group_with_one_undo(client, bob):
    rows = crowd(5)
    verbs.set_stage(rows[0], "champion", by=bob)
    client.force_login(bob)
    answer = post(client, "stages", to="champion", pick=[row.pk for row in rows[:4]])
    assert answer.status_code == 204
    assert "3 members changed" in answer.headers["HX-Trigger"]
    assert "hub:members" in answer.headers["HX-Trigger"]
    assert Member.objects.filter(stage="champion", stage_pinned=True).count() == 4
    assert Activity.objects.filter(kind="stage", removed_at=None).count() == 4
    group = Action.objects.latest("pk").group
    assert Action.objects.filter(group=group).count() == 3
    assert undo(client, group) == "3 restored"
    assert Member.objects.filter(stage="champion").get() == rows[0]
    assert Activity.objects.filter(kind="stage", removed_at=None).count() == 1


def test_undo_leaves_whom_somebody_changed_since(client, bob, lena):
    rows = crowd(3)
    group = owner_verbs.set_owner(rows, bob, by=bob).group
    owner_verbs.set_owner(rows[1], lena, by=lena)
    client.force_login(bob)
    assert undo(client, group) == "2 restored. The rest has changed since."
    assert [row.owner for row in Member.objects.order_by("pk")] == [None, lena, None]


def test_a_tag_is_put_on_many_and_taken_back_where_it_was_new(client, carol):
    rows = crowd(3)
    verbs.tag(rows[2], "early", by=carol)
    client.force_login(carol)
    post(client, "tags", new=" early ", pick=[row.pk for row in rows])
    assert MemberTag.objects.count() == 3
    undo(client, Action.objects.latest("pk").group)
    assert MemberTag.objects.get().member == rows[2]


@pytest.mark.parametrize(
    ("noun", "form"), [("stages", {"to": "champion"}), ("owners", {"owner": "me"})]
)
def test_who_may_only_tag_changes_neither_stage_nor_owner(client, carol, olga, noun, form):
    (row,) = crowd(1)
    for user in (carol, olga):
        client.force_login(user)
        assert post(client, noun, pick=row.pk, **form).status_code == 403
        assert client.get(f"/members/selection/{noun}/").status_code == 403
    assert post(client, "tags", new="x", pick=row.pk).status_code == 403
    assert "data-bulk" not in client.get("/members/").content.decode()
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("noun", "form", "said"),
    [
        ("stages", {"to": "emperor"}, "Select a stage."),
        ("owners", {"owner": "77777"}, "Select a teammate."),
        ("tags", {"new": " \u200b "}, "Enter a tag name first."),
        ("tags", {"new": "x", "all": "1", "q": "stge:x"}, "is not known"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(client, bob, noun, form, said):
    crowd(2)
    client.force_login(bob)
    assert said in post(client, noun, **form).headers["HX-Trigger"]
    assert not Action.objects.exists()
    assert client.get("/members/selection/nonsense/").status_code == 404


def test_whoever_is_hidden_is_changed_by_nobody_who_may_not_see_them(client, bob, lena):
    hidden, (open_one,) = hidden_member(), crowd(1)
    client.force_login(bob)
    post(client, "owners", owner="me", pick=[hidden.pk, open_one.pk])
    post(client, "stages", to="champion", all="1")
    hidden.refresh_from_db()
    assert (hidden.owner, hidden.stage) == (None, "visitor")
    assert "All 1 matching" in client.get("/members/selection/").content.decode()
    client.force_login(lena)
    assert "All 2 matching" in client.get("/members/selection/").content.decode()
    post(client, "stages", to="champion", all="1")
    hidden.refresh_from_db()
    assert hidden.stage == "champion"


def test_all_that_match_are_changed_whatever_is_loaded(client, bob):
    crowd(60, stage="participant")
    crowd(3)
    client.force_login(bob)
    form = {"all": "1", "q": "person", "stage": "participant", "pick": "1"}
    answer = post(client, "tags", new="loud", **form)
    assert "60 members tagged" in answer.headers["HX-Trigger"]
    assert client.get("/members/", {"q": "tag:loud"}).context["listing"].more
    assert "More than" not in client.get("/members/selection/", form).content.decode()


def test_a_count_ends_somewhere(client, bob, monkeypatch):
    monkeypatch.setattr(bulk, "COUNTED", 5)
    crowd(7)
    client.force_login(bob)
    with CaptureQueriesContext(connection) as captured:
        assert "More than 5 matching" in client.get("/members/selection/").content.decode()
    assert "LIMIT 6" in captured.captured_queries[-1]["sql"]
    assert "All 0 matching" in client.get("/members/selection/?q=(").content.decode()


def test_as_many_statements_for_forty_as_for_four(bob):
    Tag.named("x")
    counts = []
    for many in (4, 40):
        rows = crowd(many)
        for call in (
            lambda rows=rows: verbs.tag(rows, "x", by=bob),
            lambda rows=rows: verbs.set_stage(rows, "champion", by=bob),
            lambda rows=rows: owner_verbs.set_owner(rows, bob, by=bob),
        ):
            with CaptureQueriesContext(connection) as captured:
                changes = call()
            with CaptureQueriesContext(connection) as undoing_them:
                assert changes.undo(by=bob) == many
            counts.append((len(captured), len(undoing_them)))
    assert counts[:3] == counts[3:]


# As a job ----------------------------------------------------------------------------------------


def started(client, **form) -> BackgroundJob:
    answer = post(client, form.pop("noun", "tags"), all="1", **{"new": "loud", **form})
    assert "in the background" in answer.headers["HX-Trigger"]
    return BackgroundJob.objects.get(finished_at=None)


def test_many_become_a_job_with_progress_and_one_undo(client, bob, small):
    crowd(25)
    client.force_login(bob)
    job = started(client)
    assert "Changing members: tag “loud”" in client.get("/members/").content.decode()
    jobs.run_step(job.pk)
    job.refresh_from_db()
    assert (job.done, job.total, MemberTag.objects.count()) == (4, 25, 4)
    run_jobs()
    assert MemberTag.objects.count() == 25
    assert Action.objects.values("group").distinct().count() == 1
    answer = client.get(f"/jobs/{job.pk}/", headers=HTMX)
    assert "Finished: Changing members" in answer.headers["HX-Trigger"]
    assert f"/undo/{job.group}/" in answer.headers["HX-Trigger"]
    assert undo(client, job.group) == "Undoing in the background."
    run_jobs()
    assert not MemberTag.objects.exists()
    assert not Action.objects.filter(undone_at=None).exists()


def test_a_killed_worker_s_step_is_done_once_more_and_changes_nothing_twice(client, bob, small):
    crowd(12)
    client.force_login(bob)
    job = started(client, noun="stages", to="champion")
    jobs.run_step(job.pk)
    BackgroundJob.objects.filter(pk=job.pk).update(
        cursor={**BackgroundJob.objects.get().cursor, "after": 0}
    )
    run_jobs()
    assert Action.objects.count() == Activity.objects.filter(kind="stage").count() == 12


def test_undo_stops_a_job_that_still_changes_members(client, bob, small):
    crowd(25)
    client.force_login(bob)
    job = started(client)
    jobs.run_step(job.pk)
    assert undo(client, job.group) == "4 restored"
    run_jobs()
    assert not MemberTag.objects.exists()
    again = started(client)
    assert undo(client, again.group) == "Stopped before anything was changed."
    run_jobs()
    assert not MemberTag.objects.exists()


def test_nobody_else_stops_or_undoes_it(client, bob, carol, small):
    crowd(12)
    client.force_login(bob)
    job = started(client)
    client.force_login(carol)
    assert client.post(f"/undo/{job.group}/", headers=HTMX).status_code == 404
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert BackgroundJob.objects.unfinished().exists()


def test_a_job_ends_where_its_maker_may_not_go_on(client, bob, small):
    crowd(25)
    client.force_login(bob)
    job = started(client)
    jobs.run_step(job.pk)
    bob.role = "observer"
    bob.save()
    run_jobs()
    assert MemberTag.objects.count() == 4
    assert not BackgroundJob.objects.unfinished().exists()


def test_what_was_closed_to_its_maker_meanwhile_is_left_alone(client, bob, small):
    rows, source = crowd(25), make_source()
    for row in rows:
        account = make_identity(row)
        Sighting.objects.create(identity=account, scope=source.scope,
                                first_seen=row.last_seen, last_seen=row.last_seen)  # fmt: skip
    client.force_login(bob)
    job = started(client)
    jobs.run_step(job.pk)
    source.restricted = True
    source.save()
    run_jobs()
    assert MemberTag.objects.count() == 4
    undo(client, job.group)
    assert MemberTag.objects.count() == 4  # nor does undo reach them


def test_who_comes_or_changes_meanwhile_is_changed_once_or_not_at_all(client, bob, small):
    crowd(25, stage="visitor")
    client.force_login(bob)
    job = started(client, noun="stages", to="contributor", q="stage:visitor")
    jobs.run_step(job.pk)
    crowd(3, stage="visitor")
    Member.objects.filter(name="Person 0020", stage="visitor").update(stage="champion")
    run_jobs()
    assert Member.objects.filter(stage="contributor").count() == 24
    assert Member.objects.filter(stage="visitor").count() == 3


def test_an_owner_who_left_meanwhile_gets_nobody_more(client, bob, lena, small):
    crowd(12)
    client.force_login(bob)
    job = started(client, noun="owners", owner=str(lena.pk))
    jobs.run_step(job.pk)
    lena.is_active = False
    lena.save()
    run_jobs()
    assert Member.objects.filter(owner=lena).count() == 4


def test_undo_of_a_group_that_is_not_there_is_not_found(client, bob):
    client.force_login(bob)
    assert client.post(f"/undo/{uuid.uuid4()}/").status_code == 404


def test_the_two_thousandth_is_still_done_at_once(bob):
    assert bulk.AT_ONCE == undoing.AT_ONCE == 2_000
    crowd(3)
    done = bulk.change_all(MemberListing(), bulk.Change("tags", "x", "x"), by=bob)
    assert isinstance(done, actions.Changes)
    assert len(done) == 3


def test_teammates_and_bots_have_no_stage_to_change_or_to_be_found_by(client, bob, lena):
    member, bot, colleague = crowd(3, stage="visitor")
    Member.objects.filter(pk=bot.pk).update(is_bot=True)
    Member.objects.filter(pk=colleague.pk).update(user=lena)
    client.force_login(bob)
    assert (
        "Teammates and bots have no stage"
        in client.get("/members/selection/stages/", headers=HTMX).content.decode()
    )
    for wanted in (MemberListing(query="stage:visitor"), MemberListing(stage="visitor")):
        assert [row.pk for row in wanted.found(bob)] == [member.pk]
    answer = post(client, "stages", to="champion", all="1", q="person")
    assert "1 member changed" in answer.headers["HX-Trigger"]
    stages = dict(Member.objects.values_list("pk", "stage"))
    assert stages == {member.pk: "champion", bot.pk: "visitor", colleague.pk: "visitor"}
