"""The SQL of ingest: message rows and what follows from them, a whole page at a time."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.language import detected
from community_hub.lib.text import one_line, storable, web_address
from inbox.models import Message, Source
from members.resolve import ResolvedIdentity

if TYPE_CHECKING:
    from inbox.connectors.base import Incoming
    from inbox.ingest.items import PreparedItem


class Written(NamedTuple):
    id: int
    conversation_id: int
    inserted: bool
    moved_from: int | None = None  # the conversation it was in, where that is another
    asks_now: bool = False  # a mention, and it was none before
    is_untied: bool = False  # it names a parent, and has none


_COLUMNS: dict[str, str] = {
    "conversation_id": "bigint",
    "external_id": "text",
    "kind": "text",
    "author_id": "bigint",
    "thread_ref": "text",
    "parent_external_id": "text",
    "parent_ref": "text",
    "mention_reason": "text",
    "keyword": "text",
    "handled_on_arrival": "boolean",
    "body_html": "text",
    "body_text": "text",
    "content_warning": "text",
    "attachments": "text",
    "language": "text",
    "visibility": "text",
    "permalink": "text",
    "sent_at": "timestamptz",
    "edited_at": "timestamptz",
    "version": "text",
    "reply_ref": "text",
}
_JSON = {"attachments", "reply_ref"}
_NAMES = ", ".join(_COLUMNS)
_SELECTED = ", ".join(f"{name}::jsonb" if name in _JSON else name for name in _COLUMNS)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
_SEQUENCE = "pg_get_serial_sequence('inbox_message', 'id')"

_READ_WITHIN = timedelta(minutes=10)  # a page is stored that long after it was asked for, at most
_OURS = "(m.by_id is not null and m.deleted_at is null and excluded.edited_at is null)"
_MOVED = "(m.conversation_id <> excluded.conversation_id and excluded.thread_ref <> '')"
_ASKS = "(m.mention_reason = '' and excluded.mention_reason <> 'new_topic')"

# A version that is not the stored one replaces it, unless it is older: pages come out of order.
# What we wrote ourselves keeps our words, until somebody edits it over there. A post that was
# deleted comes back when it is seen again, but not by a page that may be older than the deletion.
# Only a platform that numbers its threads moves a post: the parent is then looked up anew. The
# inner selects see the row as it was. A new row is tied to its parent as it is written, be that
# stored already or on the same page: an update afterwards would write it, and what all its indexes
# say of it, a second time.
_UPSERT = f"""
with item as materialized (
    select nextval({_SEQUENCE}) as id, * from json_to_recordset(%(rows)s::json) as given({_TYPED})
)
insert into inbox_message as m
    (id, source_id, {_NAMES}, parent_id, received_at, body_source, event)
select id, %(source)s, {_SELECTED},
    case when parent_external_id not in ('', external_id) then coalesce(
        (select stored.id from inbox_message stored where stored.source_id = %(source)s
         and stored.external_id = item.parent_external_id),
        (select beside.id from item beside where beside.external_id = item.parent_external_id)) end,
    %(now)s, '', '{{}}'::jsonb
from item
on conflict (source_id, external_id) do update set
    conversation_id = excluded.conversation_id,
    author_id = coalesce(excluded.author_id, m.author_id),
    thread_ref = coalesce(nullif(excluded.thread_ref, ''), m.thread_ref),
    parent_external_id = coalesce(nullif(excluded.parent_external_id, ''), m.parent_external_id),
    parent_ref = case when {_MOVED} then excluded.parent_ref
        else coalesce(nullif(excluded.parent_ref, ''), m.parent_ref) end,
    parent_id = case when {_MOVED} then null else m.parent_id end,
    mention_reason = case when {_ASKS} then excluded.mention_reason else m.mention_reason end,
    keyword = case when {_ASKS} then excluded.keyword else m.keyword end,
    body_html = case when {_OURS} then m.body_html else excluded.body_html end,
    body_text = case when {_OURS} then m.body_text else excluded.body_text end,
    content_warning = excluded.content_warning,
    attachments = excluded.attachments,
    language = coalesce(nullif(excluded.language, ''), m.language),
    visibility = excluded.visibility,
    permalink = coalesce(nullif(excluded.permalink, ''), m.permalink),
    edited_at = coalesce(excluded.edited_at, m.edited_at),
    deleted_at = null,
    version = excluded.version,
    reply_ref = excluded.reply_ref
where (m.version <> excluded.version or m.conversation_id <> excluded.conversation_id
       or m.deleted_at is not null
       or (m.mention_reason = '' and excluded.mention_reason in ('direct', 'handle')))
  and (m.edited_at is null or excluded.edited_at >= m.edited_at)
  and (m.deleted_at is null or m.deleted_at < %(long_ago)s or excluded.edited_at > m.deleted_at)
returning id, conversation_id, (xmax = 0),
    case when xmax <> 0 then
        (select nullif(was.conversation_id, m.conversation_id) from inbox_message was
         where was.source_id = m.source_id and was.external_id = m.external_id) end,
    m.mention_reason <> '' and (xmax = 0 or
        (select was.mention_reason from inbox_message was
         where was.source_id = m.source_id and was.external_id = m.external_id) = ''),
    m.parent_id is null and m.parent_external_id <> ''
"""  # noqa: S608 - names


def upsert(
    source: Source,
    ready: Sequence[PreparedItem],
    placed: Mapping[str, int],
    authors: Sequence[ResolvedIdentity | None],
    now: datetime,
) -> list[Written]:
    """Insert new messages and replace older versions; those left alone are not returned."""
    rows = [
        _row(one, placed[one.thread_id], author) for one, author in zip(ready, authors, strict=True)
    ]
    with prepared_sql.cursor(connection) as cursor:
        when = {"now": now, "long_ago": now - _READ_WITHIN}
        values: dict[str, Any] = {"rows": prepared_sql.as_json(rows), "source": source.pk}
        cursor.execute(_UPSERT, values | when)
        return [Written(*row) for row in cursor.fetchall()]


def _row(
    one: PreparedItem, conversation_id: int, author: ResolvedIdentity | None
) -> dict[str, Any]:
    item = one.item
    return {
        "conversation_id": conversation_id,
        "external_id": one.external_id,
        "kind": one.kind,
        "author_id": author.identity_id if author else None,
        "thread_ref": storable(item.thread_ref)[:100],
        "parent_external_id": one.parent_id,
        "parent_ref": storable(item.parent_ref)[:100],
        "mention_reason": one.reason,
        "keyword": one.keyword,
        "handled_on_arrival": one.handled_on_arrival,
        "body_html": one.body_html,
        "body_text": one.body_text,
        "content_warning": one_line(item.content_warning, 500),
        "attachments": one.attachments,
        "language": storable(item.language)[:16] or detected(one.body_text),
        "visibility": storable(item.visibility)[:12],
        "permalink": web_address(item.permalink),
        "sent_at": one.sent_at,
        "edited_at": one.edited_at,
        "version": one.version,
        "reply_ref": one.reply_ref,
    }


def block_replies(newest: Mapping[int, Incoming], new: Container[int]) -> None:
    """Say on the conversation why nobody may answer there; or that one may again. `new`: those
    that were just made, where nothing says that nobody may."""
    blocked = {
        pk: one_line(item.reply_blocked_reason or "", 300)
        for pk, item in newest.items()
        if not item.can_reply
    }
    free = [pk for pk, item in newest.items() if item.can_reply and pk not in new]
    if free:
        _execute(
            "update inbox_conversation set reply_blocked = ''"
            " where id = any(%s::bigint[]) and reply_blocked <> ''",
            [prepared_sql.as_array(free)],
        )
    if blocked:
        _execute(
            "update inbox_conversation c set reply_blocked = new.why"
            " from unnest(%s::bigint[], %s::text[]) as new(id, why)"
            " where c.id = new.id and c.reply_blocked <> new.why",
            [list(blocked), list(blocked.values())],
        )


_DELETE = """
update inbox_message m set
    deleted_at = %(now)s, body_html = '', body_text = '', body_source = '',
    content_warning = '', attachments = '[]'::jsonb
where m.source_id = %(source)s and m.external_id = any(%(ids)s) and m.deleted_at is null
returning id, conversation_id, false
"""


def delete(source: Source, external_ids: Iterable[str], now: datetime) -> list[Written]:
    """Mirror deletions: the words go, the place in the thread stays."""
    found: Any = {"source": source.pk, "ids": list(external_ids), "now": now}
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_DELETE, found)
        return [Written(*row) for row in cursor.fetchall()]


def assigned(conversations: Iterable[int]) -> list[int]:
    """Those of them that somebody is assigned to."""
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_ASSIGNED, [prepared_sql.as_array(conversations)])
        return [pk for (pk,) in cursor.fetchall()]


_ASSIGNED = """
select id from inbox_conversation where id = any(%s::bigint[]) and assignee_id is not null
"""


def conversations_of(ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    return set(Message.objects.filter(pk__in=ids).values_list("conversation_id", flat=True))


def _execute(statement: str, values: Any) -> None:
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(statement, values)
