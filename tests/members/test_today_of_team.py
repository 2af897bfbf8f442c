"""What Today says under Mine of the team's, where one has nothing oneself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from members import follow_up_verbs, follow_ups, keep_in_touch
from members.models import Member, Rhythm
from members.today import MOST
from tests.make import make_member, one_line

pytestmark = pytest.mark.django_db


def shown(client, user) -> dict[str, str]:
    """By section, how many the team has, as the page says it."""
    client.force_login(user)
    answer = client.get("/today/")
    page = one_line(answer.content)
    found = {each.section.slug: each.of_team for each in answer.context["sections"]}
    for slug, number in found.items():
        link = f'href="/today/?whose=team#today-{slug}">The team has {number}</a>'
        assert (link in page) is bool(number)
    return {slug: number for slug, number in found.items() if number}


def promised(user, many: int) -> None:
    member = make_member("Ines Wolff")
    for number in range(many):
        follow_up_verbs.plan(
            member, f"Send {number}", follow_ups.today(), by=user, kind="promise",
            origin=follow_up_verbs.Origin(key=f"x:{number}"),
        )  # fmt: skip


def test_an_empty_section_of_mine_says_how_many_the_team_has(client, bob, lena):
    promised(lena, 2)
    quiet = make_member("Halla", owner=lena)
    Rhythm.objects.create(
        member=quiet, active_days=9, median_gap=5, last_active_on=follow_ups.today(),
        quiet_since=follow_ups.today() - timedelta(days=31),
    )  # fmt: skip
    assert shown(client, bob) == {"promised": "2", "quiet": "1"}
    assert shown(client, lena) == {}  # they are in hers


def test_it_is_counted_up_to_what_a_section_shows(client, bob, lena):
    promised(lena, MOST + 1)
    assert shown(client, bob) == {"promised": f"{MOST}+"}


def test_who_is_not_due_yet_is_not_counted(client, bob, lena):
    for name, ago in (("Due", 40), ("Later", 10)):
        member = make_member(name, owner=lena)
        keep_in_touch.set_cadence(member, 30, by=lena)
        Member.objects.filter(pk=member.pk).update(last_seen=timezone.now() - timedelta(days=ago))
    assert shown(client, bob) == {"keep-in-touch": "1"}


def test_the_teams_page_says_nothing_of_itself(client, bob, lena):
    promised(lena, 1)
    client.force_login(bob)
    assert "The team has" not in client.get("/today/?whose=team").content.decode()


def test_the_first_page_of_the_day_asks_twelve_times(
    client, bob, lena, django_assert_max_num_queries
):
    promised(lena, 2)
    client.force_login(bob)
    with django_assert_max_num_queries(12):
        client.get("/today/")
    with django_assert_max_num_queries(9):
        client.get("/today/")
