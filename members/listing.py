"""What a reader asks of the list of members: a query, a stage and an order, as they stand in an
address, in a job or in an export. The one place that reads them and makes rows of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import Order, counted
from community_hub.lib.text import number, storable

from . import filters
from .columns import COLUMNS, Column, named
from .models import Member, Stage
from .models.member import in_stage
from .models.scopes import with_hidden_scopes_read

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from team.models import User

    from .models.member import MemberQuerySet

LONGEST = 2_000  # characters of a query
LONGEST_COLUMNS = 200


@dataclass(frozen=True)
class Sort:
    """`slug` as in the address, "-" first where it is descending; `column` of members/columns.py"""

    slug: str
    label: str | _StrPromise
    order: Order

    @property
    def column(self) -> str:
        return self.slug.removeprefix("-")

    @property
    def aria(self) -> str:
        """A value of aria-sort."""
        return "descending" if self.slug.startswith("-") else "ascending"


_ALL = (
    Sort("-seen", _("Last seen, newest first"), Order("-seen_at", bound="last_seen")),
    Sort("seen", _("Last seen, oldest first"), Order("seen_at")),
    Sort("-first", _("First seen, newest first"), Order("-by_first")),
    Sort("first", _("First seen, oldest first"), Order("by_first")),
    Sort("-contact", _("Last contact, newest first"), Order("-by_contact")),
    Sort("contact", _("Last contact, oldest first"), Order("by_contact")),
    Sort("name", _("Name, A to Z"), Order("by_name", is_text=True, bound="by_name")),
    Sort("-name", _("Name, Z to A"), Order("-by_name", is_text=True, bound="by_name")),
)
SORTS = {sort.slug: sort for sort in _ALL}
DEFAULT = "-seen"
# where a column's heading leads when the list is in another column's order
FIRST = {"name": "name", "seen": "-seen", "first": "-first", "contact": "contact"}


@dataclass(frozen=True)
class MemberListing:
    """`query` as in docs/query-language.md, `stage` of Stage or "", `sort` of SORTS; `columns` as
    columns.as_written() has them, "" for those that the reader has chosen."""

    query: str = ""
    stage: str = ""
    sort: str = DEFAULT
    view: int = 0
    columns: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> MemberListing:
        """Of an address, a form, or `as_json`. What cannot be read is left out."""
        sort, stage = given.get("sort", ""), given.get("stage", "")
        return cls(
            query=storable(given.get("q", "")).strip(),
            stage=stage if stage in Stage.values else "",
            sort=sort if sort in SORTS else DEFAULT,
            view=number(given.get("view", "")),
            columns=storable(given.get("columns", ""))[:LONGEST_COLUMNS],
        )

    def as_json(self) -> dict[str, str]:
        """As in an address, without what is as usual; of a view, which would fill that in by its
        own, with it."""
        values = {"q": self.query, "stage": self.stage, "sort": self.sort}
        more = {"columns": self.columns} if self.columns else {}
        if self.view:
            return {**values, "view": str(self.view), **more}
        usual = {"q": "", "stage": "", "sort": DEFAULT}
        kept = {name: value for name, value in values.items() if value != usual[name]}
        return {**kept, **more}

    @property
    def address(self) -> str:
        """The query of an address."""
        return urlencode(self.as_json())

    @property
    def text(self) -> str:
        """The query with the stage in it, as it is saved."""
        return f"{self.query} stage:{self.stage}".strip() if self.stage else self.query

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.stage)

    @property
    def order(self) -> Order:
        return SORTS[self.sort].order

    def sorted_by(self, column: str) -> MemberListing:
        """In the order that a press on a column's heading asks for: the other way round, where it
        is in that column's order already."""
        if SORTS[self.sort].column != column:
            return replace(self, sort=FIRST[column])
        turned = column if self.sort.startswith("-") else f"-{column}"
        return replace(self, sort=turned)

    def found(self, user: User) -> MemberQuerySet:
        """Whom it asks for, of those this user may see, with what its order goes by; not sorted
        yet. Raises Mistake."""
        found = Member.objects.visible_to(user).community().with_seen_at(user)
        return found.filter(self._asked(user)).with_order(self.order.name, user)

    def found_in_parts(self, user: User) -> list[MemberQuerySet]:
        """The same as `visible_parts()`, which a page is read from quicker. Raises Mistake."""
        asked = self._asked(user)
        return [
            part.community()
            .with_seen_at(dates_for, all_differ=True)
            .filter(asked)
            .with_order(self.order.name, dates_for, all_differ=True)
            for part, dates_for in Member.objects.visible_parts(user)
        ]

    def count(self, user: User, cap: int) -> int:
        """How many members it asks for, counted up to `cap`. Raises Mistake."""
        found = 0
        for part in self.found_in_parts(with_hidden_scopes_read(user)):
            if found < cap:
                found += counted(part, cap - found)
        return found

    def _asked(self, user: User) -> Q:
        asked = in_stage(self.stage) if self.stage else Q()
        return asked & filters.condition(self.query, user) if self.query else asked


def shown_when_sorted(chosen: Sequence[Column], wanted: MemberListing) -> list[Column]:
    """These, and the one that a list is sorted by where that is not the usual order: dates that
    rows are in the order of stand in them."""
    column = COLUMNS.get(SORTS[wanted.sort].column)
    if wanted.sort == DEFAULT or column is None or column in chosen:
        return list(chosen)
    return named([column.slug, *(each.slug for each in chosen)])


def count(user: User, text: str, cap: int) -> int:
    """How many members a query finds, counted up to `cap`. Raises Mistake."""
    return MemberListing(query=text).count(user, cap)
