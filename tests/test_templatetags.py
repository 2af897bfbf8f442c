"""Icons, faces and waiting times."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from community_hub.lib import hues
from community_hub.templatetags import hub


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ines Wolff", "IW"),
        ("@nuko", "nu"),
        ("joss", "jo"),
        ("Maria del Mar Ruiz", "MR"),
        ("北川 さくら", "北さ"),
        ("سارة العلي", "سا"),
        ("🎹 Keys", "Ke"),
        ("\u202egnp.exe", "gn"),
        ("🎹", "?"),
    ],
)
def test_initials_come_from_letters_of_any_script(name, shown):
    assert hub.initials(name) == shown


def test_a_face_keeps_its_hue_whatever_the_case_of_the_name():
    assert hub.hue("Ines Wolff") == hub.hue("INES wolff")
    assert all(0 <= hub.hue(f"somebody {n}") < hues.HUES for n in range(200))
    assert len({hub.hue(f"somebody {n}") for n in range(200)}) == hues.HUES


def test_a_face_shows_no_markup_that_stands_in_a_name():
    drawn = Template("{% face name %}").render(Context({"name": "<b>x</b>"}))
    assert "<b>" not in drawn
    assert "aria-hidden" in drawn


def test_nobody_has_a_face_of_their_own():
    assert "nobody" in Template("{% face None %}").render(Context())


@pytest.mark.parametrize(
    ("ago", "shown", "late"),
    [
        (timedelta(seconds=5), "1 min", False),
        (timedelta(minutes=22, seconds=50), "22 min", False),
        (timedelta(hours=5, minutes=59), "5 h", False),
        (timedelta(hours=7), "7 h", True),
        (timedelta(hours=23, minutes=59), "23 h", True),
        (timedelta(days=2, hours=3), "2 d", True),
        (timedelta(seconds=-30), "1 min", False),
    ],
)
def test_waiting_is_said_in_the_largest_unit(ago, shown, late):
    since = timezone.now() - ago
    assert hub.waiting(since) == shown
    assert hub.is_late(since) is late


def test_nobody_waiting_says_nothing():
    assert hub.waiting(None) == ""
    assert not hub.is_late(None)


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 22, 9, 5, tzinfo=UTC), "09:05"),
        (datetime(2026, 11, 21, 9, 5, tzinfo=UTC), "21 Nov"),
        (datetime(2025, 11, 22, 9, 5, tzinfo=UTC), "22 Nov 2025"),
    ],
)
def test_a_moment_is_said_as_shortly_as_it_is_clear(moment, shown):
    assert hub.short_moment(moment) == shown


@time_machine.travel("2026-11-22T12:00:00Z", tick=False)
@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 22, 14, 5, tzinfo=UTC), "14:05"),
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "Mon 09:00"),
        (datetime(2026, 11, 28, 9, 0, tzinfo=UTC), "Sat 09:00"),
        (datetime(2026, 11, 29, 9, 0, tzinfo=UTC), "29 Nov 09:00"),
        (datetime(2027, 1, 4, 9, 0, tzinfo=UTC), "4 Jan 2027"),
    ],
)
def test_a_moment_that_comes_is_said_with_its_day(moment, shown):
    assert hub.coming_moment(moment) == shown


def test_an_icon_is_drawn_for_the_eye_alone():
    drawn = Template('{% icon "inbox" %}').render(Context())
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


def test_an_icon_that_lucide_does_not_have_is_replaced():
    assert hub.icon("no-such-icon") == hub.icon(hub.UNKNOWN_ICON)


def test_a_platform_whose_connector_is_gone_still_has_an_icon():
    assert hub.platform_icon("a-platform-nobody-has") == hub.icon(hub.UNKNOWN_ICON)


def test_practice_sites_that_look_different_have_icons_of_their_own():
    sites = ("forum", "social", "help")
    assert len({hub.platform_icon("sandbox", f"sandbox:{site}") for site in sites}) == 3
    assert hub.network_icon("sandbox:help") == hub.platform_icon("sandbox", "sandbox:help")


def test_a_network_is_named_as_people_call_it():
    assert hub.network_name("mastodon") == "Mastodon"
    assert hub.network_name("discourse:forum.example.org") == "forum.example.org"
    assert hub.network_name("sandbox:social") == "Sine Social"
    assert hub.network_name("a-platform-nobody-has:x") == "a-platform-nobody-has:x"


def test_a_count_says_where_counting_stopped():
    assert [hub.capped(n) for n in (0, 99, 100)] == ["0", "99", "99+"]
