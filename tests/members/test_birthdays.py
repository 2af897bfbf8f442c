"""Birthdays without a year: on the page, in the list, on Today once a year."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.lib.query import Mistake, complete
from members import birthdays, filters, occasion_verbs
from members.models import FollowUp, Member
from members.today import sections
from team import actions
from team.models import Action
from tests.make import make_member, make_source, one_line

pytestmark = pytest.mark.django_db
NAMES = {
    "Ada": 1130,  # today
    "Ben": 1201,
    "Cleo": 1206,
    "Dora": 103,
    "Emil": 229,
    "Finn": 1129,
    "Gus": None,
}


@pytest.fixture
def today(time_machine):
    time_machine.move_to("2026-11-30 10:00:00+00:00", tick=False)
    return timezone.localdate()


@pytest.fixture
def people(today, bob):
    owners = {"Ada": bob, "Cleo": bob}
    now = timezone.now()
    return {
        name: make_member(name, birthday=born, owner=owners.get(name), last_seen=now)
        for name, born in NAMES.items()
    }


def ask(user, text):
    found = Member.objects.visible_to(user).with_seen_at(user)
    return " ".join(sorted(filters.apply(found, text, user).values_list("name", flat=True)))


def names(rows):
    return [row.member.name for row in rows]


def test_it_is_typed_shown_and_undone(client, bob, olga, people):
    client.force_login(bob)
    path = people["Gus"].get_absolute_url()
    client.post(f"{path}details/", {"name": "Gus", "birthday": "5th December"})
    assert Member.objects.get(name="Gus").birthday == 1205
    for who in (bob, olga):
        client.force_login(who)
        page = one_line(client.get(path).content)
        assert "<dt>Birthday</dt><dd>in 5 days<small>5 December</small" in page
    Member.objects.filter(name="Gus").update(birthday=105)
    assert "<dt>Birthday</dt><dd>5 January</dd>" in one_line(client.get(path).content)
    Member.objects.filter(name="Gus").update(birthday=1205)
    actions.undo(Action.objects.get(verb="describe").group, by=bob)
    assert "Birthday" not in one_line(client.get(path).content)


def test_a_year_is_refused_and_nothing_typed_is_lost(client, bob, people):
    client.force_login(bob)
    typed = {"name": "Gus", "birthday": "5 December 1984", "place": "Lyon"}
    answer = client.post(f"{people['Gus'].get_absolute_url()}details/", typed)
    assert answer.status_code == 422
    page = one_line(answer.content)
    assert "Leave out the year" in page
    assert 'value="5 December 1984"' in page
    assert 'value="Lyon"' in page
    assert Member.objects.get(name="Gus").birthday is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("birthday:today", "Ada"),
        ("birthday:tomorrow", "Ben"),
        ("birthday:yesterday", "Finn"),
        ("birthday:this-week", "Ada Ben Cleo"),
        ("birthday:next-month", "Ben Cleo"),
        ("birthday:this-month", "Ada Finn"),
        ("birthday:december", "Ben Cleo"),
        ("birthday:feb", "Emil"),
        ('birthday:"6 dec"', "Cleo"),
        ("birthday:sunday", "Cleo"),
        ("birthday:monday", "Ada"),
        ("birthday:<6d", "Ada Ben Cleo"),
        ("birthday:<5d", "Ada Ben"),
        ("birthday:<2m", "Ada Ben Cleo Dora"),
        ("birthday:>30d", "Dora Emil Finn"),
        ("birthday:>2y", ""),
        ("-birthday:<6d", "Dora Emil Finn Gus"),
        ("has:birthday", "Ada Ben Cleo Dora Emil Finn"),
        ("-has:birthday", "Gus"),
    ],
)
def test_members_are_found_by_it(people, olga, text, found):
    assert ask(olga, text) == found


@pytest.mark.parametrize(
    ("day", "today", "this_week"),
    [("2027-02-28", "Emil", "Emil"), ("2028-02-28", "", "Emil"), ("2028-02-29", "Emil", "Emil")],
)
def test_the_29th_of_february_is_found_on_the_28th(
    time_machine, people, olga, day, today, this_week
):
    time_machine.move_to(f"{day} 10:00:00+00:00", tick=False)
    assert ask(olga, "birthday:today") == today
    assert ask(olga, "birthday:this-week") == this_week


def test_what_is_no_day_is_said_to_be_none_and_words_are_offered(people, olga):
    with pytest.raises(Mistake, match="is no day or month"):
        ask(olga, "birthday:soon")
    with pytest.raises(Mistake, match="is not an age"):
        ask(olga, "birthday:<soon")
    offered = [row.text for row in complete(filters.PEOPLE, "birthday:ma", 11, olga)]
    assert offered == ["march", "may"]


def test_a_list_sorted_as_usual_has_them_as_column_and_query(client, olga, people):
    client.force_login(olga)
    page = one_line(client.get("/members/?q=birthday:today&columns=birthday").content)
    assert 'data-label="Birthday"><bdi>30 November</bdi>' in page
    assert "Ben" not in page


def test_today_lists_mine_the_soonest_first_and_the_team_s(people, bob, lena):
    people["Ben"].do_not_contact = True
    people["Ben"].save()
    make_member("Colleague", birthday=1130, user=lena)
    assert names(birthdays.BIRTHDAY.find(bob, False, 20)) == ["Ada", "Cleo"]
    assert names(birthdays.BIRTHDAY.find(lena, False, 20)) == []
    rows = birthdays.BIRTHDAY.find(lena, True, 20)
    assert names(rows) == ["Ada", "Cleo"]
    assert (rows[0].what, rows[1].what) == ("Birthday today", "Birthday in 6 days")
    assert rows[1].note == "Sunday, 6 December · Owner: Bob Baker"
    by_slug = {each.section.slug: each.rows for each in sections(bob, of_team=False)}
    assert names(by_slug["birthday"]) == ["Ada", "Cleo"]


def test_who_was_wished_comes_back_the_next_year_and_after_an_undo(
    client, time_machine, people, bob
):
    client.force_login(bob)
    ada = people["Ada"]
    assert "Ada" in one_line(client.get("/today/").content)
    client.post(f"/members/{ada.pk}/occasions/birthday/", {"step": "done"})
    row = FollowUp.objects.get()
    assert (row.origin, row.state) == ("birthday:2026", "kept")
    assert names(birthdays.BIRTHDAY.find(bob, False, 20)) == ["Cleo"]
    occasion_verbs.settle(birthdays.BIRTHDAY.of(people["Cleo"], bob), "dropped", by=bob)
    time_machine.move_to("2027-11-28 10:00:00+00:00", tick=False)
    assert names(birthdays.BIRTHDAY.find(bob, False, 20)) == ["Ada"]
    time_machine.move_to("2026-11-30 10:00:00+00:00", tick=False)
    actions.undo(Action.objects.filter(object_id=row.pk).latest("pk").group, by=bob)
    assert names(birthdays.BIRTHDAY.find(bob, False, 20)) == ["Ada"]


def test_a_week_around_new_year_is_of_two_years(time_machine, people, lena):
    time_machine.move_to("2026-12-30 10:00:00+00:00", tick=False)
    make_member("Last", birthday=1231)
    rows = birthdays.BIRTHDAY.find(lena, True, 20)
    assert [(row.member.name, row.key) for row in rows] == [
        ("Last", "birthday:2026"),
        ("Dora", "birthday:2027"),
    ]


def test_members_whom_a_reader_may_not_see_are_not_among_them(people, bob, lena):
    from members.models import Sighting
    from tests.make import make_identity

    closed = make_source(restricted=True)
    hidden = make_member("Hidden", birthday=1130, last_seen=timezone.now())
    account = make_identity(hidden)
    at = timezone.now() - timedelta(days=1)
    Sighting.objects.create(identity=account, scope=closed.scope, first_seen=at, last_seen=at)
    assert names(birthdays.BIRTHDAY.find(lena, True, 20)) == ["Ada", "Hidden", "Ben", "Cleo"]
    assert names(birthdays.BIRTHDAY.find(bob, True, 20)) == ["Ada", "Ben", "Cleo"]
