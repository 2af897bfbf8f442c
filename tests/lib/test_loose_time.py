"""When something was, as people write it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from community_hub.lib.loose_time import NotUnderstood, read_moment

NOW = datetime(2026, 11, 30, 10, 20, tzinfo=ZoneInfo("Europe/Berlin"))  # a Monday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-11-30 10:20"),
        ("today", "2026-11-30 10:20"),
        ("Yesterday 15:00", "2026-11-29 15:00"),
        ("yesterday, at 3", "2026-11-29 15:00"),
        ("yesterday", "2026-11-29 12:00"),
        ("last night", "2026-11-29 21:00"),
        ("this morning", "2026-11-30 09:00"),
        ("last tue", "2026-11-24 12:00"),
        ("last monday 8:15am", "2026-11-23 08:15"),
        ("mon 8:15", "2026-11-30 08:15"),
        ("fri evening", "2026-11-27 19:00"),
        ("2 days ago 9am", "2026-11-28 09:00"),
        ("a week ago", "2026-11-23 12:00"),
        ("20 min ago", "2026-11-30 10:00"),
        ("2h ago", "2026-11-30 08:20"),
        ("12 Nov 9pm", "2026-11-12 21:00"),
        ("1.11.2026 12:05 am", "2026-11-01 00:05"),
        ("2026-11-02T08:30", "2026-11-02 08:30"),
        ("on 24 dec", "2025-12-24 12:00"),
        ("the day before yesterday around 14h", "2026-11-28 14:00"),
        ("9:30", "2026-11-30 09:30"),
        ("25 oct 2026 2:30", "2026-10-25 02:30"),  # twice that night
        ("tomorrow", "2026-12-01 12:00"),  # whoever asked says that it can't be
    ],
)
def test_a_moment_is_understood(typed, meant):
    assert f"{read_moment(typed, NOW):%Y-%m-%d %H:%M}" == meant
    assert read_moment(typed, NOW).utcoffset() is not None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Say when it was"),
        ("soon", "isn’t understood"),
        ("last week", "longer than a day"),
        ("nov 2026", "longer than a day"),
        ("30 feb 2026", "There is no 30 February 2026"),
        ("3 mar 1871", "from 1900 to 2200"),
        ("yesterday 25:00", "no time of day"),
        ("13pm", "no time of day"),
        ("9999 years ago", "isn’t understood"),
        ("2 hours ago yesterday", "isn’t understood"),
        ("x" * 200, "isn’t understood"),
    ],
)
def test_what_is_no_moment_is_explained(typed, words):
    with pytest.raises(NotUnderstood, match=words):
        read_moment(typed, NOW)
