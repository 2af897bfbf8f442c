"""Moments say what Django's filters say, in each reader's timezone and language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.defaultfilters import date
from django.utils import timezone, translation

from community_hub.lib.moments import day, iso, moment

AT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")
FORMS = ("H:i", "j M Y, H:i", "j M, H:i", "D H:i", r"\H:i H:i", "H:i:s", "H:i, g:i a", "H:i, l jS")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_the_same_words_as_the_date_filter_each_time_they_are_asked_for(zone, language):
    with timezone.override(ZoneInfo(zone)), translation.override(language):
        local = timezone.localtime(AT)
        for _ in range(2):
            assert [moment(AT, form) for form in FORMS] == [date(local, form) for form in FORMS]
        assert iso(AT) == date(local, "c")


def test_one_instant_is_not_said_in_another_readers_timezone():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert moment(AT, "H:i") == "02:30"
    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        assert moment(AT, "H:i") == "06:15"


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset():
    with timezone.override(ZoneInfo("Europe/Berlin")):
        again = AT.replace(hour=1)
        assert moment(AT, "H:i") == moment(again, "H:i") == "02:30"
        assert iso(AT) != iso(again)


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_day_is_said_as_the_date_filter_says_it(language):
    with translation.override(language):
        for _ in range(2):
            assert day(AT.date(), "l, j F Y") == date(AT.date(), "l, j F Y")
