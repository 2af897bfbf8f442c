"""Of ranked hits in messages the best of each conversation, and of these the best: told by
PostgreSQL, as to read all of them takes Python as long as it takes to find them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from .hit import Hit, Row, hits
from .windows import Place

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from inbox.models import SearchedMessage

# Of hits with the same rank the newest is the best. `hits` is compiled from a queryset.
_BEST = """
with hit (conversation, message, sent_at, rank) as materialized ({hits}),
lowest as materialized (
    select count(*) over () as read, sent_at, message from hit order by sent_at, message limit 1
)
select best.*, lowest.* from lowest cross join (
    select distinct on (conversation) * from hit
    order by conversation, rank desc, sent_at desc, message desc
) best
order by conversation = any(%s::bigint[]) desc, rank desc, best.sent_at desc, best.message desc
limit %s
"""


class Best(NamedTuple):
    """`hits`: one for each conversation, in no order. `read`: how many there were in messages;
    `lowest`: the place of the oldest of these, None of none."""

    hits: list[Hit]
    read: int
    lowest: Place | None


def best_hits(
    rows: QuerySet[SearchedMessage, Row], most: int | None, beside: Collection[int]
) -> Best:
    """The best `most`, None for all, and those in the conversations `beside`."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        limit = None if most is None else most + len(beside)
        cursor.execute(_BEST.format(hits=sql), [*params, list(beside), limit])
        found = cursor.fetchall()
    if not found:
        return Best([], 0, None)
    *_of_one, read, sent_at, message = found[0]
    best = list(hits(row[:4] for row in found))
    return Best(best, read, (sent_at, message))
