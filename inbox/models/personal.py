"""What belongs to one colleague in one conversation: the unfinished text, how far they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from team.models import User

    from .message import Message


class Draft(models.Model):
    """Kept on the server while somebody types; nobody else reads it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.CASCADE, related_name="drafts"
    )
    kind = models.CharField(max_length=10)
    text = models.TextField()
    to = models.ForeignKey(  # the message it answers; null: whatever waits
        "inbox.Message", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "conversation", "kind"], name="one_draft_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["reply", "note"]), name="draft_kind_is_known"
            ),
        ]

    @classmethod
    def keep(
        cls, user: User, conversation_id: int, kind: str, text: str, *, to: Message | None = None
    ) -> None:
        """Blank text lets the draft go. `to` is the message a reply was begun to."""
        if not text.strip():
            cls.objects.filter(user=user, conversation_id=conversation_id, kind=kind).delete()
            return
        Draft.objects.bulk_create(
            [
                Draft(
                    user=user,
                    conversation_id=conversation_id,
                    kind=kind,
                    text=text,
                    to=to,
                    updated_at=timezone.now(),
                )
            ],
            update_conflicts=True,
            unique_fields=["user", "conversation", "kind"],
            update_fields=["text", "to", "updated_at"],
        )


class ReadMark(models.Model):
    """Up to which message (by arrival) one colleague has read; 0 is "unread again"."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="readmarks"
    )
    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.CASCADE, related_name="readmarks"
    )
    up_to = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="one_readmark")
        ]

    @classmethod
    def set(cls, user: User, conversation_id: int, up_to: int) -> None:
        ReadMark.objects.bulk_create(
            [ReadMark(user=user, conversation_id=conversation_id, up_to=up_to)],
            update_conflicts=True,
            unique_fields=["user", "conversation"],
            update_fields=["up_to"],
        )
