"""Each measure on a small set of data whose answers are worked out in the comments.

Week of Monday, 2 March 2026, in UTC. Mentions, each in a conversation of its own but the last two:

    A  Mon 09:00  team replied 10:00 (1 h)
    B  Mon 12:00  a member answered 12:30 (0.5 h), the team 15:00 (3 h)
    C  Tue 09:00  a member answered Wed 10:00 (25 h), the team never; done without a reply
    D  Wed 09:00  nobody answered; still open
    E  Thu 09:00  team replied 19:00 (10 h); asked again F Fri 09:00, team replied 11:00 (2 h)
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from inbox.models import Message
from inbox.models.kept_fields import recompute
from inbox.verbs import triage
from insights import reports
from insights.periods import Period
from insights.reports.comparing import compare
from insights.reports.values import Compared, Measure, Unit, Value
from insights.scope import Scope
from tests.make import (
    make_conversation,
    make_identity,
    make_member,
    make_message,
    make_reply,
    make_source,
)

pytestmark = pytest.mark.django_db
WEEK = Period(date(2026, 3, 2), date(2026, 3, 8), UTC)
HOUR = 3600
WITH_ROWS = [it for it in reports.MEASURES if it.rows]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture(autouse=True)
def days_later():
    with time_machine.travel(at(20, 12)):
        yield


@pytest.fixture
def week(bob):
    source = make_source(name="Forum")
    ines, arjun = (make_identity(make_member(name)) for name in ("Ines Wolff", "Arjun Rao"))
    found = {}
    for name, day, hour in (("A", 2, 9), ("B", 2, 12), ("C", 3, 9), ("D", 4, 9), ("E", 5, 9)):
        found[name] = make_conversation(source, subject=name)
        make_message(found[name], author=ines, sent_at=at(day, hour))
    make_reply(found["A"], by=bob, sent_at=at(2, 10))
    make_message(found["B"], author=arjun, sent_at=at(2, 12, 30), mention_reason="")
    make_reply(found["B"], by=bob, sent_at=at(2, 15))
    make_message(found["C"], author=arjun, sent_at=at(4, 10), mention_reason="")
    triage.close([found["C"]], seen_up_to=found["C"].last_message_id, by=bob)
    Message.objects.filter(kind="event").update(sent_at=at(6, 9))
    recompute([found["C"].pk])
    make_reply(found["E"], by=bob, sent_at=at(5, 19))
    make_message(found["E"], author=ines, sent_at=at(6, 9))
    make_reply(found["E"], by=bob, sent_at=at(6, 11))
    return found


def values_of(user, key: str, *periods: Period, **limits) -> list[Value]:
    return reports.measure(key).compute(Scope(user, **limits), periods or (WEEK,))


@pytest.mark.parametrize(
    ("key", "value", "n"),
    [
        # 1, 2, 3 and 10 h: the middle of 2 and 3
        ("team-response", 2.5 * HOUR, 4),
        # nine tenths of the way from the first to the fourth: 3 h and 0.7 of the 7 h to 10 h
        ("team-response-90", 7.9 * HOUR, 4),
        # 0.5, 1, 2, 10 and 25 h
        ("any-response", 2 * HOUR, 5),
        # D of six
        ("unanswered", 1, 6),
        # A, B, E and F of six: C took 25 h, D has no answer
        ("answer-rate", 4 / 6, 6),
        # at the end of Sunday: D alone, as C was marked as done on Friday
        ("owed", 1, 1),
        # of five conversations E alone took turns at least twice: Ines, team, Ines, team
        ("two-way", 1 / 5, 5),
    ],
)
def test_each_measure_gives_what_was_worked_out_on_paper(week, lena, key, value, n):
    (found,) = values_of(lena, key)
    assert found.value == pytest.approx(value)
    assert found.n == n


@pytest.mark.parametrize("measure", WITH_ROWS, ids=lambda it: it.key)
def test_each_number_is_that_of_its_rows(week, lena, measure: Measure):
    (found,) = measure.compute(Scope(lena), [WEEK])
    rows = measure.rows(Scope(lena), WEEK).count()
    expected = {
        Unit.DURATION: found.n, Unit.COUNT: found.value, Unit.SHARE: (found.value or 0) * found.n
    }  # fmt: skip
    assert rows == pytest.approx(expected[measure.unit])


@pytest.mark.parametrize("measure", reports.MEASURES, ids=lambda it: it.key)
def test_a_week_without_a_message_has_no_values_and_no_error(lena, measure: Measure):
    (found,) = measure.compute(Scope(lena), [WEEK])
    assert found == Value(0 if measure.unit == Unit.COUNT else None, 0)


def test_what_was_owed_at_the_end_of_a_day_is_still_known_later(week, lena):
    """On Wednesday C had waited for 63 h; D had not for 48. At the end of Friday D had."""
    wednesday, friday = (Period(date(2026, 3, 2), date(2026, 3, day), UTC) for day in (5, 6))
    assert [it.value for it in values_of(lena, "owed", wednesday, friday)] == [1, 1]
    rows = reports.measure("owed").rows
    assert [ask.conversation.subject for ask in rows(Scope(lena), wednesday)] == ["C"]
    assert [ask.conversation.subject for ask in rows(Scope(lena), friday)] == ["D"]


def test_a_mention_of_the_last_day_that_waits_counts_for_no_answer_rate(week, lena):
    make_message(make_conversation(), sent_at=at(20, 9))
    today = Period(date(2026, 3, 20), date(2026, 3, 20), UTC)
    assert values_of(lena, "answer-rate", today) == [Value(None, 0)]


def test_several_periods_in_one_go_are_as_each_alone(week, lena):
    days = [Period(date(2026, 3, day), date(2026, 3, day), UTC) for day in (2, 3, 4)]
    both = [*days, WEEK, WEEK.before()]
    for measure in reports.MEASURES:
        alone = [measure.compute(Scope(lena), [it])[0] for it in both]
        assert measure.compute(Scope(lena), both) == alone, measure.key


def test_a_restricted_source_counts_for_nobody_who_may_not_see_it(week, lena, bob):
    hidden = make_conversation(make_source(name="Misconduct", restricted=True))
    make_message(hidden, sent_at=at(3, 12))
    assert values_of(bob, "unanswered") == [Value(1, 6)]
    assert values_of(lena, "unanswered") == [Value(2, 7)]
    assert "Misconduct" in str(reports.REPORTS["sources"](Scope(lena), WEEK).table.rows)
    assert "Misconduct" not in str(reports.REPORTS["sources"](Scope(bob), WEEK).table.rows)


def test_filters_narrow_what_is_counted(week, lena, bob):
    triage.assign([week["D"]], bob, by=lena)
    assert values_of(bob, "unanswered", mine=True) == [Value(1, 1)]
    assert values_of(lena, "unanswered", mine=True) == [Value(0, 0)]
    assert values_of(lena, "unanswered", source=week["D"].source_id) == [Value(1, 6)]
    assert values_of(lena, "unanswered", query="assignee:bob") == [Value(1, 1)]
    assert values_of(lena, "unanswered", stage="champion") == [Value(0, 0)]


def test_the_usual_value_is_the_median_of_the_four_weeks_before(week, lena):
    """Of the four weeks before 9 March the one of the data has a median, the others none."""
    after = Period(date(2026, 3, 9), date(2026, 3, 15), UTC)
    (found,) = compare([reports.measure("team-response")], Scope(lena), after)
    assert found.now == Value(None, 0)
    assert found.before.value == found.usual.value == pytest.approx(2.5 * HOUR)


@pytest.mark.parametrize(
    ("now", "before", "trend"),
    [
        (Value(5, 10), Value(4, 10), "up"),
        (Value(3, 10), Value(4, 10), "down"),
        (Value(4, 10), Value(4, 10), "same"),
        (Value(5, 9), Value(4, 10), ""),
        (Value(None, 10), Value(4, 10), ""),
    ],
)
def test_there_is_no_trend_of_few(now, before, trend):
    assert Compared(reports.MEASURES[0], now, before, before).trend == trend


def test_reports_say_what_came_when_and_who_answered(week, lena):
    scope = Scope(lena)
    assert reports.REPORTS["sources"](scope, WEEK).table.rows == [
        ("Forum", 6, 1, pytest.approx(2.5 * HOUR))
    ]
    assert reports.REPORTS["teammates"](scope, WEEK).table.rows == [("Bob Baker", 4)]
    hours = reports.REPORTS["hours"](scope, WEEK).table.rows
    assert [sum(row[1:]) for row in hours] == [2, 1, 1, 1, 1, 0, 0]
    assert hours[0][10] == hours[0][13] == 1  # Monday from 9 and from 12
    days = reports.REPORTS["backlog"](scope, WEEK).table.rows
    # asked, ended, waiting: A and B come and end; C waits from Tuesday to Friday, D for good
    assert [row[1:] for row in days] == [
        (2, 2, 0), (1, 0, 1), (1, 0, 2), (1, 1, 2), (1, 2, 1), (0, 0, 1), (0, 0, 1)
    ]  # fmt: skip


def test_hours_are_those_of_the_hub_also_when_the_clocks_change(lena):
    """In Berlin 07:30 UTC is 08:30 on 28 March 2026 and 09:30 on the 29th."""
    from zoneinfo import ZoneInfo

    berlin = ZoneInfo("Europe/Berlin")
    for day in (28, 29):
        make_message(sent_at=datetime(2026, 3, day, 7, 30, tzinfo=UTC))
    week = Period(date(2026, 3, 23), date(2026, 3, 29), berlin)
    rows = reports.REPORTS["hours"](Scope(lena), week).table.rows
    assert (rows[5][1 + 8], rows[6][1 + 9]) == (1, 1)
