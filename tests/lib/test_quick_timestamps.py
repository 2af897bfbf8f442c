"""The times of rows are those that Django reads, and are read by the compiled loader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader

from community_hub.lib import quick_timestamps
from members.models import Member

pytestmark = pytest.mark.django_db

TIMES = (
    datetime(2026, 11, 26, 1, 4, 41, 370518, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 2, 30, tzinfo=UTC),
)


def test_they_are_read_by_the_compiled_loader() -> None:
    with connection.cursor() as cursor:
        loader = cursor.connection.adapters.get_loader(quick_timestamps.OID, Format.TEXT)
        assert loader is not None
        read_by = loader(quick_timestamps.OID, cursor.connection)
    assert not isinstance(read_by, TimestamptzLoader)  # Django's and psycopg's in Python
    assert type(read_by).__module__ == "psycopg_binary._psycopg"


@pytest.mark.parametrize("time", TIMES)
def test_they_come_back_as_they_were(time: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select %s::timestamptz, null::timestamptz, array[%s::timestamptz]", [time, time]
        )
        one, none, several = cursor.fetchone()
    assert (one, none, several) == (time, None, [time])
    assert one.tzinfo is UTC
    assert one.utcoffset() == timedelta(0)


def test_a_model_has_them_too() -> None:
    member = Member.objects.create(name="Lena", first_seen=TIMES[0])
    kept = Member.objects.get(pk=member.pk)
    assert kept.first_seen == TIMES[0]
    assert kept.first_seen.tzinfo is UTC
