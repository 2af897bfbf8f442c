"""Words the team puts on things; the join rows live in the app of what is tagged."""

from __future__ import annotations

from django.db import models
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from community_hub.lib.text import one_line

HUES = 12


class Tag(models.Model):
    name = models.CharField(max_length=40)
    colour = models.PositiveSmallIntegerField(default=0)  # one of HUES hues of the palette
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_tag_a_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, name: str) -> Tag:
        """The tag of this name, in whatever case, made when there is none. ValueError if blank."""
        name = one_line(name, 40)
        if not name:
            raise ValueError("A tag needs a name.")
        same = Exact(Lower("name"), Lower(Value(name)))  # by the same rule as the constraint
        found = cls.objects.filter(same).first()
        if found:
            return found
        colour = sum(name.lower().encode()) % HUES
        Tag.objects.bulk_create([Tag(name=name, colour=colour)], ignore_conflicts=True)
        return cls.objects.get(same)


class MemberTag(models.Model):
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "tag"], name="one_tag_once_a_member")
        ]
