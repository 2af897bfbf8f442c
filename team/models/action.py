"""What was done, by whom, and how to undo it: undo and audit trail in one table.

Rows are written by `team.actions.record` alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models

if TYPE_CHECKING:
    from .user import User


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User) -> ActionQuerySet:
        """The audit trail is for leads and admins; everybody may look up their own."""
        return self if user.can_read_audit_trail else self.filter(by=user)

    def undoable_by(self, user: User) -> ActionQuerySet:
        """One's own, and for leads those of colleagues; the verb has the last word."""
        return self if user.is_lead else self.filter(by=user)


class Action(models.Model):
    """One verb on one object. `before` and `after` hold the changed fields as JSON values.

    The database refuses to change or delete a row, but for `undone_at` and `undone_by` (migration
    0014).
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="actions",
        db_index=False,
    )
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)  # "inbox.conversation"
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )  # null, though it was undone: before this was kept
    # what one call did: one Undo undoes all of it
    group = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID())

    objects = ActionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="action_of_object"),
            models.Index(fields=["group", "-id"], name="actions_of_a_group"),
            models.Index(fields=["by", "-id"], name="actions_of_a_colleague"),
        ]
