"""Keeping where accounts were seen. Derived: `rebuild` makes them again from a query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from community_hub.lib import prepared_sql

from .models import Sighting

_RECORD = """
insert into members_sighting as s (identity_id, scope, first_seen, last_seen)
select identity, scope, min(at), max(at)
from json_to_recordset(%s::json) as seen(identity bigint, scope text, at timestamptz)
group by identity, scope order by identity, scope
on conflict (identity_id, scope) do update set
    first_seen = least(s.first_seen, excluded.first_seen),
    last_seen = greatest(s.last_seen, excluded.last_seen)
"""


def record(seen: Iterable[tuple[int, str, datetime]]) -> None:
    """(identity, scope, when) of what was said, in one statement; safe to repeat."""
    rows = [{"identity": identity, "scope": scope, "at": at} for identity, scope, at in seen]
    if rows:
        with prepared_sql.cursor(connection) as cursor:
            cursor.execute(_RECORD, [prepared_sql.as_json(rows)])


def of_member(member: Any) -> QuerySet[Sighting]:
    """Where a member was seen, by any of their accounts; `member` may be an OuterRef."""
    return Sighting.objects.filter(identity__member=member)


def forget(scope: str) -> None:
    """The source is gone. Who was seen there alone has to be deleted first, or is shown to all."""
    Sighting.objects.filter(scope=scope).delete()
