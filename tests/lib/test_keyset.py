"""Places in a list: what was written is read again, and nothing else is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from community_hub.lib import keyset

NOON = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)


def test_a_place_comes_back_as_it_was():
    assert keyset.parse_cursor(keyset.cursor(NOON, 42)) == (NOON, 42)


def test_a_place_written_in_another_timezone_is_the_same_moment():
    there = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert keyset.parse_cursor(keyset.cursor(there, 42)) == (NOON, 42)


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
    assert keyset.parse_cursor(text) is None


def test_an_order_says_what_follows_a_place_and_what_stands_above_it(db) -> None:
    """Every row once, whatever shares a moment, in both directions and by id alone."""
    from members.models import Member

    moments = [NOON, NOON, NOON + timedelta(seconds=1), NOON, NOON - timedelta(days=1)]
    for number, at in enumerate(moments):
        Member.objects.create(name=str(number), last_seen=at)
    for order in map(keyset.Order, ("-last_seen", "last_seen", "-id", "id")):
        whole = [row.name for row in Member.objects.order_by(*order.fields)]
        seen, cursor = [], ""
        while True:
            page = keyset.page(Member.objects.all(), order, cursor, 2)
            seen += [row.name for row in page.rows]
            above = Member.objects.filter(order.until(order.cursor_of(page.rows[-1])))
            assert {row.name for row in above} == set(seen)
            if not page.more:
                break
            cursor = page.more
        assert seen == whole


def test_a_cursor_that_cannot_be_read_begins_at_the_top(db) -> None:
    from members.models import Member

    Member.objects.create(name="Ines", last_seen=NOON)
    for name in ("-last_seen", "-id"):
        for text in ("yesterday_42", "9" * 30, "-4", "\0"):
            assert len(keyset.page(Member.objects.all(), keyset.Order(name), text, 5)) == 1


def test_the_next_part_is_asked_for_with_the_filters_that_were_set(db) -> None:
    from members.models import Member

    for number in range(3):
        Member.objects.create(name=str(number))
    order = keyset.Order("-id")
    filters = {"q": "a&b", "stage": ""}
    page = keyset.page(Member.objects.all(), order, "", 2, filters=filters)
    assert page.next_query == f"q=a%26b&before={page.more}"
    assert page.is_filtered
    last = keyset.page(Member.objects.all(), order, page.more, 2, filters={"q": ""})
    assert (last.next_query, last.is_filtered, len(last)) == ("", False, 1)


@pytest.mark.parametrize(
    "order", [keyset.Order("name", is_text=True), keyset.Order("-name", is_text=True)]
)
def test_texts_are_walked_through_as_moments_are(db, order) -> None:
    """With ties, nothing at all, and what stands for something in a cursor or a pattern."""
    from members.models import Member

    for name in ("", "", "a", "a_1", "a_1", "_", "%", "Ä", "zoë", "a'b", "\\", "北川"):
        Member.objects.create(name=name)
    whole = [row.pk for row in Member.objects.order_by(*order.fields)]
    seen, cursor = [], ""
    while True:
        page = keyset.page(Member.objects.all(), order, cursor, 2)
        seen += [row.pk for row in page.rows]
        if not page.more:
            break
        cursor = page.more
    assert seen == whole


@pytest.mark.parametrize(
    "text", ["", "ines", "_", "ines_", "ines_0", "ines_x", "ines_-4", "a_" + "9" * 40]
)
def test_what_names_no_row_is_no_place_among_texts(text):
    assert keyset.text_place(text) is None


def test_a_place_among_texts_keeps_its_underscores_and_nothing_the_database_refuses():
    assert keyset.text_place("a_b_7") == ("a_b", 7)
    assert keyset.text_place("a\x00b_7") == ("ab", 7)
