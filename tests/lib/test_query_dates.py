"""Dates and ages as people write them, in the hub's timezone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from community_hub.lib.query import Context, Mistake, dates
from members.models import Member

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 26, 12, tzinfo=BERLIN)  # a Thursday


def at(now=NOON, timezone=BERLIN):
    return Context(user=None, now=now, timezone=timezone)


def days(text, context=None):
    """The first day and the day after the last, as ISO dates."""
    span = dates.read_span(text, context or at())
    assert span.start.time() == span.end.time() == datetime.min.time()
    assert span.start.tzinfo is span.end.tzinfo is (context or at()).timezone
    return span.start.date().isoformat(), span.end.date().isoformat()


@pytest.mark.parametrize(
    ("text", "first", "until"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-02"),
        ("2026-1-5", "2026-01-05", "2026-01-06"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("1.11.2026", "2026-11-01", "2026-11-02"),
        ("01. 11. 2026", "2026-11-01", "2026-11-02"),
        ("1.11.", "2026-11-01", "2026-11-02"),
        ("24.12.", "2025-12-24", "2025-12-25"),
        ("today", "2026-11-26", "2026-11-27"),
        ("Yesterday", "2026-11-25", "2026-11-26"),
        ("tomorrow", "2026-11-27", "2026-11-28"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("last-week", "2026-11-16", "2026-11-23"),
        ("Last_Week", "2026-11-16", "2026-11-23"),
        ("next week", "2026-11-30", "2026-12-07"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("next month", "2026-12-01", "2027-01-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("thursday", "2026-11-26", "2026-11-27"),
        ("Friday", "2026-11-20", "2026-11-21"),
        ("wed", "2026-11-25", "2026-11-26"),
        ("1 Nov", "2026-11-01", "2026-11-02"),
        ("Nov 1", "2026-11-01", "2026-11-02"),
        ("1st november", "2026-11-01", "2026-11-02"),
        ("1. Nov", "2026-11-01", "2026-11-02"),
        ("24 Dec", "2025-12-24", "2025-12-25"),
        ("29 Feb", "2024-02-29", "2024-03-01"),
        ("1 Nov 2025", "2025-11-01", "2025-11-02"),
        ("Nov 1, 2025", "2025-11-01", "2025-11-02"),
        ("1-nov-2025", "2025-11-01", "2025-11-02"),
        ("Nov 2025", "2025-11-01", "2025-12-01"),
        ("nov-2025", "2025-11-01", "2025-12-01"),
        ("november", "2026-11-01", "2026-12-01"),
        ("Dec", "2025-12-01", "2026-01-01"),
        ("sept 2024", "2024-09-01", "2024-10-01"),
        (" may ", "2026-05-01", "2026-06-01"),
    ],
)
def test_a_date_is_a_span_of_days(text, first, until):
    assert days(text) == (first, until)


def test_a_day_is_one_of_the_hubs_timezone():
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    assert days("today", at(late)) == ("2026-11-27", "2026-11-28")
    assert days("today", at(late, ZoneInfo("America/New_York"))) == ("2026-11-26", "2026-11-27")
    start = dates.read_span("2026-11-01", at()).start
    assert start.astimezone(UTC) == datetime(2026, 10, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/Sao_Paulo", "2017-10-15", 23),  # begins at 1 o'clock
        ("America/Sao_Paulo", "2018-02-17", 25),  # its last hour comes twice
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_a_day_has_all_its_hours_when_clocks_change(zone, text, hours):
    span = dates.read_span(text, at(timezone=ZoneInfo(zone)))
    assert span.end.astimezone(UTC) - span.start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-02-30", "There is no 30 February 2026. Write a date such as 2026-11-26."),
        ("31.4.2026", "There is no 31 April 2026. Write a date such as 2026-11-26."),
        ("29 Feb 2026", "There is no 29 February 2026. Write a date such as 2026-11-26."),
        ("30 feb", "There is no 30 February 2026. Write a date such as 2026-11-26."),
        ("0.11.2026", "There is no 0 November 2026. Write a date such as 2026-11-26."),
        ("2026-13", "There is no month 13. Write a date such as 2026-11-26."),
        ("1.0.", "There is no month 0. Write a date such as 2026-11-26."),
        ("0001", "The year must be from 1900 to 2200, such as in 2026-11-26."),
        ("9999-12-31", "The year must be from 1900 to 2200, such as in 2026-11-26."),
        (
            "Soon",
            "“Soon” is not a date. Write one such as 2026-11-26, Nov 2026 or last-week.",
        ),
    ],
)
def test_a_date_that_does_not_exist_is_named(text, sentence):
    with pytest.raises(Mistake) as found:
        dates.read_span(text, at())
    assert str(found.value) == sentence


@pytest.mark.parametrize(
    "text",
    ["", "1", "11/01/2026", "2026-", "no 2026", "1 2 nov", "nov nov", "last day", "last", "٢٠٢٦"],
)
def test_what_is_no_date_is_not_guessed(text):
    with pytest.raises(Mistake, match="is not a date"):
        dates.read_span(text, at())


@pytest.mark.parametrize(
    ("text", "is_older", "moment"),
    [
        (
            ">60d",
            True,
            "2026-09-27T12:00:00+02:00",
        ),  # as late in the day, over the change of clocks
        ("<2h", False, "2026-11-26T10:00:00+01:00"),
        (">3w", True, "2026-11-05T12:00:00+01:00"),
        (">2m", True, "2026-09-26T12:00:00+02:00"),
        ("< 9 months", False, "2026-02-26T12:00:00+01:00"),
        (">1Y", True, "2025-11-26T12:00:00+01:00"),
        (">1 day", True, "2026-11-25T12:00:00+01:00"),
        (">100y", True, "1926-11-26T12:00:00+01:00"),
    ],
)
def test_an_age_is_a_moment(text, is_older, moment):
    age = dates.read_age(text, at())
    assert (age.is_older, age.moment.isoformat()) == (is_older, moment)


def test_an_age_in_months_ends_within_its_month():
    last = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert dates.read_age(">1m", at(last, UTC)).moment == datetime(2026, 2, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        *(("60d", ">60d"), (">=60d", ">60d"), ("60 days", ">60 days"), ("soon", ""), (">d", "")),
        *((">60", ""), (">5min", ""), ("", ""), (">-1d", ">1d"), (">٣d", "")),
    ],
)
def test_what_is_no_age_is_explained(text, instead):
    with pytest.raises(Mistake) as found:
        dates.read_age(text, at())
    said = f"“{text}” is not an age. Write one such as >60d, <2h, >3w, >2m or >1y."
    assert str(found.value) == said
    assert found.value.instead == instead


@pytest.mark.parametrize("text", [">101y", ">9999999d", ">9999999h", "<1201m"])
def test_an_age_beyond_a_century_is_refused(text):
    with pytest.raises(Mistake, match="at most 100 years"):
        dates.read_age(text, at())


def test_conditions_of_dates_and_ages(db):
    first = datetime(2026, 11, 1, tzinfo=BERLIN)
    moments = {
        "before": first - timedelta(microseconds=1),
        "first": first,
        "last": first + timedelta(days=1, microseconds=-1),
        "next": first + timedelta(days=1),
        "never": None,
    }
    for name, moment in moments.items():
        Member.objects.create(name=name, last_seen=moment)

    def found(build, value):
        q = build("last_seen", value, at())
        rows, others = Member.objects.filter(q), Member.objects.filter(~q)
        assert rows.count() + others.count() == len(moments)
        return [row.name for row in rows.order_by("last_seen")]

    assert found(dates.before, "2026-11-01") == ["before"]
    assert found(dates.after, "2026-11-01") == ["first", "last", "next"]
    assert found(dates.on, "2026-11-01") == ["first", "last"]
    assert found(dates.on, "nov") == ["first", "last", "next"]
    hours = int((NOON - first).total_seconds() // 3600)
    assert found(dates.aged, f">{hours}h") == ["before"]
    assert found(dates.aged, f"<{hours}h") == ["first", "last", "next"]


@settings(max_examples=500, deadline=None)
@given(
    st.text()
    | st.from_regex(r"[<>]?\d{1,9} ?[a-z]{0,6}", fullmatch=True)
    | st.from_regex(r"\d{1,4}[.-]\d{0,2}[.-]?\d{0,4}", fullmatch=True)
    | st.lists(
        st.sampled_from([*dates.MONTHS, *dates.WEEKDAYS, "last", "week", "1", "31", "2026"]),
        max_size=4,
    ).map(" ".join),
    st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu"]),
)
@example("29 feb", datetime(2100, 1, 1, tzinfo=UTC), "UTC")
def test_any_text_is_a_date_or_a_mistake(text, now, zone):
    context = at(now, ZoneInfo(zone))
    for read in (dates.read_span, dates.read_age):
        try:
            read(text, context)
        except Mistake as mistake:
            said = str(mistake)
        else:
            continue
        assert said
    try:
        span = dates.read_span(text, context)
    except Mistake:
        return
    assert span.start < span.end


def test_dates_and_ages_complete_what_was_typed():
    assert [value for value, label in dates.complete_date(None, "Last")] == [
        *("last-week", "last-month", "last-year")
    ]
    assert len(list(dates.complete_date(None, ""))) <= 10
    for value, _label in dates.complete_date(None, ""):
        dates.read_span(value, at())
    assert [value for value, label in dates.complete_age(None, ">")] == [">1d", ">7d", ">30d"]
    for value, _label in dates.complete_age(None, ""):
        dates.read_age(value, at())
