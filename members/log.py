"""The relationship log: the one place that writes lines of it, takes them back and reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from community_hub.lib import compiled_sql, prepared_sql
from team.models import User

from . import stale
from .models import Activity, ActivityKind, Member, Visibility
from .models.activity import ActivityQuerySet


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line. `key` says what it tells of, such as "message:42": written again, the line is
    brought up to date instead of doubled. `scope` is where it was said, as in Grant ("source:3"):
    whoever may not see that does not read the line. "" is for what was written in the hub itself.
    """

    member_id: int
    kind: ActivityKind
    summary: str
    key: str
    scope: str
    occurred_at: datetime = field(default_factory=timezone.now)
    identity_id: int | None = None
    actor_id: int | None = None
    visibility: Visibility = Visibility.TEAM
    where: str = ""
    link: str = ""


_COLUMNS = {
    "member_id": "bigint",
    "identity_id": "bigint",
    "kind": "text",
    "occurred_at": "timestamptz",
    "actor_id": "bigint",
    "visibility": "text",
    "scope": "text",
    '"where"': "text",
    "summary": "text",
    "link": "text",
    "key": "text",
}
_NAMES = ", ".join(_COLUMNS)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
# The dates that are kept on the member follow in the same statement. Rows are locked in order. What
# is private is no contact that everybody may know of. Whom a line tells of that is not new is found
# by no later id; see derived.py.
_WRITE = f"""
with written as (
    insert into members_activity ({_NAMES})
    select * from json_to_recordset(%s::json) as line({_TYPED})
    on conflict (key) do update set
        member_id = excluded.member_id, identity_id = excluded.identity_id, kind = excluded.kind,
        actor_id = excluded.actor_id, scope = excluded.scope, summary = excluded.summary,
        removed_at = null
    returning id, member_id, kind, occurred_at, visibility, xmax <> 0 as was_there
), dates as (
    select member_id,
           min(occurred_at) filter (where kind = any(%s)) as first_seen,
           max(occurred_at) filter (where kind = any(%s)) as last_seen,
           max(occurred_at) filter (where kind = any(%s) and visibility = 'team') as contact
    from written group by member_id
), locked as (
    select p.id from members_member p join dates on dates.member_id = p.id
    order by p.id for no key update of p
), kept as (
    update members_member p set
        first_seen = least(p.first_seen, dates.first_seen),
        last_seen = greatest(p.last_seen, dates.last_seen),
        last_contact_at = greatest(p.last_contact_at, dates.contact)
    from dates, locked where p.id = dates.member_id and locked.id = p.id
), marked as (
    insert into members_stalemember (member_id)
    select distinct member_id from written where was_there order by member_id
    on conflict do nothing
)
select id from written
"""  # noqa: S608 - names of columns
# What was logged by hand may be corrected: when it was, where, and who may read it.
_REWRITE = _WRITE.replace(
    "removed_at = null",
    """removed_at = null, occurred_at = excluded.occurred_at, visibility = excluded.visibility,
        "where" = excluded."where", link = excluded.link""",
)

_REMOVE = """
with gone as (
    update members_activity set removed_at = now()
    where key = any(%s) and removed_at is null returning member_id, kind
)
select distinct member_id from gone where kind = any(%s)
"""
_LOCK = "select id from members_member where id = any(%s) order by id for no key update"
_KEEP_CONTACT = """
with last as (
    select id, (
        select max(occurred_at) from members_activity a
        where a.member_id = p.id and a.removed_at is null and a.kind = any(%s)
            and a.visibility = 'team'
    ) as at
    from members_member p where id = any(%s)
)
update members_member p set last_contact_at = last.at
from last where last.id = p.id and p.last_contact_at is distinct from last.at
"""

_SAY_DELETED = """
with gone as (
    update members_activity set
        summary = case when kind = any(%(ours)s) then 'Deleted what we had written here'
            else 'Deleted what they had written here' end,
        kind = case when kind = any(%(ours)s) then kind else %(deleted)s end
    where key = any(%(keys)s) returning key, member_id
)
update members_activity a set removed_at = now()
from gone where a.member_id = gone.member_id and a.key like gone.key || ':edited:%%'
"""


def log(line: Line) -> int:
    """Write one line; its id."""
    return log_many([line])[0]


def log_many(lines: Iterable[Line]) -> list[int]:
    """Write lines in one statement, with first and last seen and the last contact of whom they
    tell of; the ids, in no order. Of lines with one key the last one counts."""
    return _written(lines, _WRITE)


def rewrite(lines: Iterable[Line]) -> None:
    """As `log_many`, for what somebody corrects: also when and where it was, and who may read it.
    The last contact of whom they tell of may be an earlier one then."""
    rows = list(lines)
    with transaction.atomic(savepoint=False):
        _written(rows, _REWRITE)
        _keep_contact({row.member_id for row in rows if row.kind.is_contact})


def remove(keys: Iterable[str]) -> None:
    """Take lines back; what they told of did not happen, and was no contact."""
    gone = list(keys)
    stale.mark_by_key(gone)
    with transaction.atomic(), prepared_sql.cursor(connection) as cursor:
        cursor.execute(_REMOVE, [gone, _values(lambda kind: kind.is_contact)])
        _keep_contact({member for (member,) in cursor.fetchall()})


def say_deleted(keys: Iterable[str]) -> None:
    """The words that these lines quote were deleted on their platform: the lines say so instead,
    and those about their edits go."""
    values: dict[str, Any] = {
        "keys": list(keys),
        "ours": _values(lambda kind: kind.is_contact),
        "deleted": ActivityKind.DELETED.value,
    }
    stale.mark_by_key(values["keys"])
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_SAY_DELETED, values)


def move_links(keys: Iterable[str], moved: Mapping[str, str]) -> None:
    """What lines with these keys tell of stands under another address now. `moved`: beginnings of
    links, the old and the new one. Other lines about the same members that lead there follow."""
    members = Activity.objects.filter(key__in=list(keys)).values("member_id")
    for old, new in moved.items():
        lines = Activity.objects.filter(member__in=members, link__startswith=old)
        lines.update(link=Concat(Value(new), Substr("link", len(old) + 1)))


def forget(scope: str, *, most: int) -> int:
    """Delete lines of a scope that is no more; how many there were, `most` at once."""
    batch = Activity.objects.filter(scope=scope).order_by("pk")[:most]
    rows = list(batch.values_list("pk", "member_id"))
    stale.mark({member for _pk, member in rows})
    return Activity.objects.filter(pk__in=[pk for pk, _member in rows]).delete()[0]


def without_scope(prefixes: Sequence[str], *, after: int, most: int) -> list[tuple[int, str]]:
    """Ids and keys of lines that do not say where they were said, though their keys begin so; in
    the order of ids, from the one after `after`."""
    begun = reduce(or_, (Q(key__startswith=prefix) for prefix in prefixes))
    rows = Activity.objects.filter(begun, scope="", pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", "key")[:most])


def set_scopes(scopes: Mapping[str, str]) -> int:
    """Say of lines without a scope, by their keys, where they were said; how many there were."""
    changed = 0
    for scope in sorted(set(scopes.values())):
        keys = [key for key, wanted in scopes.items() if wanted == scope]
        changed += Activity.objects.filter(key__in=keys, scope="").update(scope=scope)
    return changed


def set_visibility(keys: Iterable[str], visibility: str, *, where: str, link: str) -> None:
    """Of lines that follow what they tell of: who reads them, and whether they name it."""
    lines = Activity.objects.filter(key__in=list(keys))
    lines.update(visibility=Visibility(visibility), where=where[:200], link=link)


def timeline(member: Member, user: User) -> ActivityQuerySet:
    """What this user may read of a member's log, newest first."""
    return Activity.objects.filter(member=member).present().visible_to(user).newest_first()


def rows_of_log(
    what: Callable[..., QuerySet[Any, Any]], member: Member, user: User, *key: int
) -> list[Any]:
    """`what` of the timeline, compiled once for each role. `key`: what it takes besides."""
    role = user.role
    return compiled_sql.rows(
        (what.__name__, role, *key),
        lambda member, user: what(timeline(Member(pk=member), User(pk=user, role=role)), *key),
        member=member.pk,
        user=user.pk,
    )


def own_notes(member: Member, user: User) -> ActivityQuerySet:
    """The notes about a member that this user wrote."""
    return Activity.objects.present().filter(member=member, kind=ActivityKind.NOTE, actor=user)


def notes_about(member: Any) -> ActivityQuerySet:
    """Every note about a member, whoever may read it: for what must know that there is one."""
    return Activity.objects.present().filter(member=member, kind=ActivityKind.NOTE)


def _written(lines: Iterable[Line], statement: str) -> list[int]:
    rows = sorted({line.key: line for line in lines}.values(), key=lambda line: line.key)
    if not rows:
        return []
    values = [
        {
            "member_id": row.member_id,
            "identity_id": row.identity_id,
            "kind": row.kind.value,
            "occurred_at": row.occurred_at,
            "actor_id": row.actor_id,
            "visibility": row.visibility.value,
            "scope": row.scope,
            "where": row.where[:200],
            "summary": row.summary,
            "link": row.link,
            "key": row.key,
        }
        for row in rows
    ]
    seen, contact = _values(lambda kind: kind.is_theirs), _values(lambda kind: kind.is_contact)
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(statement, [prepared_sql.as_json(values), seen, seen, contact])
        return [pk for (pk,) in cursor.fetchall()]


def _keep_contact(members: Iterable[int]) -> None:
    """Work out their last contact anew. In two statements: the second sees what was committed
    while the first waited for a row."""
    pks = sorted(members)
    if not pks:
        return
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_LOCK, [pks])
        cursor.execute(_KEEP_CONTACT, [_values(lambda kind: kind.is_contact), pks])


def _values(wanted: Any) -> list[str]:
    return [kind.value for kind in ActivityKind if wanted(kind)]
