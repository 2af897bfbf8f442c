"""The day that a next step names in its words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.due_words import day_in
from members.follow_up_checks import FARTHEST

WEDNESDAY = date(2026, 12, 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("send the docs on Friday", date(2026, 12, 4)),
        ("Send the docs by fri, and the box", date(2026, 12, 4)),
        ("send the docs Friday.", date(2026, 12, 4)),
        ("call her next Monday", date(2026, 12, 7)),
        ("ring on Wednesday", date(2026, 12, 9)),  # said on a Wednesday
        ("answer before Friday", date(2026, 12, 3)),
        ("call today", WEDNESDAY),
        ("call her tomorrow at 9", date(2026, 12, 3)),
        ("send it in 3 days", date(2026, 12, 5)),
        ("ask again in two weeks", date(2026, 12, 16)),
        ("ask again within a month", date(2027, 1, 2)),
        ("invite them next week", date(2026, 12, 7)),
        ("invite them next month", date(2027, 1, 1)),
        ("write by the end of the week", date(2026, 12, 4)),
        ("write by the end of this month", date(2026, 12, 31)),
        ("send the kit on 12 Jan", date(2027, 1, 12)),
        ("send the kit by January 12th", date(2027, 1, 12)),
        ("send the kit on the 12th of January 2028", date(2028, 1, 12)),
        ("send the kit by 2026-12-31", date(2026, 12, 31)),
        ("tell her of 3 Dec, then of 9 Dec", date(2026, 12, 3)),
    ],
)
def test_a_day_that_is_still_to_come_is_read(text, day):
    assert day_in(text, WEDNESDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "send the docs",
        "send the recording of the talk on 12 Nov",  # the last one is meant
        "as agreed on 2026-11-30",
        "on 31 Feb",
        "about Friday's recording",
        "may 3 people come",
        "on sundial repair",
        "the sun is out, march on",
        "2026-12-31-b of the list",
    ],
)
def test_what_names_none_has_none(text):
    found = day_in(text, WEDNESDAY)
    assert found is None


@given(st.text(max_size=80), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_whatever_is_typed_names_a_day_to_come_or_none(text, today):
    for words in (text, f"on {text} 30 feb in 999 months", f"by {text} friday"):
        found = day_in(words, today)
        assert found is None or today <= found <= today + FARTHEST
