"""Whose derived rows have to be worked out anew, though no line of theirs is new."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from community_hub.lib import prepared_sql

# In order, so that two that mark the same members wait for each other and no more.
_MARK = """
insert into members_stalemember (member_id)
select id from members_member where id = any(%s::bigint[]) order by id
on conflict do nothing
"""
_MARK_BY_KEY = """
insert into members_stalemember (member_id)
select distinct member_id from members_activity where key = any(%s) order by member_id
on conflict do nothing
"""


_MARK_BY_SCOPE = """
insert into members_stalemember (member_id)
select distinct i.member_id from members_sighting s join members_identity i on i.id = s.identity_id
where s.scope = %s order by i.member_id
on conflict do nothing
"""


def mark(members: Iterable[int]) -> None:
    wanted = prepared_sql.as_array(members)
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_MARK, [wanted])


def mark_by_key(keys: Iterable[str]) -> None:
    """Those whose log has these lines."""
    wanted = list(keys)
    if wanted:
        with prepared_sql.cursor(connection) as cursor:
            cursor.execute(_MARK_BY_KEY, [wanted])


def mark_seen_in(scope: str) -> None:
    """Those who were seen there."""
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_MARK_BY_SCOPE, [scope])
