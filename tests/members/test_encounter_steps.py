"""The page of an encounter, its next step, and what goes with it when it is removed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from members import encounter_verbs, filters, follow_up_verbs, follow_ups, verbs
from members.log import timeline
from members.models import Encounter, FollowUp, Member
from team.models import Action, Hub
from tests.make import make_member, make_source, make_user, one_line


@pytest.fixture
def ines(db):
    return make_member("Ines Wolff", last_seen=timezone.now())


def log(by, people, **fields):
    at = timezone.now() - timedelta(days=1)
    return encounter_verbs.log_encounter("meeting", people, by=by, occurred_at=at, **fields)


def logged(changes):
    return Encounter.objects.get(pk=changes.actions[0].object_id)


def send(client, address="/encounters/", **data):
    form = {"kind": "meeting", "when": "yesterday 15:00", "visibility": "team", **data}
    return client.post(address, form)


def test_a_private_one_s_next_step_is_for_whom_it_is(client, alice, bob, carol, lena, ines):
    dora = make_user("manager")
    for visibility, readers, others in (
        ("leads", [bob, lena, alice], [dora, carol]),
        ("author", [bob], [lena, alice, dora, carol]),
    ):
        words = f"Ring the clinic, {visibility}"
        client.force_login(bob)
        send(
            client, person=[ines.pk], visibility=visibility, next_text=words, place="Clinic",
            next_on=follow_ups.today().isoformat(), together="no",
        )  # fmt: skip
        step = FollowUp.objects.get(text=words)
        assert (step.place, step.link, step.visibility) == ("", "", visibility)
        assert [user for user in (*readers, *others) if is_told(client, user, step)] == readers


def is_told(client, user, step) -> bool:
    """Of a next step, wherever it stands: the same answer in each place."""
    client.force_login(user)
    path, found = f"/members/{step.member_id}/", set()
    pages = [path, "/today/?whose=team", f"{path}?print=1"]
    for page in pages if user.can_edit_members else pages[:1]:
        found.add(step.text in client.get(page).content.decode())
    found.add(timeline(step.member, user).filter(key=f"follow-up:{step.pk}").exists())
    found.add(step in follow_ups.open_about(step.member, user))
    assert len(found) == 1, found
    return found.pop()


def test_a_private_next_step_stands_in_nobody_else_s_trail_page_or_search(
    client, alice, bob, lena, ines
):
    client.force_login(bob)
    send(
        client, person=[ines.pk], visibility="author", next_text="Ring the clinic",
        next_on=follow_ups.today().isoformat(), together="no",
    )  # fmt: skip
    step = FollowUp.objects.get()
    follow_up_verbs.reschedule(step, by=bob, text="Ring the clinic twice")  # a line of its own
    assert client.get(step.get_absolute_url()).status_code == 200
    assert filters.apply(Member.objects.all(), "followup:open", bob).exists()
    assert "Ring the clinic" in client.get("/me/actions/").content.decode()
    for user in (lena, alice):
        client.force_login(user)
        trail = client.get("/team/audit-trail/").content.decode()
        assert "Bob Baker" in trail
        assert "Ring the clinic" not in trail
        assert client.get(step.get_absolute_url()).status_code == 404
        assert not filters.apply(Member.objects.all(), "followup:open", user).exists()


def test_who_is_given_a_private_next_step_sees_it_alone(client, bob, lena, ines):
    dora = make_user("manager")
    client.force_login(bob)
    send(client, person=[ines.pk], visibility="author", next_text="Ring the clinic")
    step = FollowUp.objects.get()
    assert "whoever you give it to" in client.get(step.get_absolute_url()).content.decode()
    query = "followup:open"
    assert query_finds(query, bob, ines)
    assert not query_finds(query, dora, ines)
    follow_up_verbs.reschedule(step, by=bob, owner=dora)
    assert query_finds(query, dora, ines)
    assert not query_finds(query, lena, ines)
    client.force_login(dora)
    assert "Ring the clinic" in client.get(step.get_absolute_url()).content.decode()
    assert client.get(f"/encounters/{Encounter.objects.get().pk}/").status_code == 404


def query_finds(text, user, member) -> bool:
    people = Member.objects.with_seen_at(user)
    return filters.apply(people, text, user).filter(pk=member.pk).exists()


def test_a_next_step_follows_who_may_see_the_encounter(client, bob, lena, ines):
    client.force_login(bob)
    send(client, person=[ines.pk], next_text="Ring the clinic", place="Clinic")
    row, step = Encounter.objects.get(), FollowUp.objects.get()
    follow_up_verbs.complete(step, by=lena)

    def seen_by(user) -> tuple[bool, int]:
        lines = timeline(ines, user).filter(kind="follow-up").count()
        return FollowUp.objects.visible_to(user).filter(pk=step.pk).exists(), lines

    assert seen_by(lena) == (True, 2)
    changes = encounter_verbs.edit(row, by=bob, visibility="author")
    assert seen_by(lena) == (False, 1)  # what she did herself
    assert seen_by(bob) == (True, 1)
    step.refresh_from_db()
    assert (step.place, step.link) == ("", "")
    changes.undo(by=bob)
    assert seen_by(lena) == (True, 2)
    step.refresh_from_db()
    assert step.link == row.get_absolute_url()


def test_an_undo_shows_the_encounter_or_leads_to_its_people_again(client, bob, lena, ines):
    changes = log(bob, [ines], text="Ours")
    row = logged(changes)
    joined = encounter_verbs.join(row, [], by=lena, text="And mine")
    path, headers = f"/encounters/{row.pk}/", {"HX-Request": "true", "HX-Target": "encounter"}
    client.force_login(lena)
    page = client.get(path).content.decode()
    assert 'hx-trigger="hub:catch-up from:body' in page
    assert "And mine" in page
    joined.undo(by=lena)
    fresh = client.get(path, headers=headers).content.decode()
    assert "Ours" in fresh
    assert "And mine" not in fresh
    assert "<html" not in fresh
    changes.undo(by=bob)
    assert client.get(path).status_code == 404
    gone = client.get(path, headers=headers)
    assert (gone.status_code, gone["HX-Redirect"]) == (204, f"/members/{ines.pk}/")


def test_its_page_shows_the_next_step_and_how_it_ended(client, bob, ines):
    row = logged(log(bob, [ines]))
    origin = follow_up_verbs.Origin(key=row.files_key, link=row.get_absolute_url())
    day = follow_ups.today()
    follow_up_verbs.plan(ines, "Send the knobs", day, by=bob, origin=origin)
    step = FollowUp.objects.get()
    client.force_login(bob)
    page = client.get(f"/encounters/{row.pk}/").content.decode()
    for words in ("Next step", step.get_absolute_url(), "Send the knobs", "due today", "Bob"):
        assert words in page
    follow_up_verbs.complete(step, by=bob)
    page = client.get(f"/encounters/{row.pk}/").content.decode()
    assert "Done: Send the knobs" in page
    assert "due today" not in page


def test_removing_takes_what_was_saved_with_it_along_and_undo_brings_all_back(client, bob, ines):
    client.force_login(bob)
    send(
        client, person=[ines.pk], who="Jo Park, ", next_text="Send the knobs",
        next_for="new:Jo Park",
    )  # fmt: skip
    row, jo = Encounter.objects.get(), Member.objects.get(name="Jo Park")
    step = FollowUp.objects.get(member=jo)
    page = client.get(f"/encounters/{row.pk}/", headers={"Referer": f"http://hub/members/{jo.pk}/"})
    assert f'name="from" value="{jo.pk}"' in one_line(page.content)
    answer = client.post(f"/encounters/{row.pk}/", {"_method": "DELETE", "from": jo.pk})
    assert answer["Location"] == f"/members/{ines.pk}/"
    assert "and its next step removed" in client.get(answer["Location"]).content.decode()
    assert not FollowUp.objects.exists()
    assert not Member.objects.filter(name="Jo Park").exists()
    assert not timeline(ines, bob).exists()
    client.post(f"/undo/{Action.objects.latest('pk').group}/")
    assert Member.objects.get(name="Jo Park") == jo
    assert (FollowUp.objects.get(), FollowUp.objects.get().text) == (step, "Send the knobs")
    assert {line.kind for line in timeline(jo, bob)} == {"meeting", "follow-up"}
    assert timeline(ines, bob).count() == 1
    assert set(row.people.all()) == {ines, jo}


def test_removing_leaves_what_has_something_of_its_own(client, bob, ines):
    row = logged(log(bob, [ines], new_people=["Jo Park", "Al Moss", "Kim Lee"]))
    jo, al, kim = (Member.objects.get(name=name) for name in ("Jo Park", "Al Moss", "Kim Lee"))
    verbs.add_note(jo, "Plays the theremin", by=bob)
    verbs.describe(al, by=bob, place="Utrecht")
    origin = follow_up_verbs.Origin(key=row.files_key)
    plan = follow_up_verbs.plan(ines, "Done already", follow_ups.today(), by=bob, origin=origin)
    done = FollowUp.objects.get(pk=plan.actions[0].object_id)
    follow_up_verbs.complete(done, by=bob)
    client.force_login(bob)
    answer = client.post(f"/encounters/{row.pk}/", {"_method": "DELETE", "from": jo.pk})
    assert answer["Location"] == f"/members/{jo.pk}/"
    assert set(Member.objects.filter(pk__in=[jo.pk, al.pk, kim.pk])) == {jo, al}
    assert FollowUp.objects.filter(pk=done.pk).exists()


def test_where_nobody_is_left_one_s_own_actions_have_the_undo(client, bob):
    make_source(restricted=True)
    row = logged(log(bob, [], new_people=["Jo Park"]))
    client.force_login(bob)
    answer = client.post(f"/encounters/{row.pk}/", {"_method": "DELETE"}, follow=True)
    assert answer.redirect_chain == [("/me/actions/", 302)]
    undo = f"/undo/{Action.objects.latest('pk').group}/"
    assert f'action="{undo}"' in answer.content.decode().split("<section")[1]
    client.post(undo)
    assert row.people.get().name == "Jo Park"


def test_an_undo_says_what_was_undone_and_counts_no_rows(client, bob, ines):
    client.force_login(bob)

    def undone(group) -> str:
        answer = client.post(f"/undo/{group}/", headers={"HX-Request": "true"})
        return answer.content.decode()

    send(client, person=[ines.pk], next_text="Send the knobs")  # two rows
    logging = Action.objects.latest("pk").group
    assert undone(encounter_verbs.remove(Encounter.objects.get(), by=bob).group) == (
        "Encounter restored"
    )
    assert undone(logging) == "Encounter removed again"
    planned = follow_up_verbs.plan(ines, "Send the knobs", follow_ups.today(), by=bob)
    assert undone(planned.group) == "Follow-up removed again"


def test_a_next_step_is_due_on_the_day_that_its_words_name(client, bob, ines):
    client.force_login(bob)
    today = follow_ups.today()
    answer = send(client, person=[ines.pk], next_text="Send the docs tomorrow", together="no")
    step = FollowUp.objects.get(text="Send the docs tomorrow")
    assert step.due_on == today + timedelta(days=1)
    page = client.get(answer["Location"]).content.decode()
    assert f"next step by {step.due_on:%A}" in page
    send(
        client, person=[ines.pk], next_text="Send the box tomorrow", together="no",
        next_on=(today + timedelta(days=5)).isoformat(),
    )  # fmt: skip
    assert FollowUp.objects.get(text__contains="box").due_on == today + timedelta(days=5)
    send(client, person=[ines.pk], next_text="Send a card", together="no")
    assert FollowUp.objects.get(text="Send a card").due_on == follow_ups.usual_day(bob)


def test_the_page_has_the_time_of_the_line_in_the_history_and_the_reader_s(client, bob, ines):
    Hub.objects.create(pk=1, name="Hub", timezone="Asia/Kathmandu")
    bob.timezone = "Europe/Berlin"
    bob.save()
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    late = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    client.force_login(bob)
    for moment, hub, own in (
        (at, "Sunday, 1 March 2026, 17:45", "(13:00 your time)"),
        (late, "Monday, 2 March 2026, 01:45", "(Sunday, 21:00 your time)"),
    ):
        row = logged(encounter_verbs.log_encounter("call", [ines], by=bob, occurred_at=moment))
        page = one_line(client.get(row.get_absolute_url()).content)
        assert hub in page
        assert own in page
        assert f">{hub[-5:]}</time>" in client.get(ines.get_absolute_url()).content.decode()
    bob.timezone = "Asia/Kathmandu"
    bob.save()
    assert "your time" not in client.get(row.get_absolute_url()).content.decode()
