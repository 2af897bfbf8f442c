"""Assign, snooze, close, reopen: on one conversation or a thousand, in the same statements."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib import live
from inbox.models import Conversation, Message, ReadMark, Source, State
from inbox.models.access import who_can_work_on
from inbox.models.kept_fields import recompute_locked
from team import actions
from team.actions import Changes, Details, verb
from team.models import Action, User
from team.notifications import notify

from . import state_fields, trail_words
from .state_fields import Fields

MOST_TOLD = 5


def _undo(batch: Sequence[Action], by: User) -> set[int]:
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
    Message.objects.filter(
        pk__in=[pk for pk, conversation in lines.values() if conversation in undone]
    ).delete()
    recompute_locked(
        pk for pk, new in undone.items() if state_fields.may_wait_otherwise(locked[pk], new)
    )
    announce(locked[pk] for pk in undone)
    return {by_conversation[pk].pk for pk in undone}


def _right(name: str, words: Any, details: Details | None = None) -> Callable[..., Any]:
    return verb(
        name, on="inbox.conversation", right="can_triage", words=words, undo=_undo,
        lead_may_undo=True, details=details,
    )  # fmt: skip


@_right("assign", gettext_lazy("assigned %(object)s"), trail_words.assignees)
def assign(
    conversations: Iterable[Conversation],
    to: User | None,
    *,
    by: User | None,
    group: uuid.UUID | None = None,
) -> Changes:
    """None: to nobody. Who may not see a conversation does not get it."""
    rows = list(conversations)
    if to:
        rows = _those_they_may_have(to, rows)
    changes = _change("assign", rows, {"assignee_id": to.pk if to else None}, by=by, group=group)
    if to and changes:
        changed = {action.object_id for action in changes.actions}
        tell_assignee(to, [row for row in rows if row.pk in changed], by=by)
    return changes


def tell_assignee(to: User, rows: Sequence[Conversation], *, by: User | None) -> None:
    """One notification a conversation; one for all where they are more than a few."""
    who = str(by) if by else _("The hub")
    if len(rows) > MOST_TOLD:
        text = _("%(who)s assigned %(n)s conversations to you") % {"who": who, "n": len(rows)}
        notify(
            "assigned",
            [to],
            f"assigned:{rows[0].pk}",
            text,
            reverse("inbox-folder", args=["mine"]),
            by=by,
        )
        return
    for row in rows:
        text = _("%(who)s assigned “%(what)s” to you") % {"who": who, "what": str(row)[:120]}
        link, scope = row.get_absolute_url(), f"source:{row.source_id}"
        notify("assigned", [to], f"conversation:{row.pk}", text, link, scope=scope, by=by)


@_right("snooze", gettext_lazy("snoozed %(object)s"), trail_words.snoozes)
def snooze(
    conversations: Iterable[Conversation],
    until: datetime | None,
    *,
    by: User | None,
    group: uuid.UUID | None = None,
) -> Changes:
    """Until a time; None: until they write again."""
    moment = until.isoformat() if until else None
    return _change(
        "snooze", conversations, {"state": State.SNOOZED.value, "snoozed_until": moment},
        by=by, group=group,
    )  # fmt: skip


@_right("close", gettext_lazy("marked %(object)s as done"))
def close(
    conversations: Iterable[Conversation],
    *,
    seen_up_to: int | Mapping[int, int],
    by: User | None,
    group: uuid.UUID | None = None,
) -> Changes:
    """Done with everything up to the highest message id that the closer's page showed: one for
    all, or one for each conversation by its id.

    A mention that arrived since keeps its conversation open; it was not seen. Nor can anybody
    have seen what is not there yet, whatever number a form gives.
    """

    def handled(row: Conversation) -> Fields:
        seen = seen_up_to if isinstance(seen_up_to, int) else seen_up_to.get(row.pk, 0)
        up_to = max(row.handled_up_to, min(seen, row.last_message_id))
        return {"state": State.DONE.value, "snoozed_until": None, "handled_up_to": up_to}

    return _change("close", conversations, handled, by=by, group=group)


@_right("reopen", gettext_lazy("reopened %(object)s"))
def reopen(
    conversations: Iterable[Conversation],
    *,
    by: User | None,
    handled_up_to: int = 0,
    group: uuid.UUID | None = None,
) -> Changes:
    after = {"state": State.OPEN.value, "snoozed_until": None, "handled_up_to": handled_up_to}
    return _change("reopen", conversations, after, by=by, group=group)


def _undo_unread(batch: Sequence[Action], by: User) -> set[int]:
    for action in batch:
        ReadMark.set(by, action.object_id, action.before["up_to"])
    return {action.pk for action in batch}


@verb(
    "unread",
    on="inbox.conversation",
    right=None,
    words=gettext_lazy("marked %(object)s as unread"),
    undo=_undo_unread,
)
def mark_unread(
    conversations: Iterable[Conversation], *, by: User, group: uuid.UUID | None = None
) -> Changes:
    """For this colleague alone."""
    rows = list(conversations)
    with transaction.atomic():
        marks = ReadMark.objects.filter(user=by, conversation__in=rows)
        before = dict(marks.select_for_update().values_list("conversation_id", "up_to"))
        ReadMark.set_many(by, [row.pk for row in rows], 0)
        return actions.record(
            "unread", rows, by=by, before=lambda row: {"up_to": before.get(row.pk, 0)}, group=group
        )


# What is not done by a person ------------------------------------------------------------------


def reopen_without(message: Message) -> None:
    """The reply on whose strength it was closed did not go out: open again, and waiting for what
    waited when that was written."""
    conversation = message.conversation
    closing = _first_closing_since(message)
    handled = closing.before["handled_up_to"] if closing else 0
    reopen([conversation], by=None, handled_up_to=handled)


def undo_with_reply(message: Message) -> None:
    """What was done with a reply that is cancelled (done, assigned to its author) is undone too:
    as it was before, unless somebody changed it since."""
    replied = Action.objects.filter(
        object_type="inbox.conversation", object_id=message.conversation_id, verb="reply",
        after__message=message.pk,
    ).first()  # fmt: skip
    if replied is None:
        return
    Action.objects.filter(pk=replied.pk).update(undone_at=timezone.now())
    if replied.by:
        group = Action.objects.filter(group=replied.group, undone_at__isnull=True)
        actions.undo_actions(group.exclude(verb="reply").order_by("-pk"), by=replied.by)


def _first_closing_since(message: Message) -> Action | None:
    since = Action.objects.filter(
        object_type="inbox.conversation", object_id=message.conversation_id, verb="close",
        at__gte=message.received_at, undone_at__isnull=True,
    )  # fmt: skip
    return since.order_by("pk").first()


def wake(conversation: Conversation, now: datetime) -> bool:
    """A snooze that ran out: open again, unless somebody changed it meanwhile."""
    with transaction.atomic():
        asleep = Conversation.objects.filter(
            pk=conversation.pk, state=State.SNOOZED, snoozed_until__lte=now
        )
        woken = asleep.update(state=State.OPEN, snoozed_until=None)
        if woken:
            add_event_lines([conversation], "wake", by=None)
            announce([conversation])
    return bool(woken)


# Below the verbs ---------------------------------------------------------------------------------


def _change(
    name: str,
    conversations: Iterable[Conversation],
    after: Fields | Callable[[Conversation], Fields],
    *,
    by: User | None,
    group: uuid.UUID | None,
) -> Changes:
    """Rows that are so already are left alone. The instances given are brought up to date."""
    given = {row.pk: row for row in conversations}
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
            pk for pk in wanted if state_fields.may_wait_otherwise(locked[pk], wanted[pk])
        )
        fresh = Conversation.objects.in_bulk(list(wanted))
        for row in _keep_open_what_waits(fresh.values()):
            wanted[row.pk]["state"] = State.OPEN.value
        changed = [locked[pk] for pk in wanted]
        changes = actions.record(
            name, changed, by=by, group=group,
            before=lambda row: before[row.pk], after=lambda row: wanted[row.pk],
        )  # fmt: skip
        add_event_lines(changed, name, by=by, facts=[
            {"action": action.pk, **action.after} for action in changes.actions
        ])  # fmt: skip
        announce(changed)
    for pk, row in (locked | fresh).items():
        state_fields.bring_up_to_date(given[pk], row)
    return changes


def _keep_open_what_waits(rows: Iterable[Conversation]) -> list[Conversation]:
    """What was closed while a mention that the closer did not see waits: it stays open."""
    kept = [row for row in rows if row.state == State.DONE and row.waiting_since]
    for row in kept:
        row.state = State.OPEN
    if kept:
        Conversation.objects.filter(pk__in=[row.pk for row in kept]).update(state=State.OPEN)
    return kept


def _those_they_may_have(to: User, rows: list[Conversation]) -> list[Conversation]:
    if not (to.is_active and to.can_triage):
        return []
    if to.can_see_every_source:
        return rows
    seen = Source.objects.visible_to(to).filter(pk__in={row.source_id for row in rows})
    sources = set(seen.values_list("pk", flat=True))
    return [row for row in rows if row.source_id in sources]


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


def add_event_lines(
    conversations: Sequence[Conversation],
    name: str,
    *,
    by: User | None,
    facts: Sequence[dict[str, Any]] | None = None,
) -> None:
    """A line such as "Lena assigned this to Bo" each; the words are made when it is shown."""
    Message.objects.bulk_create(
        [
            Message.event_line(row.pk, row.source_id, name, by=by, facts=fact)
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
