"""Undo of what was done with a conversation: as it was, unless somebody changed it since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from inbox.models.access import can_work_on
from inbox.models.kept_fields import recompute
from inbox.models.message import Message
from inbox.models.personal import Draft, ReadMark

if TYPE_CHECKING:
    from inbox.models.conversation import Conversation
    from team.models import Action, User

TRIAGE = {"assign", "snooze", "close", "reopen"}


def take_back(conversation: Conversation, action: Action) -> bool:
    """False where it is too late, or whoever did it may not do so any more."""
    by = action.by
    if by and by.can_tag and action.verb in {"tag", "untag"}:
        return _tag(conversation, action)
    if by and action.verb == "unread":
        ReadMark.set(by, conversation.pk, action.before["up_to"])
        return True
    if by and by.can_note and action.verb == "note":
        return _note(conversation, action, by)
    if by and by.can_triage and action.verb in TRIAGE:
        return _triage(conversation, action)
    return False


def _triage(conversation: Conversation, action: Action) -> bool:
    """Nobody is put away again who asked meanwhile, nor handed to a colleague who is gone."""
    with transaction.atomic():
        same = type(conversation).objects.filter(pk=conversation.pk)
        same.select_for_update().get()
        if not same.filter(**action.after).exists():
            return False
        line = Message.objects.filter(conversation=conversation, event__action=action.pk)
        if action.before.get("state") in {"snoozed", "done"} and _asked_since(line.first()):
            return False
        assignee = action.before.get("assignee_id")
        if assignee and not can_work_on(assignee, conversation.source_id):
            return False
        same.update(**action.before)
        line.delete()
        recompute([conversation.pk])
        conversation.announce()
    return True


def _asked_since(line: Message | None) -> bool:
    """Somebody did, and has no answer yet. Ids are arrival order, and the system line has one."""
    if line is None:
        return False
    new = Message.objects.filter(conversation=line.conversation_id, pk__gt=line.pk, kind="inbound")
    asking = new.exclude(mention_reason="").filter(
        deleted_at__isnull=True,
        handled_on_arrival=False,
        conversation__waiting_since__isnull=False,
    )
    return asking.exists()


def _note(conversation: Conversation, action: Action, by: User) -> bool:
    note = conversation.messages.filter(pk=action.after["message"], kind="note").first()
    if note is None:
        return False
    kept = conversation.drafts.filter(user=by, kind="note").values_list("text", flat=True).first()
    Draft.keep(by, conversation.pk, "note", "\n\n".join(filter(None, [note.body_source, kept])))
    note.delete()
    conversation.announce()
    return True


def _tag(conversation: Conversation, action: Action) -> bool:
    from inbox.models.conversation import ConversationTag

    if action.verb == "tag" and action.after["added"]:
        tag = action.after["tag"]
        ConversationTag.objects.filter(conversation=conversation, tag=tag).delete()
    elif action.verb == "untag":
        ConversationTag.objects.bulk_create(
            [ConversationTag(conversation=conversation, tag_id=action.before["tag"])],
            ignore_conflicts=True,
        )
    conversation.announce()
    return True
