"""The counters of a source: fetched = stored + ignored + quarantined, and how far a backfill is."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.text import storable_json
from inbox.connectors.base import Problem
from inbox.models import Source


@dataclass
class Outcome:
    """What became of a page: fetched = stored + ignored + quarantined."""

    stored: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    bad: list[Problem] = field(default_factory=list)
    conversations: set[int] = field(default_factory=set)
    newly_asked: set[int] = field(default_factory=set)  # conversations with a new mention
    oldest: datetime | None = None
    newest: datetime | None = None

    def add(self, other: Outcome) -> None:
        self.stored += other.stored
        self.ignored += other.ignored
        self.bad += other.bad
        self.conversations |= other.conversations
        self.newly_asked |= other.newly_asked

    @property
    def fetched(self) -> int:
        return self.stored + self.ignored.total() + len(self.bad)


_ADD = """
insert into inbox_sourceday as d
    (source_id, day, fetched, stored, ignored, quarantined, ignored_why)
values (%s, (%s at time zone coalesce((select timezone from team_hub), 'UTC'))::date, %s, %s, %s,
        %s, %s::jsonb)
on conflict (source_id, day) do update set
    fetched = d.fetched + excluded.fetched,
    stored = d.stored + excluded.stored,
    ignored = d.ignored + excluded.ignored,
    quarantined = d.quarantined + excluded.quarantined,
    ignored_why = d.ignored_why || (
        select coalesce(jsonb_object_agg(
            why, coalesce((d.ignored_why ->> why)::int, 0) + n::int), '{}'::jsonb)
        from jsonb_each_text(excluded.ignored_why) as new(why, n))
"""


# What is not said is left as it is: least() and greatest() leave out what is null.
_MOVE = """
update inbox_source set
    cursor = coalesce(%(cursor)s::jsonb, cursor),
    gap_from = coalesce(%(gap_from)s::timestamptz, gap_from),
    gap_until = coalesce(%(gap_until)s::timestamptz, gap_until),
    backfill_count = backfill_count + %(filled)s::int,
    backfill_oldest = least(backfill_oldest, %(oldest)s::timestamptz),
    backfill_newest = greatest(backfill_newest, %(newest)s::timestamptz)
where id = %(source)s
"""


def count_page(
    source: Source,
    outcome: Outcome,
    *,
    cursor: dict[str, Any] | None,
    gap: tuple[datetime, datetime] | None,
    now: datetime,
) -> None:
    """Add a page to the day's counters, move the source's cursor, in the caller's transaction."""
    ignored = outcome.ignored.total()
    if outcome.fetched:
        with prepared_sql.cursor(connection) as database:
            database.execute(
                _ADD,
                [
                    source.pk, now, outcome.fetched, outcome.stored, ignored,
                    len(outcome.bad), json.dumps(dict(outcome.ignored)),
                ],
            )  # fmt: skip
    fills = source.is_backfilling and outcome.oldest is not None
    if cursor is not None or gap or fills:
        values: dict[str, Any] = {
            "source": source.pk,
            "cursor": None if cursor is None else json.dumps(storable_json(cursor)),
            "gap_from": gap[0] if gap else None,
            "gap_until": gap[1] if gap else None,
            "filled": outcome.stored if fills else 0,
            "oldest": outcome.oldest if fills else None,
            "newest": outcome.newest if fills else None,
        }
        with prepared_sql.cursor(connection) as database:
            database.execute(_MOVE, values)
