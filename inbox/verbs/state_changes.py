"""Changing the state or the assignee of conversations, and taking it back: what the verbs of triage
share. The same statements for one as for a thousand."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from community_hub.lib import live
from inbox.models import Conversation, Message, State
from inbox.models.access import who_can_work_on
from inbox.models.kept_fields import recompute_locked
from team import actions
from team.actions import Changes
from team.models import Action, User

from . import state_fields
from .state_fields import Fields


def change(
    name: str,
    conversations: Iterable[Conversation],
    after: Fields | Callable[[Conversation], Fields],
    *,
    by: User | None,
    group: uuid.UUID | None,
) -> Changes:
    """Rows that are so already are left alone. The instances given are brought up to date."""
    given = {row.pk: row for row in conversations}
    now = timezone.now()
    with transaction.atomic():
        locked = state_fields.lock(given)
        before: dict[int, Fields] = {}
        wanted: dict[int, Fields] = {}
        for pk, row in locked.items():
            new = after(row) if callable(after) else dict(after)
            old = {field: state_fields.plain(row, field) for field in new}
            if old != new:
                before[pk], wanted[pk] = old, new
        state_fields.write(wanted)
        recompute_locked(
            (pk for pk in wanted if state_fields.may_wait_otherwise(locked[pk], wanted[pk])),
            now=now,
        )
        fresh = Conversation.objects.in_bulk(list(wanted))
        for row in _keep_open_what_waits(fresh.values()):
            wanted[row.pk]["state"] = State.OPEN.value
        changed = [locked[pk] for pk in wanted]
        changes = actions.record(
            name, changed, by=by, group=group,
            before=lambda row: before[row.pk], after=lambda row: wanted[row.pk],
        )  # fmt: skip
        add_event_lines(changed, name, by=by, at=now, facts=[
            {"action": action.pk, **action.after} for action in changes.actions
        ])  # fmt: skip
        announce(changed)
    for pk, row in (locked | fresh).items():
        state_fields.bring_up_to_date(given[pk], row)
    return changes


def undo(batch: Sequence[Action], by: User) -> set[int]:
    """Nobody is put away again who asked meanwhile, nor handed to a colleague who is gone."""
    by_conversation = {action.object_id: action for action in batch}
    locked = state_fields.lock(by_conversation)
    lines = {
        int(action): (pk, conversation)
        for pk, conversation, action in Message.objects.filter(
            conversation__in=by_conversation, kind="event",
            event__action__in=[action.pk for action in batch],
        ).values_list("pk", "conversation_id", "event__action")
    }  # fmt: skip
    asked_since = _asked_since(lines.values())
    welcome = _who_may_have(batch, locked.values())
    undone: dict[int, Fields] = {}
    for pk, row in locked.items():
        action = by_conversation[pk]
        assignee = action.before.get("assignee_id")
        if any(not state_fields.is_still(row, name, value) for name, value in action.after.items()):
            continue
        if action.before.get("state") in {State.SNOOZED, State.DONE} and pk in asked_since:
            continue
        if assignee and row.source_id not in welcome[assignee]:
            continue
        undone[pk] = action.before
    state_fields.write(undone)
    _remove_lines([pk for pk, conversation in lines.values() if conversation in undone])
    recompute_locked(
        pk for pk, new in undone.items() if state_fields.may_wait_otherwise(locked[pk], new)
    )
    announce(locked[pk] for pk in undone)
    return {by_conversation[pk].pk for pk in undone}


def _remove_lines(pks: list[int]) -> None:
    """In one statement: nothing refers to a line that the hub wrote, so there is nothing for the
    ORM to look for in each table that refers to messages."""
    with connection.cursor() as cursor:
        cursor.execute("delete from inbox_message where kind = 'event' and id = any(%s)", [pks])


def add_event_lines(
    conversations: Sequence[Conversation],
    name: str,
    *,
    by: User | None,
    at: datetime | None = None,
    facts: Sequence[dict[str, Any]] | None = None,
) -> None:
    """A line such as "Lena assigned this to Bo" each; the words are made when it is shown."""
    Message.objects.bulk_create(
        [
            Message.event_line(row.pk, row.source_id, name, by=by, at=at, facts=fact)
            for row, fact in zip(conversations, facts or [{}] * len(conversations), strict=True)
        ]
    )


def announce(conversations: Iterable[Conversation]) -> None:
    """Whoever may see a source fetches what is on screen of these again."""
    by_source: dict[int, list[int]] = defaultdict(list)
    for row in conversations:
        by_source[row.source_id].append(row.pk)
    for source, pks in by_source.items():
        live.publish([f"source:{source}"], "conversation", {"ids": pks})


def _keep_open_what_waits(rows: Iterable[Conversation]) -> list[Conversation]:
    """What was closed while a mention that the closer did not see waits: it stays open."""
    kept = [row for row in rows if row.state == State.DONE and row.waiting_since]
    for row in kept:
        row.state = State.OPEN
    if kept:
        Conversation.objects.filter(pk__in=[row.pk for row in kept]).update(state=State.OPEN)
    return kept


def _asked_since(lines: Iterable[tuple[int, int]]) -> set[int]:
    """Conversations where somebody asked after the line of the action, and has no answer yet.
    Ids are arrival order. `lines`: (id of the line, id of its conversation)."""
    since = {conversation: pk for pk, conversation in lines}
    asking = Message.objects.filter(
        conversation__in=since, kind="inbound", deleted_at__isnull=True,
        handled_on_arrival=False, conversation__waiting_since__isnull=False,
    ).exclude(mention_reason="")  # fmt: skip
    newest = asking.filter(pk__gt=min(since.values(), default=0))
    return {
        conversation
        for pk, conversation in newest.values_list("pk", "conversation_id")
        if pk > since[conversation]
    }


def _who_may_have(batch: Sequence[Action], rows: Iterable[Conversation]) -> Mapping[int, set[int]]:
    """Sources by user: where whoever had a conversation before may still work on it."""
    sources: dict[int, set[int]] = defaultdict(set)
    if any(action.before.get("assignee_id") for action in batch):
        for source, users in who_can_work_on({row.source_id for row in rows}).items():
            for user in users:
                sources[user].add(source)
    return sources
