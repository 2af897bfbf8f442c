"""Which part of all messages is looked at next: windows of time, from the newest messages on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

Place = tuple[datetime, int]  # when a message was sent, and its id: the newest come first
NO_TIME = datetime.min.replace(tzinfo=UTC)
LONGEST = 100  # times as long may a window be as the one before; else it has all that is left

_NEWEST = """
select max(sent_at), min(sent_at), count(*), (select min(sent_at) from inbox_message)
from (
    select sent_at from inbox_message where sent_at <= coalesce(%s, 'infinity'::timestamptz)
    order by sent_at desc limit %s
) newest
"""
SAMPLES = 200
_SAMPLE = """
array(select sampled.id from generate_series(1, %s) number cross join lateral (
    select id from inbox_message
    where sent_at <= %s::timestamptz - (%s::timestamptz - %s::timestamptz) * number / %s
    order by sent_at desc limit 1
) sampled)
"""


@dataclass(frozen=True)
class Window:
    """From `bottom` on, NO_TIME where all that is left is in it. `oldest`: when the first of all
    messages was sent."""

    bottom: datetime
    length: timedelta
    oldest: datetime

    def next(self, top: datetime, found: int, missing: int) -> Window:
        """Below `top`: as much longer as it takes for what is missing, if there are as many hits as
        there were; everything that is left where there were none."""
        times = 2 * missing / found if found else LONGEST
        if times >= LONGEST:
            return self.rest()
        longer = self.length * max(times, 2)
        bottom = top - longer if top - NO_TIME > longer else NO_TIME
        return Window(bottom if bottom > self.oldest else NO_TIME, longer, self.oldest)

    def rest(self) -> Window:
        """With all that is left."""
        return replace(self, bottom=NO_TIME)

    def sample(self, top: datetime) -> RawSQL:
        """An array of the ids of some messages below `top`, at even distances of time."""
        values = [SAMPLES, top, top, self.oldest, SAMPLES]
        of_ids = ArrayField(BigIntegerField())
        return RawSQL(_SAMPLE, values, output_field=of_ids)  # noqa: S611 - nothing typed is in it

    def until(self, bottom: datetime, top: datetime) -> Window:
        return Window(bottom, top - bottom, self.oldest)


_SPAN = """
select max(sent_at), (select min(sent_at) from inbox_message) from inbox_message
where sent_at <= coalesce(%s, 'infinity'::timestamptz)
"""
REST = Window(NO_TIME, timedelta(0), NO_TIME)


def window_with(before: Place | None, share: float) -> Window:
    """The newest messages, of those sent before a place: this share of all, if as many were sent at
    any time. Reads two of them, so it is for what the full-text index tells."""
    if share >= 1:
        return REST
    with connection.cursor() as cursor:
        cursor.execute(_SPAN, [before[0] if before else None])
        top, oldest = cursor.fetchone()
    if top is None:
        return REST
    return Window(top - (top - oldest) * share, (top - oldest) * share, oldest)


def first_window(before: Place | None, size: int) -> Window:
    """The newest messages, `size` of them, of those sent before a place."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [before[0] if before else None, size])
        top, bottom, count, oldest = cursor.fetchone()
    if count < size:
        return REST
    return Window(bottom, top - bottom, oldest)
