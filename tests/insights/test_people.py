"""The roll-up by person and day, and what is read from it.

Week of Monday, 2 March 2026. Ines opens a thread on Monday and writes again on Thursday, Arjun
answers her on Tuesday, Bob of the team answers on Wednesday from here and opens a thread of the
team's own on Friday; a bot answers too. In February Maeve wrote, and has been silent since.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from inbox.models import Delivery, Message
from insights import reports, rollups
from insights.models import Day, RollUpState
from insights.periods import Period
from insights.reports.values import Value
from insights.scope import Scope
from members.models import Member
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
    run_jobs,
)

pytestmark = pytest.mark.django_db
WEEK = Period(date(2026, 3, 2), date(2026, 3, 8), UTC)


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture(autouse=True)
def days_later():
    with time_machine.travel(at(20, 12)):
        yield


def person(name: str, **fields):
    seen = fields.pop("first_seen", at(1, month=1))
    return make_identity(make_member(name, first_seen=seen, last_seen=seen, **fields))


@pytest.fixture
def week(bob):
    source = make_source(name="Forum")
    ines = person("Ines Wolff", first_seen=at(2))
    arjun, maeve, bot = person("Arjun Rao"), person("Maeve Moon"), person("Helper", is_bot=True)
    make_message(make_conversation(source), author=maeve, sent_at=at(20, month=2))
    thread = make_conversation(source)
    make_message(thread, author=ines, sent_at=at(2))
    make_message(thread, author=bot, sent_at=at(2, 10), mention_reason="")
    make_message(thread, author=arjun, sent_at=at(3), mention_reason="")
    make_reply(thread, by=bob, sent_at=at(4))
    make_message(thread, author=ines, sent_at=at(5), mention_reason="")
    make_reply(make_conversation(source), by=bob, sent_at=at(6))
    rollups.update()
    run_jobs()
    return thread


def value_of(user, key: str, period: Period = WEEK, **limits) -> Value:
    return reports.measure(key).compute(Scope(user, **limits), [period])[0]


@pytest.mark.parametrize(
    ("key", "value", "n"),
    [
        ("active", 2, 2),  # Ines and Arjun
        ("new", 1, 1),  # Ines
        ("by-members", 4 / 6, 6),  # of six, two by Bob; the bot's is not the team's either
        ("answered-by-members", 2 / 3, 3),  # Arjun, Bob and Ines answer somebody
        ("dialogue", 1 / 2, 2),  # of Bob's two one answers
    ],
)
def test_each_measure_gives_what_was_worked_out_on_paper(week, lena, key, value, n):
    found = value_of(lena, key)
    assert found.value == pytest.approx(value)
    assert found.n == n


def test_people_by_week_are_new_returning_and_lapsed(week, lena):
    back = Member.objects.get(name="Maeve Moon").identities.get()
    make_message(author=back, sent_at=at(30))
    rollups.rebuild([date(2026, 3, 30)])
    month = Period(date(2026, 3, 2), date(2026, 4, 5), UTC)
    rows = reports.REPORTS["people"](Scope(lena), month).table.rows
    assert rows == [
        (date(2026, 3, 2), 2, 1, 1, 1),  # Arjun was silent for 4 weeks; Maeve has lapsed
        (date(2026, 3, 9), 0, 0, 0, 3),
        (date(2026, 3, 16), 0, 0, 0, 3),
        (date(2026, 3, 23), 0, 0, 0, 2),  # Maeve's word is more than 4 weeks ago
        (date(2026, 3, 30), 1, 0, 1, 2),
    ]


def test_numbers_of_people_lead_to_as_many_rows(week, lena):
    for key in ("active", "new"):
        rows = reports.measure(key).rows(Scope(lena), WEEK)
        assert rows.count() == value_of(lena, key).value


def test_a_restricted_source_counts_for_nobody_who_may_not_see_it(week, lena, bob):
    hidden = make_conversation(make_source(restricted=True))
    make_message(hidden, author=person("Wren Ashby"), sent_at=at(3))
    rollups.rebuild([date(2026, 3, 3)])
    assert value_of(bob, "active").value == 2
    assert value_of(lena, "active").value == 3


def test_a_teammate_who_is_known_later_counts_as_the_team_at_once(week, lena, bob):
    Member.objects.filter(name="Arjun Rao").update(user=bob)
    assert value_of(lena, "active").value == 1
    assert value_of(lena, "by-members").value == pytest.approx(3 / 6)


def test_what_is_added_or_deleted_later_is_counted_by_the_next_pass(week, lena):
    make_message(author=person("Halla Jonsdottir"), sent_at=at(3))
    rollups.update()
    assert value_of(lena, "active").value == 3
    last = Message.objects.order_by("-pk").first()
    Message.objects.filter(pk=last.pk).update(deleted_at=at(20, 12))
    rollups.update()
    assert value_of(lena, "active").value == 2


def test_a_reply_that_failed_is_not_counted(week, lena, bob):
    reply = make_reply(week, by=bob, sent_at=at(20, 11))
    today = Period(date(2026, 3, 20), date(2026, 3, 20), UTC)
    rollups.update()
    assert value_of(lena, "dialogue", today) == Value(1.0, 1)
    Delivery.objects.filter(message=reply).update(state="failed")
    rollups.update()
    assert value_of(lena, "dialogue", today) == Value(None, 0)


def test_the_nightly_check_mends_what_drifted_and_says_so(week, capsys):
    Day.objects.filter(day=date(2026, 3, 3)).update(posts=7)
    rollups.check()
    assert Day.objects.get(day=date(2026, 3, 3)).posts == 1
    assert "counts by day had drifted" in capsys.readouterr().out
    rollups.check()
    assert "drifted" not in capsys.readouterr().out


def test_another_timezone_of_the_hub_counts_other_days(week, monkeypatch):
    from team.models import Hub

    Hub.objects.update_or_create(pk=1, defaults={"name": "Polyphon", "timezone": "Asia/Tokyo"})
    make_message(author=person("Yara"), sent_at=at(7, 20))  # Sunday, 5 in the morning, in Tokyo
    rollups.update()
    run_jobs()
    assert RollUpState.objects.get().timezone == "Asia/Tokyo"
    assert Day.objects.filter(day=date(2026, 3, 8)).count() == 1
    assert Day.objects.count() == 8


@pytest.mark.parametrize("seed", range(8))
def test_random_weeks_have_the_counts_of_a_plain_loop(seed, bob):
    chance = random.Random(seed)
    people = [person(name) for name in ("Ines Wolff", "Arjun Rao")]
    bot = person("Helper", is_bot=True)
    threads = [make_conversation(make_source()) for _ in range(2)]
    for _ in range(25):
        thread = chance.choice(threads)
        when = at(2) + timedelta(hours=chance.randrange(0, 150))
        if chance.random() < 0.3:
            make_reply(thread, by=bob, sent_at=when)
        else:
            author = chance.choice([*people, bot])
            make_message(thread, author=author, sent_at=when, mention_reason="")
    expected: Counter = Counter()
    replies: Counter = Counter()
    for thread in threads:
        said = list(thread.messages.select_related("author__member").order_by("sent_at", "pk"))
        for number, one in enumerate(said):
            key = (one.sent_at.date(), one.source_id, one.author and one.author.member_id)
            expected[key] += 1
            who = one.author and one.author.member_id
            before = (it for it in said[:number] if not (it.author and it.author.member.is_bot))
            replies[key] += any((it.author and it.author.member_id) != who for it in before)
    rollups.rebuild(WEEK.each_day())
    rollups.rebuild(WEEK.each_day())
    kept = Day.objects.values_list("day", "source", "member", "posts", "replies")
    assert {(day, source, member): (n, r) for day, source, member, n, r in kept} == {
        key: (n, replies[key]) for key, n in expected.items()
    }
