"""Replies and notes, and what becomes of a reply that has not arrived."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import html, queue
from community_hub.lib.language import detected
from inbox import bond_contributions, reply_rules
from inbox.ingest.message_lines import log_team_replies
from inbox.models import Conversation, Delivery, DeliveryState, Draft, Kind, Message
from inbox.models.delivery import CANCELLABLE
from inbox.models.kept_fields import recompute
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import promises, state_changes, triage
from .mentions import tell_mentioned, withdraw_mentions


@one_by_one
def _undo_reply(action: Action, by: User) -> bool:
    """Cancelled while it is held; its text is the draft of whoever undoes it."""
    delivery = Delivery.objects.filter(message=action.after["message"]).first()
    return delivery is not None and cancel(delivery, by=by) is not None


def _still_here(batch: Sequence[Action]) -> set[int]:
    """Those whose reply has not left the hub."""
    messages = {action.after["message"]: action.pk for action in batch}
    waiting = Delivery.objects.filter(message__in=messages, state__in=CANCELLABLE)
    return {messages[pk] for pk in waiting.values_list("message", flat=True)}


@verb(
    "reply",
    on="inbox.conversation",
    right="can_reply",
    words=_("replied in %(object)s"),
    undo=_undo_reply,
    still_undoable=_still_here,
)
def reply(
    conversation: Conversation,
    text: str,
    *,
    by: User,
    to: Message | None = None,
    done: bool = False,
    seen_up_to: int = 0,
) -> Message:
    """Put a reply in the outbox, held for the seconds in which it can be undone.

    `to` is the message that is answered; without it the one that waits, else the last.
    `seen_up_to` is the highest message id on the sender's page, for "send and done".
    The same words again to the same message, while they can still be undone, are a second
    click: one reply. ReplyRefused where none can be written, whoever calls.
    """
    group = uuid.uuid4()
    with transaction.atomic():
        assigned = _take(conversation, by)  # and holds the row, as the other does
        if not assigned:
            _one_at_a_time(conversation)
        if twice := _still_held(conversation, text, by=by, to=to, done=done):
            return twice
        answered = to or conversation.answerable()
        if said := reply_rules.problem(conversation, text, answered, by):
            raise reply_rules.ReplyRefused(said)
        message = _add_reply(conversation, text, by=by, to=answered)
        due = timezone.now() + timedelta(seconds=settings.UNDO_SEND_SECONDS)
        delivery = Delivery.objects.create(
            message=message, state=DeliveryState.HELD, next_try_at=due, done_after=done
        )
        Draft.keep(by, conversation.pk, "reply", "")
        promises.go_with(message, by=by)
        recompute([conversation.pk])
        _record_reply(conversation, message, by=by, assigned=assigned, group=group)
        if done:
            triage.close([conversation], by=by, seen_up_to=max(seen_up_to, 0), group=group)
        state_changes.announce([conversation])
    queue.enqueue("inbox.tasks.deliver", delivery.pk, countdown=settings.UNDO_SEND_SECONDS)
    return message


@one_by_one
def _undo_note(action: Action, by: User) -> bool:
    """Take the note away and give its text back as the draft of who wrote it."""
    pk = action.after["message"]
    note = Message.objects.filter(pk=pk, kind=Kind.NOTE).select_related("conversation").first()
    if note is None:
        return False
    mine = Draft.objects.filter(user=by, conversation=note.conversation, kind="note")
    kept = mine.values_list("text", flat=True).first()
    text = "\n\n".join(filter(None, [note.body_source, kept]))
    Draft.keep(by, note.conversation_id, "note", text)
    state_changes.announce([note.conversation])
    withdraw_mentions(note)
    note.delete()
    return True


@verb(
    "note",
    on="inbox.conversation",
    right="can_note",
    words=_("added a note to %(object)s"),
    undo=_undo_note,
)
def note(conversation: Conversation, text: str, *, by: User) -> Changes:
    """Only the team reads it; the database refuses to give it a way out."""
    with transaction.atomic():
        body = html.from_markdown(text)
        body_text = html.to_text(body)
        message = Message.objects.create(
            conversation=conversation,
            source_id=conversation.source_id,
            kind=Kind.NOTE,
            by=by,
            body_source=text,
            body_html=body,
            body_text=body_text,
            language=detected(body_text),
            sent_at=timezone.now(),
            visibility="team",
        )
        Draft.keep(by, conversation.pk, "note", "")
        tell_mentioned(conversation, text, by=by)
        state_changes.announce([conversation])
        return actions.record("note", [conversation], by=by, after={"message": message.pk})


# A reply on its way. Each change is one conditional UPDATE: who loses the race does nothing. ----


@verb(
    "cancel",
    on="inbox.delivery",
    right="can_reply",
    words=_("cancelled a reply in %(object)s"),
)
def cancel(delivery: Delivery, *, by: User, keep_text: bool = True) -> str | None:
    """Take a reply back before it left: it is hidden and its text returned to the draft, or
    dropped with it where `keep_text` is False; so is what it promised.

    Returns the text, or None when it was too late (it is being sent, or was).
    """
    with transaction.atomic():
        before = {"state": delivery.state}
        if not delivery.move(CANCELLABLE, DeliveryState.CANCELLED, next_try_at=None):
            return None
        message: Message = delivery.message
        if keep_text:
            Draft.keep(by, message.conversation_id, "reply", message.body_source, to=message.parent)
        promises.come_back(message, by=by, keep=keep_text)
        recompute([message.conversation_id])
        actions.record("cancel", [delivery], by=by, before=before, after={"state": delivery.state})
        triage.undo_with_reply(message, by=by)
    return message.body_source


@verb(
    "retry",
    on="inbox.delivery",
    right="can_reply",
    words=_("retried a reply in %(object)s"),
)
def retry(delivery: Delivery, *, by: User) -> Changes:
    """Try a failed one again. An unconfirmed one is sent again only on a person's word."""
    with transaction.atomic():
        before = {"state": delivery.state}
        moved = delivery.move(
            ("failed", "unconfirmed"),
            DeliveryState.QUEUED,
            next_try_at=timezone.now(),
            attempts=1,  # not the first: it is looked for before it is sent
            checks=0,
            last_error="",
        )
        if not moved:
            return Changes()
        recompute([delivery.message.conversation_id])
        changes = actions.record(
            "retry", [delivery], by=by, before=before, after={"state": delivery.state}
        )
    queue.enqueue("inbox.tasks.deliver", delivery.pk)
    return changes


@verb(
    "confirm",
    on="inbox.delivery",
    right="can_reply",
    words=_("confirmed that a reply in %(object)s was posted"),
)
def confirm(delivery: Delivery, *, by: User) -> Changes:
    """A person looked and says that it is there."""
    with transaction.atomic():
        before = {"state": delivery.state}
        if not delivery.move(("unconfirmed",), DeliveryState.SENT, next_try_at=None, last_error=""):
            return Changes()
        log_team_replies([delivery.message_id])
        bond_contributions.changed_in([delivery.message.conversation_id])
        promises.note_promises(delivery.message)
        recompute([delivery.message.conversation_id])
        return actions.record(
            "confirm", [delivery], by=by, before=before, after={"state": delivery.state}
        )


# Below the verbs ---------------------------------------------------------------------------------


def _take(conversation: Conversation, by: User) -> bool:
    """Replying to what is nobody's assigns it, where the preference says so."""
    if not by.prefers("assign_on_reply"):
        return False
    nobodys = Conversation.objects.filter(pk=conversation.pk, assignee=None)
    if not nobodys.update(assignee=by):
        return False
    conversation.assignee = by
    return True


def _record_reply(
    conversation: Conversation, message: Message, *, by: User, assigned: bool, group: uuid.UUID
) -> None:
    rows = [conversation]
    written = actions.prepare("reply", rows, by=by, after={"message": message.pk}, group=group)
    if assigned:
        taken = actions.prepare(
            "assign", rows, by=by, before={"assignee_id": None}, after={"assignee_id": by.pk},
            group=group,
        )  # fmt: skip
        written.actions.extend(taken.actions)
    Action.objects.bulk_create(written.actions)
    if assigned:
        action = written.actions[-1]
        state_changes.add_event_lines(
            rows, "assign", by=by, facts=[{"action": action.pk, **action.after}]
        )


def _one_at_a_time(conversation: Conversation) -> None:
    """Two requests of one click follow each other here; what is read after it is the last."""
    rows = Conversation.objects.select_for_update(no_key=True)
    rows.values_list("pk").get(pk=conversation.pk)


def _still_held(
    conversation: Conversation, text: str, *, by: User, to: Message | None, done: bool
) -> Message | None:
    held = {"delivery__state": DeliveryState.HELD, "delivery__done_after": done}
    twins = conversation.messages.filter(by=by, body_source=text, **held)
    if to:  # "Thank you!" to one, and to the next
        twins = twins.filter(parent=to)
    return twins.select_related("delivery").first()


def _add_reply(conversation: Conversation, text: str, *, by: User, to: Message | None) -> Message:
    """Ours first: it has a token at once, and the platform's id when it got there."""
    body = html.from_markdown(text)
    body_text = html.to_text(body)
    return Message.objects.create(
        conversation=conversation,
        source_id=conversation.source_id,
        kind=Kind.OUTBOUND,
        by=by,
        client_token=uuid.uuid4(),
        parent=to,
        parent_external_id=(to.external_id or "") if to else "",
        body_source=text,
        body_html=body,
        body_text=body_text,
        language=detected(body_text),
        sent_at=timezone.now(),
        visibility=to.visibility if to else conversation.visibility,
        reply_ref=to.reply_ref if to else {},
    )
