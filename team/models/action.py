"""What was done, by whom, and how to take it back: the undo and the audit trail in one table."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone


class Action(models.Model):
    """One verb on one object. `before` and `after` hold the changed fields as JSON values.

    The database refuses to change or delete a row, but for `undone_at` (migration 0002).
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="actions"
    )
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)  # "inbox.conversation"
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="action_of_object"),
        ]

    @classmethod
    def record(
        cls,
        verb: str,
        subject: models.Model,
        *,
        by: Any,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> Action:
        return cls.objects.create(
            by=by,
            verb=verb,
            object_type=subject._meta.label_lower,
            object_id=subject.pk,
            before=before or {},
            after=after or {},
        )

    def undo(self, *, by: Any) -> bool:
        """Take it back, once, and only where nobody changed the same thing since.

        The subject's model has `visible_to(user)` and `take_back(action) -> bool`. False: not
        yours, no longer visible to you, undone already, or changed by somebody meanwhile.
        """
        model: Any = apps.get_model(self.object_type)
        with transaction.atomic():
            subject = model.objects.visible_to(by).filter(pk=self.object_id).first()
            if subject is None or self.by_id != by.pk:
                return False
            mine = Action.objects.filter(pk=self.pk, undone_at__isnull=True)
            if not mine.update(undone_at=timezone.now()):
                return False
            if not subject.take_back(self):
                transaction.set_rollback(True)
                return False
        return True
