"""Places in a list: what was written is read again, and nothing else is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from community_hub.lib import keyset

NOON = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)


def test_a_place_comes_back_as_it_was():
    assert keyset.place(keyset.cursor(NOON, 42)) == (NOON, 42)


def test_a_place_written_in_another_timezone_is_the_same_moment():
    there = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert keyset.place(keyset.cursor(there, 42)) == (NOON, 42)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "_42",
        "yesterday_42",
        "2026-03-01T12:00:00_42",  # in no timezone
        "2026-03-01T12:00:00+00:00_x",
        "2026-03-01T12:00:00+00:00_0",
        "2026-03-01T12:00:00+00:00_-1",
        "2026-03-01T12:00:00+00:00_9223372036854775808",
        "2026-03-01T12:00:00+00:00_" + "9" * 5000,
        "0001-01-01T00:00:00+23:59_42",  # before the first moment there is
        "9999-12-31T23:59:59-23:59_42",  # after the last
    ],
)
def test_what_no_row_can_have_is_no_place(text):
    assert keyset.place(text) is None
