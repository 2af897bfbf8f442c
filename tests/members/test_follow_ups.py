"""What the team will do for a member: planned, changed, done, each logged and undone."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from members import filters, follow_up_verbs, follow_ups
from members.follow_up_verbs import NotPossible, Origin
from members.log import timeline
from members.models import FollowUp, Member
from team import actions
from team.models import Hub, Notification
from tests.make import make_identity, make_member, make_source, one_line


@pytest.fixture
def ines(db):
    member = make_member("Ines Wolff", last_seen=timezone.now())
    make_identity(member)
    return member


@pytest.fixture
def friday():
    return timezone.localdate() + timedelta(days=4)


def plan(member, by, text="Send what firmware finds", days=4, **fields):
    due = timezone.localdate() + timedelta(days=days)
    changes = follow_up_verbs.plan(member, text, due, by=by, **fields)
    return FollowUp.objects.get(pk=changes.actions[0].object_id)


def late(row, days=3):
    """As if it had been planned earlier."""
    FollowUp.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timedelta(days=days))
    row.refresh_from_db()
    return row


def test_a_follow_up_is_planned_logged_done_and_undone(client, bob, ines, friday):
    client.force_login(bob)
    data = {"text": " Ask about\nthe lathe ", "due_on": str(friday), "owner": bob.pk}
    response = client.post(f"/members/{ines.pk}/follow-ups/", data)
    assert response["Location"] == f"/members/{ines.pk}/"
    row = FollowUp.objects.get()
    assert (row.text, row.due_on, row.owner, row.kind) == (
        "Ask about the lathe",
        friday,
        bob,
        "follow-up",
    )
    assert "Ask about the lathe" in timeline(ines, bob).get().summary
    client.post(f"/follow-ups/{row.pk}/closure/", {"state": "kept"})
    row.refresh_from_db()
    assert (row.state, row.closed_at is None) == ("kept", False)
    assert timeline(ines, bob).first().summary == "Done: Ask about the lathe"
    undo_last(client, "complete")
    row.refresh_from_db()
    assert (row.state, row.closed_at) == ("open", None)
    assert timeline(ines, bob).count() == 1
    undo_last(client, "plan")
    assert not FollowUp.objects.exists()
    assert not timeline(ines, bob).exists()


def undo_last(client, verb):
    from team.models import Action

    client.post(f"/undo/{Action.objects.filter(verb=verb).latest('pk').group}/")


def test_a_promise_is_kept_or_not_and_a_follow_up_cannot_be_broken(bob, ines):
    promise = plan(ines, bob, kind="promise")
    follow_up_verbs.complete(promise, "broken", by=bob)
    assert promise.closed_words == "Promise not kept: Send what firmware finds"
    assert timeline(ines, bob).first().kind == "promise"
    plain = plan(ines, bob)
    with pytest.raises(ValueError, match="cannot become"):
        follow_up_verbs.complete(plain, "broken", by=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=plain.pk).update(state="broken", closed_at=timezone.now())


def test_the_second_of_two_who_close_one_is_told_and_changes_nothing(client, bob, lena, ines):
    row = plan(ines, bob)
    follow_up_verbs.complete(row, "dropped", by=lena)
    client.force_login(bob)
    answer = client.post(f"/follow-ups/{row.pk}/closure/", {"state": "kept"}, follow=True)
    assert "A teammate was quicker" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "dropped"


def test_days_that_cannot_be_and_empty_texts_are_explained(bob, ines):
    today = timezone.localdate()
    for day, words in (
        (today - timedelta(days=1), "has passed"),
        (date(1900, 1, 1), "has passed"),
        (today + timedelta(days=3000), "five years"),
    ):
        with pytest.raises(NotPossible, match=words):
            follow_up_verbs.plan(ines, "Write", day, by=bob)
    with pytest.raises(NotPossible, match="Say what"):
        follow_up_verbs.plan(ines, " \u202e ", today, by=bob)
    assert not FollowUp.objects.exists()


def test_a_form_with_mistakes_says_them_and_keeps_what_was_typed(client, bob, ines):
    client.force_login(bob)
    data = {"text": "Ask about the lathe", "due_on": "1900-01-01", "owner": bob.pk}
    answer = client.post(f"/members/{ines.pk}/follow-ups/", data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "That day has passed" in text
    assert "Ask about the lathe" in text
    data["due_on"] = "soon"
    assert "not a day" in client.post(f"/members/{ines.pk}/follow-ups/", data).content.decode()


def test_nobody_follows_up_with_a_teammate_or_a_bot(bob, lena, ines):
    for fields in ({"user": lena}, {"is_bot": True}):
        Member.objects.filter(pk=ines.pk).update(**fields)
        ines.refresh_from_db()
        with pytest.raises(NotPossible, match="members"):
            plan(ines, bob)


def test_an_owner_who_is_switched_off_or_may_not_edit_is_refused(bob, lena, carol, ines):
    lena.is_active = False
    lena.save()
    for owner in (lena, carol):
        with pytest.raises(NotPossible, match="Select a teammate"):
            plan(ines, bob, owner=owner)
    with pytest.raises(PermissionDenied):
        plan(ines, carol)


def test_it_is_changed_and_the_new_owner_hears_of_it(bob, lena, ines):
    row = plan(ines, bob)
    due = row.due_on + timedelta(days=7)
    changes = follow_up_verbs.reschedule(
        row, text="Call her", due_on=due, owner=lena, kind="promise", by=bob
    )
    assert (row.text, row.due_on, row.owner, row.kind) == ("Call her", due, lena, "promise")
    assert "Call her" in timeline(ines, bob).get().summary
    assert "Call her" in Notification.objects.get(user=lena, kind="follow-up").text
    assert changes.undo(by=bob) == 1
    row.refresh_from_db()
    assert (row.text, row.owner, row.kind) == ("Send what firmware finds", bob, "follow-up")
    assert "Send what firmware finds" in timeline(ines, bob).get().summary
    assert not follow_up_verbs.reschedule(row, text=row.text, by=bob)


def test_one_that_is_late_can_be_edited_without_a_new_day(bob, ines):
    row = late(plan(ines, bob))
    assert follow_up_verbs.reschedule(row, text="Call", due_on=row.due_on, by=bob)


def test_one_that_is_closed_is_reopened_before_it_is_changed(bob, ines):
    row = plan(ines, bob)
    follow_up_verbs.complete(row, by=bob)
    with pytest.raises(NotPossible, match="Reopen it"):
        follow_up_verbs.reschedule(row, text="Call", by=bob)
    changes = follow_up_verbs.reopen(row, by=bob)
    assert row.state == "open"
    assert timeline(ines, bob).first().summary == "Reopened: Send what firmware finds"
    changes.undo(by=bob)
    row.refresh_from_db()
    assert row.state == "kept"


def test_only_one_of_an_origin_is_open(bob, ines):
    origin = Origin(key="message:42")
    first = plan(ines, bob, origin=origin)
    with pytest.raises(NotPossible, match="already"):
        plan(ines, bob, origin=origin)
    closed = follow_up_verbs.complete(first, by=bob)
    plan(ines, bob, origin=origin)
    assert closed.undo(by=bob) == 0
    with pytest.raises(NotPossible, match="already"):
        follow_up_verbs.reopen(first, by=bob)


def test_what_was_planned_from_a_restricted_source_is_not_there_for_others(bob, lena, ines):
    source = make_source(restricted=True)
    row = plan(ines, lena, origin=Origin(scope=source.scope))
    assert follow_ups.open_about(ines, lena) == [row]
    assert follow_ups.open_about(ines, bob) == []
    assert not timeline(ines, bob).exists()
    assert not Member.objects.filter(filters.condition("promise:open", bob)).exists()
    assert not found("followup:open", bob).exists()
    assert found("followup:open", lena).get() == ines


def test_nobody_gets_one_from_where_they_may_not_look(bob, lena, ines):
    """They would never see it, and whoever gave it away would think that it is theirs."""
    origin = Origin(scope=make_source(restricted=True).scope)
    with pytest.raises(NotPossible, match="can’t see where"):
        plan(ines, lena, owner=bob, origin=origin)
    row = plan(ines, lena, origin=origin)
    with pytest.raises(NotPossible, match="can’t see where"):
        follow_up_verbs.reschedule(row, owner=bob, by=lena)
    assert FollowUp.objects.get().owner == lena


def found(text, user):
    return filters.apply(Member.objects.with_seen_at(None), text, user)


def test_members_are_found_by_what_is_open_late_or_done(bob, ines):
    row = plan(ines, bob, kind="promise")
    assert found("promise:open", bob).get() == ines
    assert not found("promise:late", bob)
    late(row)
    assert found("followup:late", bob).get() == ines
    follow_up_verbs.complete(row, "broken", by=bob)
    assert found("promise:broken", bob).get() == ines
    assert not found("followup:open or promise:kept", bob)


def test_due_days_are_said_in_words(bob, ines):
    row = plan(ines, bob, days=0)

    def words():
        return follow_ups.open_about(ines, bob)[0].due_words

    assert words() == "due today"
    late(row, days=1)
    assert words() == "1 day late"
    late(row, days=-1)
    assert words() == "due tomorrow"


def test_today_shows_mine_and_the_teams(client, bob, lena, ines):
    mine, hers = late(plan(ines, bob)), plan(ines, lena, "Thank her", days=0, kind="promise")
    plan(ines, bob, "Not yet", days=9)
    client.force_login(bob)
    text = client.get("/today/").content.decode()
    assert mine.text in text
    assert "3 days late" in text
    assert hers.text not in text
    assert "Not yet" not in text
    assert "No promise is due today or late." in text
    team = client.get("/today/?whose=team").content.decode()
    assert mine.text in team
    assert hers.text in team


def test_the_days_of_today_are_the_hubs_wherever_one_sits(client, bob, ines):
    """When it is the 30th in Berlin already, it is for everybody."""
    Hub.objects.create(pk=1, name="Polyphon", timezone="Europe/Berlin")
    bob.timezone = "America/Los_Angeles"
    bob.save()
    client.force_login(bob)
    with time_machine.travel(datetime(2026, 11, 29, 23, 30, tzinfo=UTC), tick=False):
        plan(ines, bob, "Due on the 30th", days=1)
        page = client.get("/today/").content.decode()
        assert "Monday, 30 November" in page
        assert "due today" in page
        offered = follow_ups.offered_days(bob)
        assert (offered[0].label, offered[0].date) == ("Tomorrow", date(2026, 12, 1))
        assert (
            'value="2026-11-30"' in client.get(f"/members/{ines.pk}/follow-ups/").content.decode()
        )


def test_today_asks_as_often_with_many_rows_as_with_few(
    client, bob, ines, django_assert_max_num_queries
):
    client.force_login(bob)
    for number in range(12):
        plan(make_member(f"Member {number}"), bob, days=0)
    for queries in (13, 10):  # what the team has is counted once a minute
        with django_assert_max_num_queries(queries):
            assert client.get("/today/").content.decode().count('id="due-') == 12


def test_another_day_is_set_by_one_key_and_a_wrong_one_is_refused(client, bob, ines, friday):
    row = late(plan(ines, bob))
    client.force_login(bob)
    assert "In a week" in client.get(f"/follow-ups/{row.pk}/due/").content.decode()
    client.post(f"/follow-ups/{row.pk}/due/", {"due_on": str(friday)})
    row.refresh_from_db()
    assert (row.due_on, row.text) == (friday, "Send what firmware finds")
    client.post(f"/follow-ups/{row.pk}/due/", {"due_on": "yesterday"})
    row.refresh_from_db()
    assert row.due_on == friday


def test_what_a_teammate_who_is_gone_should_do_is_taken_over(client, bob, lena, ines):
    row = late(plan(ines, lena))
    lena.is_active = False
    lena.save()
    client.force_login(bob)
    page = one_line(client.get("/today/?whose=team").content)
    assert "Lena Lindqvist is gone: take over" in page
    client.post(f"/follow-ups/{row.pk}/owner/", {"user": "me"})
    row.refresh_from_db()
    assert row.owner == bob
    assert "is gone" not in client.get("/today/?whose=team").content.decode()


def test_what_is_undone_is_asked_of_nobody_any_more(ines, bob, lena):
    row = plan(ines, bob, owner=bob)
    given = follow_up_verbs.reschedule(row, by=bob, owner=lena)
    assert Notification.objects.unread().filter(user=lena, kind="follow-up").exists()
    actions.undo(given.group, by=bob)
    row.refresh_from_db()
    assert row.owner == bob
    assert not Notification.objects.filter(user=lena, kind="follow-up").exists()
    due = timezone.localdate()
    planned = follow_up_verbs.plan(ines, "Call her", due, by=bob, owner=lena)
    assert Notification.objects.unread().filter(user=lena, kind="follow-up").exists()
    actions.undo(planned.group, by=bob)
    assert not Notification.objects.filter(user=lena, kind="follow-up").exists()
