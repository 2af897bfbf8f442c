"""When a snoozed conversation comes back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox.pages.snooze_presets import chosen, presets
from team.models import Hub

pytestmark = pytest.mark.django_db


def times(user, now: datetime) -> dict[str, datetime | None]:
    return {preset.slug: preset.until for preset in presets(user, now)}


@pytest.mark.parametrize(
    ("day", "tomorrow", "next_week"),
    [(19, 20, 23), (20, 23, None), (21, 23, None), (22, 23, None), (23, 24, 30)],
)
def test_tomorrow_is_a_working_day_and_next_week_a_monday(bob, day, tomorrow, next_week) -> None:
    found = times(bob, datetime(2026, 11, day, 10, tzinfo=UTC))
    assert found["tomorrow"] == datetime(2026, 11, tomorrow, 9, tzinfo=UTC)
    assert found.get("next-week") == (
        datetime(2026, 11, next_week, 9, tzinfo=UTC) if next_week else None
    )
    assert found["reply"] is None


def test_what_is_not_tomorrow_is_not_called_so(bob) -> None:
    labels = [preset.label for preset in presets(bob, datetime(2026, 11, 20, 10, tzinfo=UTC))]
    assert "Tomorrow" not in labels
    assert "Next working day" in labels


@pytest.mark.parametrize(
    ("clock", "later"),
    [
        (time(10), time(18)),
        (time(17, 4), time(20)),
        (time(17, 30), time(20)),
        (time(18), None),
        (time(23, 30), None),
    ],
)
def test_later_today_is_not_offered_after_the_working_day(bob, clock, later) -> None:
    found = times(bob, datetime.combine(date(2026, 11, 19), clock, tzinfo=UTC))
    until = found.get("later")
    assert (until.time() if until else None) == later


def test_a_time_after_the_working_day_says_so(bob) -> None:
    day = date(2026, 11, 19)
    labels = {
        clock: presets(bob, datetime.combine(day, clock, tzinfo=UTC))[0].label
        for clock in (time(10), time(17, 4))
    }
    assert labels == {time(10): "Later today", time(17, 4): "Later today (after hours)"}


def test_presets_say_the_time_they_mean(bob) -> None:
    said = {p.slug: p.when for p in presets(bob, datetime(2026, 11, 19, 10, tzinfo=UTC))}
    assert said == {
        "later": "18:00",
        "tomorrow": "Fri 20 Nov, 09:00",
        "next-week": "Mon 23 Nov, 09:00",
        "reply": "",
    }


def test_holidays_and_hours_of_the_hub_are_kept(bob) -> None:
    Hub.objects.create(
        pk=1, name="Polyphon", work_days=[0, 1, 2, 3], work_from=time(8), work_until=time(16),
        holidays=["2026-11-23"],
    )  # fmt: skip
    now = datetime(2026, 11, 19, 10, tzinfo=UTC)  # a Thursday; Fridays are free, Monday is one
    assert times(bob, now)["later"] == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert times(bob, now)["tomorrow"] == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_a_colleague_has_hours_of_their_own_in_their_own_timezone(bob) -> None:
    bob.timezone = "Asia/Tokyo"
    bob.save()
    bob.prefer(work_from="11:00", work_until="19:00", work_days=[0, 1, 2, 3, 4, 5])
    zone = ZoneInfo("Asia/Tokyo")
    now = datetime(2026, 11, 20, 16, tzinfo=zone)
    assert times(bob, now)["later"] == datetime(2026, 11, 20, 19, tzinfo=zone)
    assert times(bob, now)["tomorrow"] == datetime(2026, 11, 21, 11, tzinfo=zone)
    assert chosen("2026-12-01", bob, now) == datetime(2026, 12, 1, 11, tzinfo=zone)


@pytest.mark.parametrize("text", ["2020-01-01", "soon", ""])
def test_a_time_that_has_passed_or_is_none_is_refused_in_words(text: str, bob) -> None:
    with pytest.raises(ValueError, match=r"Select|Pick"):
        chosen(text, bob, datetime(2026, 11, 20, 10, tzinfo=UTC))


def test_a_time_far_ahead_is_refused_in_words(bob) -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="five years"):
        chosen((now + timedelta(days=3000)).isoformat(), bob, now)
