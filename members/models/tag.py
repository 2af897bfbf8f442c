"""Words the team puts on things; the join rows live in the app of what is tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from community_hub.lib.paths import path
from community_hub.lib.text import typed_line
from members import hooks

from .member import Member
from .scopes import hidden_scopes

if TYPE_CHECKING:
    from team.models import User

HUES = 12
LONGEST = 40  # characters of a name


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: User) -> TagQuerySet:
        """Those on something they may see, and those that are on nothing yet."""
        if hidden_scopes(user) is None:
            return self
        seen, used = Q(), Q()
        for use in tag_uses():
            used |= Q(Exists(use.rows.objects.filter(tag=OuterRef("pk"))))
            seen |= Q(Exists(use.visible(user).filter(tag=OuterRef("pk"))))
        return self.filter(seen | ~used)

    def by_name(self) -> TagQuerySet:
        """“bug” before “Meet-ups”."""
        return self.order_by(Lower("name"), "pk")

    def current(self) -> TagQuerySet:
        """Without those that were deleted."""
        return self.filter(removed_at__isnull=True)


class Tag(models.Model):
    """One that was deleted, or merged into another, keeps its row and its join rows, so that all of
    it comes back with one Undo; nobody is shown it."""

    name = models.CharField(max_length=LONGEST)
    colour = models.PositiveSmallIntegerField(default=0)  # one of HUES hues of the palette
    description = models.CharField(max_length=200, blank=True)
    cadence_days = models.PositiveSmallIntegerField(null=True)  # to be in touch with its members
    removed_at = models.DateTimeField(null=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(removed_at__isnull=True), name="one_current_tag_a_name"
            ),
            models.CheckConstraint(
                condition=Q(cadence_days__isnull=True) | Q(cadence_days__gte=1),
                name="tag_cadence_is_a_day_or_more",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its place on the page of tags."""
        return f"{path('tag-list')}#tag-{self.pk}"

    @classmethod
    def named(cls, name: str) -> Tag:
        """The tag of this name, in whatever case, made when there is none. ValueError: see
        tag_name()."""
        return cls.found_or_made(name)[0]

    @classmethod
    def found_or_made(cls, name: str) -> tuple[Tag, bool]:
        """As `named`, and whether it was made."""
        name = tag_name(name)
        same = Exact(Lower("name"), Lower(Value(name)))  # by the same rule as the constraint
        found = cls.objects.current().filter(same).first()
        if found:
            return found, False
        Tag.objects.bulk_create([Tag(name=name, colour=hue_of(name))], ignore_conflicts=True)
        return cls.objects.current().get(same), True


def tag_name(typed: str) -> str:
    """As it is kept. ValueError with a sentence where it is blank or too long."""
    name = typed_line(typed, LONGEST)
    if not name:
        raise ValueError(_("Enter a tag name first."))
    return name


def hue_of(name: str) -> int:
    """The colour of a new tag."""
    return sum(name.lower().encode()) % HUES


class MemberTag(models.Model):
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "tag"], name="one_tag_once_a_member")
        ]


def visible_member_tags(user: User) -> models.QuerySet[MemberTag]:
    return MemberTag.objects.filter(member__in=Member.objects.visible_to(user))


def tag_uses() -> list[hooks.TagUse]:
    """All that can be tagged: members, and what the apps above have."""
    return [hooks.TagUse(MemberTag, "member", visible_member_tags), *hooks.tag_uses]
