"""Whole days of the hub's timezone, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from insights.periods import Period, PeriodError, chosen, iso_week

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 17)


def test_a_period_of_the_hour_that_is_there_twice_has_25_hours():
    """In Berlin the clocks went back on 25 October 2026: 00:00+02:00 to 24:00+01:00."""
    day = Period(date(2026, 10, 25), date(2026, 10, 25), BERLIN)
    assert day.begins == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day.ends == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert day.ends.astimezone(UTC) - day.begins.astimezone(UTC) == timedelta(hours=25)


def test_the_period_before_and_the_weeks_before_touch_it_and_each_other():
    period = Period(date(2026, 11, 1), date(2026, 11, 30), BERLIN)
    assert (period.days, period.before().first, period.before().last) == (
        30, date(2026, 10, 2), date(2026, 10, 31)
    )  # fmt: skip
    weeks = period.weeks_before(4)
    assert [week.days for week in weeks] == [7, 7, 7, 7]
    assert weeks[0].ends == period.begins
    assert all(late.begins == early.ends for late, early in pairwise(weeks))


def test_weeks_of_a_period_are_calendar_weeks_cut_at_its_ends():
    period = Period(date(2026, 11, 4), date(2026, 11, 17), BERLIN)  # Wednesday to Tuesday
    assert [(week.first.day, week.last.day) for week in period.weeks()] == [
        (4, 8), (9, 15), (16, 17)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ({}, date(2026, 10, 19), TODAY),
        ({"period": "7"}, date(2026, 11, 11), TODAY),
        ({"period": "quarter"}, date(2026, 10, 1), TODAY),
        ({"period": "nonsense"}, date(2026, 10, 19), TODAY),
        ({"from": "2026-01-02", "to": "2026-01-02"}, date(2026, 1, 2), date(2026, 1, 2)),
    ],
)
def test_what_an_address_asks_for(values, first, last):
    period = chosen(values, TODAY, BERLIN)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "values",
    [
        {"from": "2026-02-30", "to": "2026-03-01"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2026-03-02"},
        {"from": "0001-01-01", "to": "2026-03-01"},
        {"from": "2020-01-01", "to": "2026-03-01"},
    ],
)
def test_what_is_no_period_is_said_in_a_sentence(values):
    with pytest.raises(PeriodError, match=r"\.$"):
        chosen(values, TODAY, BERLIN)


def test_an_iso_week_is_monday_to_sunday():
    week = iso_week(2026, 53, BERLIN)
    assert (week.first, week.last) == (date(2026, 12, 28), date(2027, 1, 3))
