"""Newcomers to welcome and helpers to thank: found, taken on once, done, dismissed, undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members import follow_up_verbs, newcomers, occasion_verbs, reminders, thanks_due
from members.follow_up_verbs import NotPossible
from members.models import FollowUp, Identity, Member, Sighting
from members.occasions import FEW
from members.today import sections
from team import actions
from tests.make import make_identity, make_line, make_member, make_source, one_line

NOW = timezone.now


def newcomer(name="Joss", days=3, words="First board finished!", **fields):
    """Who wrote their first words so many days ago."""
    member = make_member(name, **fields)
    at = NOW() - timedelta(days=days)
    make_line(member, words, where="#soldering", occurred_at=at)
    return member


def helper(name="Petra", times=2, days=5, **line):
    member = make_member(name)
    for number in range(times):
        at = NOW() - timedelta(days=days + number)
        make_line(member, "Answered “Drift”", kind="credit", occurred_at=at, **line)
    Member.objects.filter(pk=member.pk).update(first_seen=NOW() - timedelta(days=400))
    return member


def section(slug, user, *, of_team=False):
    return next(each for each in sections(user, of_team=of_team) if each.section.slug == slug)


def names(rows):
    return [row.member.name for row in rows]


def test_newcomers_are_those_whose_first_words_are_recent_the_oldest_first(bob, lena):
    newcomer("Joss", 3)
    newcomer("Ada", 12)
    newcomer("Old", 15)
    newcomer("Robot", is_bot=True)
    newcomer("Quiet please", do_not_contact=True)
    newcomer("Lena herself", user=lena)
    make_identity(newcomer("The forum’s account"), is_us=True)
    make_member("Silent")
    rows = newcomers.WELCOME.find(bob, False, 20)
    assert names(rows) == ["Ada", "Joss"]
    assert rows[1].what == "“First board finished!”"
    assert "#soldering" in rows[1].note


def test_words_of_a_hidden_source_are_no_first_words(bob, lena):
    secret = make_source(restricted=True)
    newcomer("Secret", words="")
    Member.objects.all().delete()
    member = make_member("Hidden")
    make_line(member, "Embargoed", scope=secret.scope)
    make_line(make_member("Half"), "Open words")
    make_line(Member.objects.get(name="Half"), "Embargoed too", scope=secret.scope)
    assert names(newcomers.WELCOME.find(bob, False, 20)) == ["Half"]
    assert newcomers.WELCOME.find(bob, False, 20)[0].what == "“Open words”"
    assert names(newcomers.WELCOME.find(lena, True, 20)) == ["Hidden", "Half"]


def test_one_teammate_welcomes_and_the_other_is_told_who(client, bob, lena):
    member = newcomer()
    stale = newcomers.WELCOME.of(member, lena)
    client.force_login(bob)
    client.post(f"/members/{member.pk}/occasions/welcome/", {"step": "take"})
    row = FollowUp.objects.get()
    assert (row.kind, row.owner, row.origin) == ("welcome", bob, "welcome")
    assert newcomers.WELCOME.find(lena, True, 20) == []
    with pytest.raises(NotPossible, match="Bob Baker takes care of it"):
        occasion_verbs.take(stale, by=lena)
    assert section("welcome", bob).rows == [row]
    assert section("follow-ups", bob).rows == []


def test_a_welcome_plans_checks_and_one_undo_takes_all_of_it_back(bob):
    member = newcomer()
    changes = occasion_verbs.settle(newcomers.WELCOME.of(member, bob), "kept", by=bob)
    found = FollowUp.objects.order_by("due_on").values_list("origin", "state")
    assert list(found) == [("welcome", "kept"), ("welcome:8", "open"), ("welcome:30", "open")]
    today = timezone.localdate()
    due = FollowUp.objects.open().order_by("due_on").values_list("due_on", flat=True)
    assert [(day - today).days for day in due] == [8, 30]
    assert actions.undo(changes.group, by=bob) == 4
    assert not FollowUp.objects.exists()
    assert names(newcomers.WELCOME.find(bob, False, 20)) == ["Joss"]


def test_who_is_dismissed_does_not_come_back_and_what_is_put_off_does_on_its_day(client, bob):
    client.force_login(bob)
    joss, ada = newcomer("Joss"), newcomer("Ada")
    client.post(f"/members/{joss.pk}/occasions/welcome/", {"step": "dismiss"})
    day = timezone.localdate() + timedelta(days=2)
    client.post(f"/members/{ada.pk}/occasions/welcome/", {"step": "later", "due_on": day})
    assert newcomers.WELCOME.find(bob, False, 20) == []
    assert FollowUp.objects.get(member=joss).state == "dropped"
    assert FollowUp.objects.get(member=ada).due_on == day
    answer = client.post(f"/members/{joss.pk}/occasions/welcome/", {"step": "take"}, follow=True)
    assert "It’s taken care of already." in answer.content.decode()
    assert (
        client.post(f"/members/{joss.pk}/occasions/nonsense/", {"step": "take"}).status_code == 404
    )


def test_helpers_are_thanked_once_and_again_for_what_they_answer_later(bob, lena):
    petra = helper("Petra", 3)
    helper("Sable", 1)
    helper("Long ago", 1, days=100)
    helper("Hidden", 4, scope=make_source(restricted=True).scope)
    rows = thanks_due.THANKS.find(bob, False, 20)
    assert names(rows) == ["Petra", "Sable"]
    assert rows[0].what == "answered 3 people"
    assert names(thanks_due.THANKS.find(lena, True, 1)) == ["Hidden"]
    occasion_verbs.settle(rows[0], "kept", by=bob)
    assert names(thanks_due.THANKS.find(bob, False, 20)) == ["Sable"]
    FollowUp.objects.update(created_at=NOW() - timedelta(days=2))
    make_line(petra, "Answered “Noise”", kind="credit", occurred_at=NOW() - timedelta(days=1))
    assert names(thanks_due.THANKS.find(bob, False, 20)) == ["Sable", "Petra"]


def test_today_shows_them_in_as_many_queries_for_many_as_for_few(
    client, bob, django_assert_max_num_queries
):
    client.force_login(bob)
    for number in range(12):
        newcomer(f"New {number}")
        helper(f"Helper {number}")
    assert Identity.objects.count() == 0
    client.get("/today/")
    with django_assert_max_num_queries(20):
        page = client.get("/today/").content.decode()
    assert page.count("“First board finished!”") == FEW
    assert page.count("answered 2 people") == FEW
    assert f'<span class="count">{FEW}+</span>' in one_line(page)


def test_first_finds_who_was_seen_first_in_a_week_as_far_as_the_reader_knows(client, bob, lena):
    newcomer("Joss", 0)
    newcomer("Old", 40)
    secret = make_source(restricted=True)
    now = NOW()
    for name, scope in (("Known longer", "source:0"), ("Hidden", secret.scope)):
        first = {secret.scope: now - timedelta(days=90), scope: now}
        first[secret.scope] = now - timedelta(days=90)
        identity = make_identity(make_member(name, first_seen=min(first.values()), last_seen=now))
        for each, at in first.items():
            Sighting.objects.create(identity=identity, scope=each, first_seen=at, last_seen=now)
    for reader, expected in ((lena, ["Joss"]), (bob, ["Joss", "Known longer"])):
        client.force_login(reader)
        page = client.get("/members/?q=first:thisweek").content.decode()
        named = ("Joss", "Old", "Known longer", "Hidden")
        assert [each for each in named if each in page] == expected


def test_thanks_that_are_planned_stand_in_their_own_section_above_those_that_are_due(
    client, bob, lena
):
    petra, _kofi = helper("Petra", 3), helper("Kofi", 1)
    occasion_verbs.take(thanks_due.THANKS.of(petra, bob), by=bob)
    assert names(section("thanks", bob).rows) == ["Petra", "Kofi"]
    assert section("follow-ups", bob).rows == []
    assert names(section("thanks", lena).rows) == ["Kofi"]
    assert names(section("thanks", lena, of_team=True).rows) == ["Petra", "Kofi"]
    client.force_login(bob)
    shown = one_line(client.get("/today/").content)
    part = shown[shown.index('id="today-thanks"') :]
    assert "Thank them for their answers" in part
    assert "answered someone" in part
    assert 'value="kept"' in part  # the one can be closed,
    assert "occasions/thanks/" in part  # the other be taken on


def test_planned_thanks_that_are_due_are_mailed_and_those_that_nobody_took_on_are_not(bob):
    petra = helper("Petra", 3)
    found = {str(each.title): each for each in reminders.lines_of(bob)}
    assert found["Thanks due"].due == 0
    occasion_verbs.take(thanks_due.THANKS.of(petra, bob), by=bob)
    found = {str(each.title): each for each in reminders.lines_of(bob)}
    assert (found["Thanks due"].due, len(found["Thanks due"].lines)) == (1, 1)


def test_more_planned_than_a_section_shows_hide_nothing_of_the_others(bob):
    for number in range(25):
        row = make_member(f"Welcomed {number}")
        follow_up_verbs.plan(row, "Welcome them", timezone.localdate(), by=bob, kind="welcome")
    follow_up_verbs.plan(make_member(), "Send it", timezone.localdate(), by=bob, kind="promise")
    welcome = section("welcome", bob)
    assert (len(welcome.rows), welcome.number) == (20, "20+")
    assert len(section("promised", bob).rows) == 1


def test_where_a_follow_up_comes_from_stands_once_in_its_row(client, bob):
    origin = follow_up_verbs.Origin(place="Encoder jumps")
    for name, text in (("Ines", "Thank them for answering “Encoder jumps”"), ("Jo", "Thank them")):
        follow_up_verbs.plan(
            make_member(name), text, timezone.localdate(), by=bob, kind="thanks", origin=origin
        )
    client.force_login(bob)
    assert one_line(client.get("/today/").content).count("Encoder jumps") == 2
