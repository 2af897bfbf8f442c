"""When a snoozed conversation comes back."""

from datetime import UTC, datetime

import pytest

from inbox.pages.snooze_presets import chosen, presets


@pytest.mark.parametrize(
    ("day", "tomorrow", "next_week"), [(20, 21, 23), (21, 22, 23), (22, 23, 30), (23, 24, 30)]
)
def test_next_week_is_a_monday_and_never_tomorrow(day: int, tomorrow: int, next_week: int) -> None:
    now = datetime(2026, 11, day, 10, tzinfo=UTC)
    found = {preset.slug: preset.until for preset in presets(now)}
    assert found["tomorrow"] == datetime(2026, 11, tomorrow, 9, tzinfo=UTC)
    assert found["next-week"] == datetime(2026, 11, next_week, 9, tzinfo=UTC)
    assert found["reply"] is None


def test_later_today_in_the_evening_is_in_three_hours() -> None:
    now = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    assert chosen("later", now) == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2020-01-01", "soon", ""])
def test_a_time_that_has_passed_or_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"Select|Pick"):
        chosen(text, datetime(2026, 11, 20, 10, tzinfo=UTC))
