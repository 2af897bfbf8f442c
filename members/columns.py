"""The columns of the list of members: which there are, and which of them a reader has chosen.

The name is in every list. The order of the others is fixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from .follow_ups import today_of
from .models import Affiliation, Identity, Tag

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from team.models import User

    from .models.member import MemberQuerySet


@dataclass(frozen=True)
class Column:
    """`slug` is also the name of the order by it, where `is_sortable`."""

    slug: str
    label: str | _StrPromise
    is_sortable: bool = False


NAME = Column("name", _("Name"), is_sortable=True)
_ALL = (
    Column("tags", _("Tags")),
    Column("stage", _("Stage")),
    Column("owner", _("Owner")),
    Column("backup", _("Backup")),
    Column("contact", _("Last contact"), is_sortable=True),
    Column("seen", _("Last seen"), is_sortable=True),
    Column("first", _("First seen"), is_sortable=True),
    Column("organisations", _("Organisations")),
    Column("place", _("Place")),
    Column("languages", _("Languages")),
    Column("interests", _("Interests")),
    Column("birthday", _("Birthday")),
)
COLUMNS = {column.slug: column for column in _ALL}
USUAL = ("tags", "stage", "owner", "seen")


def shown_in(written: str, user: User) -> list[Column]:
    """Those of a view, as as_written() has them; what the reader has chosen, where it has none."""
    return named(written.split(",")) if written else chosen_by(user)


def as_written(columns: Iterable[Column]) -> str:
    """For an address and for a view that keeps them; "-" for none."""
    return ",".join(column.slug for column in columns) or "-"


def chosen_by(user: User) -> list[Column]:
    """As they stand in a list; the usual ones until somebody chooses."""
    kept = user.prefers("member_columns")
    return named(USUAL if kept is None else kept)


def named(slugs: Iterable[str]) -> list[Column]:
    """Those of these names, in the fixed order; what is no column is left out."""
    wanted = set(slugs)
    return [column for column in _ALL if column.slug in wanted]


def with_columns(found: MemberQuerySet, columns: Sequence[Column], user: User) -> MemberQuerySet:
    """With all that these columns have, and all accounts, as far as this user may see them: a few
    queries, however many rows there are."""
    accounts = Identity.objects.visible_to(user).order_by("network", "id")
    tags = Tag.objects.current().by_name()
    prefetched = [Prefetch("identities", accounts), Prefetch("tags", tags)]
    if any(column.slug == "organisations" for column in columns):
        now = Affiliation.objects.current(today_of(user)).newest_first()
        prefetched.append(Prefetch("affiliations", now.select_related("organisation")))
    found = with_dates(found, columns, user).select_related("owner", "backup", "user")
    return found.prefetch_related(*prefetched)


def with_dates(
    found: MemberQuerySet, columns: Iterable[Column], user: User | None
) -> MemberQuerySet:
    """With the dates that these columns show; None for the kept dates."""
    slugs = {column.slug for column in columns}
    if "seen" in slugs:
        found = found.with_seen_at(user)
    if "first" in slugs:
        found = found.with_first_at(user)
    if "contact" in slugs:
        found = found.with_contact_at(user)
    return found
