"""A query with its order that somebody saved, for themselves or for the team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from team import listings

if TYPE_CHECKING:
    from .user import User

LONGEST = 80  # characters of a name


class SavedQueryQuerySet(models.QuerySet["SavedQuery"]):
    def visible_to(self, user: User) -> SavedQueryQuerySet:
        """One's own, and what is shared."""
        return self.filter(Q(shared=True) | Q(owner=user.pk))

    def current(self) -> SavedQueryQuerySet:
        """Without those that were removed."""
        return self.filter(removed_at__isnull=True)

    def in_own_order(self) -> SavedQueryQuerySet:
        return self.order_by("position", "pk")


class SavedQuery(models.Model):
    """`kind`: of team/listings.py, what it lists; `text`: the query as it was typed; `order`: one
    of its listing's; `options`: values by name of what else its listing keeps. `position` is among
    those of its owner, whom it is for alone: colleagues see what is shared by name. One that was
    removed keeps its row, for Undo."""

    kind = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=LONGEST)
    text = models.TextField(_("query"), blank=True)
    order = models.CharField(_("order"), max_length=30)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shared = models.BooleanField(default=False)
    options = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    # Of a copy for a reader from whom something that `text` names is hidden (hidden_parts.py).
    is_partly_hidden: bool = False

    objects = SavedQueryQuerySet.as_manager()

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        constraints = [
            models.UniqueConstraint(
                "owner",
                "kind",
                Lower("name"),
                condition=Q(removed_at__isnull=True),
                name="one_current_view_a_name",
            )
        ]
        indexes = [
            models.Index(
                Lower("name"),
                condition=Q(shared=True, removed_at__isnull=True),
                name="views_of_the_team",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The link for colleagues; "" where what it lists is not there any more."""
        return self.listing.view_address(self.pk) if self.listing else ""

    @property
    def listing(self) -> listings.ListKind | None:
        return listings.find(self.kind)

    def can_be_edited_by(self, user: User) -> bool:
        """What is shared is changed by leads, and by its owner while they may share."""
        if self.owner_id != user.pk:
            return self.shared and user.is_lead
        return not self.shared or user.can_share_views

    def can_be_shared_by(self, user: User) -> bool:
        """Also taken back for oneself."""
        return self.owner_id == user.pk and user.can_share_views
