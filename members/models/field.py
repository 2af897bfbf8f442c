"""What a team adds to its members' details. The values are in `Member.fields`, by `Field.key`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from community_hub.lib.paths import path

if TYPE_CHECKING:
    from team.models import User

LONGEST_NAME = 60
LONGEST_KEY = 48
LONGEST_HELP = 200
MOST_FIELDS = 40
MOST_CHOICES = 60


class FieldType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    URL = "url", _("Web address")


class FieldQuerySet(models.QuerySet["Field"]):
    def visible_to(self, user: User) -> FieldQuerySet:
        """Every teammate."""
        return self if user.is_authenticated else self.none()

    def current(self) -> FieldQuerySet:
        """Without those that were removed, in their order."""
        return self.filter(removed_at__isnull=True).order_by(Lower("name"), "pk")


class Field(models.Model):
    """`key` is made from the first name and stays, so that values and queries need not follow a
    new name. One that was removed keeps its row, and members their values, for Undo."""

    key = models.CharField(max_length=LONGEST_KEY, unique=True)
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, choices=FieldType.choices)
    choices = models.JSONField(default=list, blank=True)  # texts, of a choice
    help = models.CharField(max_length=LONGEST_HELP, blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = FieldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(removed_at__isnull=True), name="one_current_field_a_name"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FieldType.values), name="field_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{path('member-fields')}#field-{self.pk}"
