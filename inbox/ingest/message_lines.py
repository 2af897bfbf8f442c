"""What was said, as lines of the relationship log: what the community wrote, in the log of its
author; what the team answered, here or on the platform, in the log of whoever it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.text import number, one_line
from inbox.models import Message
from members import credits, log
from members.log import Line
from members.models import ActivityKind
from members.stage_rule import promote

if TYPE_CHECKING:
    from inbox.ingest.rows import Written

STEP = 1000  # messages
EXCERPT = 200  # characters


class _Found(NamedTuple):
    """A row of the two queries below."""

    message: int
    conversation: int
    source: int
    place: str
    body: str
    subject: str
    said_at: datetime
    edited_at: datetime | None
    version: str
    member: int
    identity: int
    actor: int | None


_FOUND = """
select m.id, m.conversation_id, m.source_id, concat_ws(' · ', s.name, ch.name),
       left(m.body_text, 600), c.subject, m.sent_at, m.edited_at, m.version
"""
_MESSAGES = f"""
{_FOUND}, i.member_id, i.id, null
from inbox_message m
join inbox_source s on s.id = m.source_id
join inbox_conversation c on c.id = m.conversation_id
join members_identity i on i.id = m.author_id
left join inbox_channel ch on ch.id = c.channel_id
where m.id = any(%(ids)s::bigint[])
"""
# Who is answered: the author of the message that is replied to, else, in a thread where nobody is
# replied to, whoever asked the team last before it. A colleague who answers another is no reply.
_REPLIES = f"""
{_FOUND}, person.id, answered.author_id, coalesce(m.by_id, writer.user_id)
from inbox_message m
join inbox_source s on s.id = m.source_id
join inbox_conversation c on c.id = m.conversation_id
left join inbox_channel ch on ch.id = c.channel_id
left join inbox_delivery d on d.message_id = m.id
left join members_identity account on account.id = m.author_id
left join members_member writer on writer.id = account.member_id
cross join lateral (
    select coalesce(
        (select p.author_id from inbox_message p where p.id = m.parent_id),
        (select a.author_id from inbox_message a
         where m.parent_id is null and a.conversation_id = m.conversation_id
           and a.mention_reason <> '' and (a.sent_at, a.id) < (m.sent_at, m.id)
         order by a.sent_at desc, a.id desc limit 1)) as author_id
) answered
join members_identity theirs on theirs.id = answered.author_id and not theirs.is_us
join members_member person on person.id = theirs.member_id and person.user_id is null
where m.id = any(%(ids)s::bigint[]) and m.deleted_at is null
  and ((m.kind = 'outbound' and (d.id is null or d.state in ('sent', 'pending')))
       or (m.kind = 'inbound' and (writer.user_id is not null or account.is_us)))
"""  # noqa: S608 - our own words
_NOT_OURS = """
select m.id from inbox_message m
left join members_identity account on account.id = m.author_id
left join members_member writer on writer.id = account.member_id
where m.id = any(%(ids)s::bigint[]) and m.kind = 'inbound'
  and writer.user_id is null and not coalesce(account.is_us, false)
"""


def log_messages(written: Sequence[Written]) -> None:
    """A line for each message with a known author, and one for each edit; and a higher stage for
    whoever has reached it. Three queries where nobody has."""
    new = {row.id for row in written if row.inserted}
    lines = []
    for found in _rows(_MESSAGES, [row.id for row in written]):
        lines.append(_line(found, ActivityKind.MESSAGE, key_of(found.message)))
        if found.edited_at and found.message not in new:
            key = f"{key_of(found.message)}:edited:{found.version}"
            lines.append(_line(found, ActivityKind.EDITED, key, found.edited_at))
    log.log_many(lines)
    if new:
        promote(line.member_id for line in lines)


def log_team_replies(ids: Iterable[int]) -> None:
    """Those of these messages that are answers of the team, as they are now. Two queries for
    1,000; safe to repeat."""
    for batch in _batches(ids):
        found = _rows(_REPLIES, batch)
        log.log_many(_line(row, ActivityKind.REPLY, reply_key_of(row.message)) for row in found)


def remove_former_replies(ids: Iterable[int]) -> None:
    """What somebody wrote on the platform who is no colleague any more is no answer of the team."""
    for batch in _batches(ids):
        log.remove(reply_key_of(pk) for (pk,) in _select(_NOT_OURS, batch))


def say_deleted(ids: Sequence[int]) -> None:
    """Credit for a deleted answer goes with it."""
    log.say_deleted([key for pk in ids for key in (key_of(pk), reply_key_of(pk))])
    credited = Message.objects.filter(pk__in=ids, credited_at__isnull=False)
    if gone := list(credited.values_list("pk", flat=True)):
        credited.update(credited_at=None)
        credits.forget(gone)


def mend_scopes() -> int:
    """Lines that a version before 0013 wrote while it was replaced do not say where that was; how
    many there were. Reads the whole log: for the nightly check."""
    changed = last = 0
    while lines := log.without_scope(("message:", "reply:"), after=last, most=STEP):
        last = lines[-1][0]
        message_of = {key: number(key.split(":")[1]) for _pk, key in lines}
        rows = Message.objects.filter(pk__in=message_of.values())
        source_of = dict(rows.values_list("pk", "source"))
        changed += log.set_scopes(
            {key: f"source:{source_of[pk]}" for key, pk in message_of.items() if pk in source_of}
        )
    return changed


def key_of(message: int) -> str:
    return f"message:{message}"


def reply_key_of(message: int) -> str:
    return f"reply:{message}"


def _line(found: _Found, kind: ActivityKind, key: str, at: datetime | None = None) -> Line:
    return Line(
        member_id=found.member,
        identity_id=found.identity,
        kind=kind,
        occurred_at=at or found.said_at,
        actor_id=found.actor,
        scope=f"source:{found.source}",
        where=found.place,
        summary=one_line(found.body or found.subject, EXCERPT),
        link=f"/conversations/{found.conversation}/#message-{found.message}",
        key=key,
    )


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), STEP):
        yield wanted[start : start + STEP]


def _rows(statement: str, ids: Sequence[int]) -> list[_Found]:
    return [_Found(*row) for row in _select(statement, ids)]


def _select(statement: str, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"ids": prepared_sql.as_array(ids)}
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
