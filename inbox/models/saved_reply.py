"""Words that are kept to be sent again, by one colleague or by the whole team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path

if TYPE_CHECKING:
    from team.models import User


class SavedReplyQuerySet(models.QuerySet["SavedReply"]):
    def visible_to(self, user: User) -> SavedReplyQuerySet:
        """One's own, and what is shared."""
        return self.filter(Q(owner__isnull=True) | Q(owner=user.pk))

    def current(self) -> SavedReplyQuerySet:
        """Without those that were deleted."""
        return self.filter(removed_at__isnull=True)

    def note_use(self) -> None:
        """They were put into a reply, just now."""
        self.update(used_count=F("used_count") + 1, last_used_at=timezone.now())


class SavedReply(models.Model):
    """`text` is Markdown with variables, as in `Hi {{ member.first_name | there }}`; `language` is
    the code of the one it is written in, or blank. `owner`: whose it is; null: shared."""

    title = models.CharField(_("title"), max_length=80)
    folder = models.CharField(_("folder"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    text = models.TextField(_("text"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved replies"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path("saved-reply", self.pk)
