"""Assign, snooze, close, reopen: on one conversation or a thousand, in the same statements."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Conversation, Message, ReadMark, Source, State
from team import actions
from team.actions import Changes, verb
from team.models import Action, User
from team.notifications import notify
from team.verb_entry import Details

from . import state_changes, trail_words
from .state_fields import Fields

MOST_TOLD = 5


def _right(name: str, words: Any, details: Details | None = None) -> Callable[..., Any]:
    return verb(
        name, on="inbox.conversation", right="can_triage", words=words, undo=state_changes.undo,
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
    changes = state_changes.change(
        "assign", rows, {"assignee_id": to.pk if to else None}, by=by, group=group
    )
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
    return state_changes.change(
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

    return state_changes.change("close", conversations, handled, by=by, group=group)


@_right("reopen", gettext_lazy("reopened %(object)s"))
def reopen(
    conversations: Iterable[Conversation],
    *,
    by: User | None,
    handled_up_to: int = 0,
    group: uuid.UUID | None = None,
) -> Changes:
    after = {"state": State.OPEN.value, "snoozed_until": None, "handled_up_to": handled_up_to}
    return state_changes.change("reopen", conversations, after, by=by, group=group)


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


def undo_with_reply(message: Message, *, by: User) -> None:
    """What was done with a reply that is cancelled (done, assigned to its author) is undone too:
    as it was before, unless somebody changed it since."""
    replied = Action.objects.filter(
        object_type="inbox.conversation", object_id=message.conversation_id, verb="reply",
        after__message=message.pk,
    ).first()  # fmt: skip
    if replied is None:
        return
    Action.objects.filter(pk=replied.pk).update(undone_at=timezone.now(), undone_by=by)
    if replied.by:
        group = Action.objects.filter(group=replied.group, undone_at__isnull=True)
        rest = group.exclude(verb="reply").order_by("-pk")
        actions.undo_actions(rest, by=replied.by, undone_by=by)


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
            state_changes.add_event_lines([conversation], "wake", by=None)
            state_changes.announce([conversation])
    return bool(woken)


# Below the verbs ---------------------------------------------------------------------------------


def _those_they_may_have(to: User, rows: list[Conversation]) -> list[Conversation]:
    if not (to.is_active and to.can_triage):
        return []
    if to.can_see_every_source:
        return rows
    seen = Source.objects.visible_to(to).filter(pk__in={row.source_id for row in rows})
    sources = set(seen.values_list("pk", flat=True))
    return [row for row in rows if row.source_id in sources]
