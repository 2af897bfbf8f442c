"""Words that are kept to be sent again, by one colleague or by the whole team, in one language
or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib.language_names import NAMES
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

    def firsts(self) -> SavedReplyQuerySet:
        """One row a reply: its first text, by which it is named and counted."""
        return self.filter(variant_of__isnull=True)

    def note_use(self) -> None:
        """They were put into a reply, just now."""
        self.update(used_count=F("used_count") + 1, last_used_at=timezone.now())


class SavedReply(models.Model):
    """`text` is Markdown with variables, as in `Hi {{ member.first_name | there }}`; `language` is
    the code of the one it is written in, or blank. `owner`: whose it is; null: shared.

    A text in another language is a row whose `variant_of` is the first one's. Its title, folder
    and owner are kept as the first one has them; what was used is counted there alone."""

    title = models.CharField(_("title"), max_length=80)
    folder = models.CharField(_("folder"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    text = models.TextField(_("text"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    variant_of = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="variants"
    )
    used_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "saved replies"
        constraints = [
            models.UniqueConstraint(
                fields=["variant_of", "language"],
                condition=Q(removed_at__isnull=True),
                name="saved_reply_variant_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        if self.variant_of_id:
            return path("saved-reply-variant", self.variant_of_id, self.pk)
        return path("saved-reply", self.pk)

    @property
    def language_name(self) -> str:
        """As its speakers call it."""
        return NAMES.get(self.language, self.language) or str(_("Any language"))

    @property
    def texts(self) -> list[SavedReply]:
        """The first one, then those in other languages by the languages' codes; needs prefetched
        `variants` in a list."""
        others = [other for other in self.variants.all() if other.removed_at is None]
        return [self, *sorted(others, key=lambda other: other.language)]

    def text_in(self, languages: Iterable[str]) -> SavedReply:
        """The one in the first of these languages that has any; else the first text."""
        by_language = {text.language: text for text in reversed(self.texts)}
        return next((by_language[each] for each in languages if each in by_language), self)
