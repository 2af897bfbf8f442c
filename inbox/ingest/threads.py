"""Which conversation a message belongs to, and which message it answers.

A conversation is the platform's own thread. Where a platform has none, the thread is the topmost
ancestor that can be reached; when an older one turns up, the two are joined (joining.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.insert_rows import insert_rows
from community_hub.lib.text import storable, web_address
from inbox.ingest.joining import join
from inbox.models import Conversation, Source, ThreadAlias

if TYPE_CHECKING:
    from inbox.ingest.items import PreparedItem

Node = str | int  # a platform's thread id, or the pk of a conversation


@dataclass
class Groups:
    """Thread ids and conversations that turned out to be one: union-find."""

    parent: dict[Node, Node] = field(default_factory=dict)

    def top(self, node: Node) -> Node:
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def unite(self, one: Node, other: Node) -> None:
        self.parent[self.top(one)] = self.top(other)

    def all(self) -> list[list[Node]]:
        found: dict[Node, list[Node]] = defaultdict(list)
        for node in list(self.parent):
            found[self.top(node)].append(node)
        return list(found.values())


@dataclass(frozen=True)
class Placement:
    """`of`: conversation pks by thread id. `made`: the rows of those that are new, by pk.
    `awaited`: a stored message without its parent names one of the batch, or may do so."""

    of: dict[str, int]
    made: dict[int, dict[str, Any]]
    awaited: bool


def assign(source: Source, batch: Sequence[PreparedItem], channels: dict[str, int]) -> Placement:
    """Where every thread of the batch belongs; new conversations are made.

    The caller holds the lock on the source, so nobody else places its messages meanwhile.
    """
    groups = Groups()
    for ready in batch:
        groups.top(ready.thread_id)
    found = known(source, {ready.thread_id for ready in batch})
    for thread_id, pk in found.items():
        groups.unite(thread_id, pk)
    awaited = _unite_by_parents(source, batch, groups)
    placed: dict[str, int] = {}
    fresh: list[tuple[list[str], dict[str, Any]]] = []
    for nodes in groups.all():
        ids = sorted(node for node in nodes if isinstance(node, int))
        threads = [node for node in nodes if isinstance(node, str)]
        if ids:
            winner = join(source, ids) if len(ids) > 1 else ids[0]
            placed.update(dict.fromkeys(threads, winner))
        else:
            fresh.append((threads, _new(source, batch, threads, channels)))
    made: dict[int, dict[str, Any]] = {}
    pks = insert_rows(Conversation, [row for _, row in fresh])
    for (threads, row), pk in zip(fresh, pks, strict=True):
        placed.update(dict.fromkeys(threads, pk))
        made[pk] = row
        found[row["external_id"]] = pk
    _remember_aliases(source, placed, found)
    return Placement(placed, made, awaited)


def known(source: Source, thread_ids: Iterable[str]) -> dict[str, int]:
    """Conversation pks of those that are kept already, by their own id or by an alias."""
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_KNOWN, {"source": source.pk, "ids": prepared_sql.as_json(list(thread_ids))})
        return dict(cursor.fetchall())


_KNOWN = """
with wanted as materialized (select * from json_array_elements_text(%(ids)s::json) as k(id))
select wanted.id, c.id from wanted
join inbox_conversation c on c.source_id = %(source)s and c.external_id = wanted.id
union
select wanted.id, a.conversation_id from wanted
join inbox_threadalias a on a.source_id = %(source)s and a.external_id = wanted.id
"""
# The limits keep the planner at one index look-up a row, however large the table is.
_RELATED = """
select m.external_id, m.parent_external_id, m.conversation_id
from json_array_elements_text(%(named)s::json) as k(id)
cross join lateral (
    select * from inbox_message where source_id = %(source)s and external_id = k.id limit 1
) m
union all
select m.external_id, m.parent_external_id, m.conversation_id
from json_array_elements_text(%(parents)s::json) as k(id)
cross join lateral (
    select * from inbox_message
    where source_id = %(source)s and parent_external_id = k.id
      and parent_id is null and parent_external_id <> '' limit 10000
) m
"""


def _unite_by_parents(source: Source, batch: Sequence[PreparedItem], groups: Groups) -> bool:
    """A reply belongs where the message it answers is, whichever of the two came first; and a
    message where it is, unless its platform numbers threads and moved it: elsewhere another thread
    id only tells that the topmost ancestor is another one now, and the old one may be gone.
    Whether a stored message names one of the batch as its parent."""
    thread_of = {ready.external_id: ready.thread_id for ready in batch}
    fixed = {ready.external_id for ready in batch if not ready.item.thread_ref}
    parents = {ready.parent_id for ready in batch if ready.parent_id}
    for ready in batch:
        if ready.parent_id in thread_of:
            groups.unite(ready.thread_id, thread_of[ready.parent_id])
    with prepared_sql.cursor(connection) as cursor:
        ids: dict[str, Any] = {
            "named": prepared_sql.as_json(list(parents | fixed)),
            "parents": prepared_sql.as_json(list(thread_of)),
        }
        cursor.execute(_RELATED, {**ids, "source": source.pk})
        stored = cursor.fetchall()
    answers: dict[str, list[str]] = defaultdict(list)
    for ready in batch:
        if ready.parent_id:
            answers[ready.parent_id].append(ready.thread_id)
    awaited = False
    for external_id, parent_external_id, conversation_id in stored:
        for thread_id in answers.get(external_id or "", ()):
            groups.unite(thread_id, conversation_id)
        if external_id in fixed:
            groups.unite(thread_of[external_id], conversation_id)
        if parent_external_id in thread_of:
            groups.unite(thread_of[parent_external_id], conversation_id)
            awaited = True
    return awaited


def _new(
    source: Source, batch: Sequence[PreparedItem], threads: list[str], channels: dict[str, int]
) -> dict[str, Any]:
    """The row of a conversation, named by its oldest message."""
    members = [ready for ready in batch if ready.thread_id in threads]
    first = min(members, key=lambda ready: (not ready.item.is_root, ready.sent_at))
    titled = next((ready for ready in members if ready.subject), first)
    channel = next((ready.channel_id for ready in members if ready.channel_id), "")
    return {
        "source_id": source.pk,
        "external_id": first.thread_id,
        "channel_id": channels.get(channel),
        "subject": titled.subject,
        "permalink": web_address(first.item.thread_permalink or first.item.permalink),
        "visibility": storable(first.item.visibility)[:12],
    }


_DESCRIBED = ("subject", "permalink", "visibility", "channel_id")
_DESCRIBE = """
update inbox_conversation c set
    subject = coalesce(nullif(new.subject, ''), c.subject),
    permalink = coalesce(nullif(new.permalink, ''), c.permalink),
    visibility = new.visibility,
    channel_id = coalesce(new.channel_id, c.channel_id)
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[])
    as new(id, subject, permalink, visibility, channel_id)
where c.id = new.id and (c.subject, c.permalink, c.visibility, c.channel_id) is distinct from (
    coalesce(nullif(new.subject, ''), c.subject), coalesce(nullif(new.permalink, ''), c.permalink),
    new.visibility, coalesce(new.channel_id, c.channel_id))
"""


def describe(
    batch: Sequence[PreparedItem], placement: Placement, channels: Mapping[str, int]
) -> None:
    """Titles change, topics move to another channel, and a root may come after its answers."""
    telling = sorted(
        (ready for ready in batch if ready.item.is_root or ready.item.thread_ref),
        key=lambda ready: ready.edited_at or ready.sent_at,
    )
    new = {
        placement.of[ready.thread_id]: (
            ready.subject,
            web_address(
                ready.item.thread_permalink or (ready.item.permalink if ready.item.is_root else "")
            ),
            storable(ready.item.visibility)[:12],
            channels.get(ready.channel_id),
        )
        for ready in telling
    }
    for pk, row in placement.made.items():  # most of them say nothing else than when they were made
        if new.get(pk) == tuple(row[name] for name in _DESCRIBED):
            del new[pk]
    if new:
        with prepared_sql.cursor(connection) as cursor:
            columns = zip(*new.values(), strict=True)
            cursor.execute(_DESCRIBE, [list(new), *(list(column) for column in columns)])


def _remember_aliases(source: Source, placed: dict[str, int], found: dict[str, int]) -> None:
    """A thread id that is not its conversation's own leads there by an alias. `found`: those that
    lead there already."""
    ThreadAlias.objects.bulk_create(
        [
            ThreadAlias(source=source, external_id=thread_id, conversation_id=pk)
            for thread_id, pk in sorted(placed.items())
            if found.get(thread_id) != pk
        ],
        ignore_conflicts=True,
    )


_LINK_BY_ID = """
with page as (
    select m.id, m.external_id, m.parent_external_id, m.parent_id
    from unnest(%(ids)s::bigint[]) as k(id)
    cross join lateral (select * from inbox_message where id = k.id limit 1) m
),
pairs as (
    select page.id as child_id, parent.id as parent_id
    from page
    cross join lateral (
        select id from inbox_message p
        where p.source_id = %(source)s and p.external_id = page.parent_external_id limit 1
    ) parent
    where page.parent_id is null and page.parent_external_id <> ''
    union
    select child.id, page.id
    from page
    cross join lateral (
        select id from inbox_message c
        where c.source_id = %(source)s and c.parent_external_id = page.external_id
          and c.parent_id is null and c.parent_external_id <> '' limit 10000
    ) child
)
update inbox_message m set parent_id = pairs.parent_id
from pairs where m.id = pairs.child_id and pairs.parent_id <> m.id
returning m.id
"""
_LINK_BY_REF = """
update inbox_message child set parent_id = parent.id
from inbox_message parent
where child.conversation_id = any(%(ids)s::bigint[]) and child.parent_id is null
  and child.parent_ref <> '' and parent.conversation_id = child.conversation_id
  and parent.thread_ref = child.parent_ref and parent.id <> child.id
returning child.id
"""


def link_parents(source: Source, ids: Sequence[int], conversations: Sequence[int]) -> list[int]:
    """Tie these messages to their parents, and waiting children to these; pks of the tied.

    `conversations`: those whose platform names parents by a number within the thread, so that a
    message without a parent may yet be one.
    """
    linked: list[int] = []
    for statement, pks in ((_LINK_BY_ID, ids), (_LINK_BY_REF, conversations)):
        if pks:
            with prepared_sql.cursor(connection) as cursor:
                values: dict[str, Any] = {"source": source.pk, "ids": prepared_sql.as_array(pks)}
                cursor.execute(statement, values)
                linked += [pk for (pk,) in cursor.fetchall()]
    return linked
