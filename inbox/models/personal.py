"""What belongs to one colleague in one conversation: the unfinished text, how far they read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models
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

    @classmethod
    def kept_elsewhere(
        cls, user: User, conversation_id: int, kind: str, text: str, known: Iterable[str]
    ) -> str:
        """The text that another browser has kept here since, "" for one that this one has or knows.
        It stays until the end of the transaction."""
        rows = cls.objects.filter(user=user, conversation_id=conversation_id, kind=kind)
        kept = rows.select_for_update().values_list("text", flat=True).first() or ""
        ours = {each.replace("\r\n", "\n").strip() for each in (text, *known, "")}
        return "" if kept.replace("\r\n", "\n").strip() in ours else kept

    @classmethod
    def append(cls, conversation_id: int, other: Draft) -> None:
        """The words of another draft below those of the one its writer has here."""
        here = cls.objects.get(user=other.user_id, conversation_id=conversation_id, kind=other.kind)
        here.text = f"{here.text}\n\n{other.text}"
        here.save(update_fields=["text"])


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
        cls._write(_SET, user, conversation_id, up_to)

    @classmethod
    def set_many(cls, user: User, conversation_ids: list[int], up_to: int) -> None:
        ReadMark.objects.bulk_create(
            [ReadMark(user=user, conversation_id=pk, up_to=up_to) for pk in conversation_ids],
            update_conflicts=True,
            unique_fields=["user", "conversation"],
            update_fields=["up_to"],
        )

    @classmethod
    def advance(cls, user: User, conversation_id: int, up_to: int) -> None:
        """Read so far; a tab that stands open since yesterday does not turn the mark back."""
        cls._write(_ADVANCE, user, conversation_id, up_to)

    @staticmethod
    def _write(statement: str, user: User, conversation_id: int, up_to: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, [user.pk, conversation_id, up_to])


# One statement: bulk_create would open and close a transaction around it, on every page read.
_SET = """
insert into inbox_readmark as mark (user_id, conversation_id, up_to) values (%s, %s, %s)
on conflict (user_id, conversation_id) do update set up_to = excluded.up_to
"""
_ADVANCE = f"{_SET} where mark.up_to < excluded.up_to"
