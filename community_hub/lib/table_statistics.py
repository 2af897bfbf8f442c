"""What PostgreSQL knows of how many rows its tables have, where that is much less than there are.

Autovacuum looks at a table within minutes after it grew. Until then each statement over it is
planned as if it were nearly empty: one that takes a second looked at every pair of rows, until the
time-out ended it.
"""

from __future__ import annotations

from django.db import connection, transaction

LEAST = 1_000_000  # bytes of a table, below which any plan will do

_GROWN = """
select c.oid::regclass::text
from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
  and pg_relation_size(c.oid) >= %s
  and (c.reltuples < 0 or s.n_mod_since_analyze > c.reltuples)
order by 1
"""


def analyse_what_grew() -> list[str]:
    """The names of large tables that were never looked at, or were at most half as large then; they
    are looked at now: some seconds for a million rows."""
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [LEAST])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local statement_timeout to 0")
            cursor.execute(f"analyze {name}")  # quoted by PostgreSQL where it must be
    return names
