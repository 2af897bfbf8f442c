"""The page of tags as its readers see it: each with what carries it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from community_hub.lib.keyset import CAP
from community_hub.lib.query.syntax import quoted
from team import listings

from .hooks import TagUse
from .models import Member, MemberTag, Tag
from .models.tag import tag_uses

if TYPE_CHECKING:
    from team.models import User

    from .models.tag import TagQuerySet

MOST = 500  # tags on the page


@dataclass(frozen=True)
class Row:
    """A tag and how many members and conversations carry it, as far as its reader may see them."""

    tag: Tag
    members: int
    conversations: int

    @property
    def members_url(self) -> str:
        """The list of the members that carry it."""
        return self._list("members")

    @property
    def conversations_url(self) -> str:
        """The list of the conversations that carry it; "" where no app has one."""
        return self._list("conversations")

    def _list(self, kind: str) -> str:
        listing = listings.find(kind)
        return listing.address(f"tag:{quoted(self.tag.name)}") if listing else ""


def rows(user: User) -> list[Row]:
    """In one query, by name. No count goes on past CAP."""
    found = Tag.objects.visible_to(user).current().by_name()
    counted = found.annotate(
        **{
            f"on_{use.of}": ArraySubquery(
                _listed(use, user).filter(tag=OuterRef("pk")).values(use.of)[:CAP]
            )
            for use in tag_uses()
        }
    )
    return [
        Row(tag, _number(tag, "member"), _number(tag, "conversation")) for tag in counted[:MOST]
    ]


def _listed(use: TagUse, user: User) -> Any:
    """The rows on what the lists show: that of members leaves out the hub's own accounts."""
    rows = use.visible(user)
    if use.rows is MemberTag:
        rows = rows.filter(member__in=Member.objects.community())
    return rows


def _number(tag: Tag, of: str) -> int:
    return len(getattr(tag, f"on_{of}", ()))


def others(tag: Tag, user: User) -> TagQuerySet:
    """What it can be merged into, by name."""
    return Tag.objects.visible_to(user).current().exclude(pk=tag.pk).by_name()
