"""A member's history as a page shows it: narrowed by filters, with the chart that leads through it.

The pieces are in timeline.py (pages of lines), timeline_filters.py and activity_chart.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from community_hub.lib import keyset
from community_hub.lib.query import Context, Mistake
from team.models import User

from . import activity_chart
from .activity_chart import Chart, Offered
from .encounters import with_people_told
from .models import Identity, Member
from .models.activity import NEWEST_FIRST
from .surroundings import Surroundings
from .timeline import LINES, MOST_PRINTED, Day, Page, by_day, cursor_before, page_of
from .timeline_filters import (
    KindGroup,
    Period,
    Removable,
    TimelineFilters,
    shown_groups,
)


@dataclass(frozen=True)
class Story:
    """`mistake`: why the period could not be read; nothing is found then. `before`: the cursor that
    the page begins after, "" at the top. `chart` and `offered`: where they are shown."""

    filters: TimelineFilters
    page: Page
    surroundings: Surroundings
    period: Period
    before: str = ""
    mistake: str = ""
    chart: Chart | None = None
    offered: Offered | None = None

    @cached_property
    def days(self) -> list[Day]:
        return by_day(self.page, self.surroundings.zone)

    @property
    def is_later_page(self) -> bool:
        return keyset.parse_cursor(self.before) is not None

    @property
    def older(self) -> str:
        """The address of the page that follows; "" at the end."""
        return self.filters.address(before=self.page.older) if self.page.older else ""

    @property
    def newest(self) -> str:
        """The address of the first page."""
        return self.filters.address()

    @property
    def shown(self) -> str:
        """The address that brings what is shown up to date."""
        return self.filters.address(before=self.before, until=self.page.shown_until)

    @property
    def printed(self) -> str:
        return self.filters.address(print="1")

    @property
    def all_kinds(self) -> str:
        return self.filters.but(kinds=())

    @property
    def before_the_period(self) -> str:
        """Where a period was read to its beginning: the address of what was before it."""
        if self.page.older or not self.period.start:
            return ""
        rest = replace(self.filters, when="")
        return rest.address(before=cursor_before(self.period.start))

    @property
    def groups(self) -> list[tuple[KindGroup, str, bool]]:
        return shown_groups(self.offered.kinds, self.filters) if self.offered else []

    @property
    def removable(self) -> list[Removable]:
        found = self.offered
        return self.filters.removable(found.source_names, found.people_names) if found else []

    @property
    def has_more_than_one_source(self) -> bool:
        return bool(self.offered and len(self.offered.sources) > 1)

    @property
    def has_more_than_one_person(self) -> bool:
        found = self.offered
        return bool(found and len(found.teammates) + len(found.accounts) > 1)


@dataclass(frozen=True)
class Wanted:
    """A part of the history, as an address says it. `until`: down to which line it is brought up to
    date; `size`: lines of a page."""

    filters: TimelineFilters
    period: Period
    mistake: str = ""
    before: str = ""
    until: str = ""
    size: int = LINES

    @classmethod
    def parse(cls, given: QueryDict, user: User, zone: tzinfo) -> Wanted:
        """`print` asks for all of it at once, as far as it goes."""
        filters = TimelineFilters.parse(given)
        size = MOST_PRINTED if "print" in given else LINES
        before, until = given.get("before", ""), given.get("until", "")
        context = Context(user=user, now=timezone.now(), timezone=zone)
        try:
            return cls(filters, filters.period(context), "", before, until, size)
        except Mistake as mistake:
            return cls(filters, Period(), str(mistake), before, until, size)

    @property
    def condition(self) -> Q | None:
        """On lines; None where all of them are wanted."""
        if self.mistake:
            return Q(pk__in=[])
        found = self.filters.condition(self.period) & NEWEST_FIRST.beginning_at(self.before)
        return found or None

    @property
    def lines(self) -> int:
        """How many to read, with the one at the cursor, for a page that may have one more."""
        return self.size + bool(self.before)


def story_of(wanted: Wanted, page: Page, around: Surroundings) -> Story:
    return Story(
        wanted.filters, page, around, wanted.period, before=wanted.before, mistake=wanted.mistake
    )


def read_page(member: Member, user: User, wanted: Wanted) -> Page:
    """A page of lines alone, to go on with or to bring up to date. One or two queries; two more
    where lines tell of encounters."""
    if wanted.mistake:
        return Page([])
    condition = wanted.filters.condition(wanted.period)
    page = page_of(
        member, user, condition, before=wanted.before, until=wanted.until, size=wanted.size
    )
    with_people_told(page.rows, user)
    return page


def with_chart(story: Story, member: Member, user: User, identities: Sequence[Identity]) -> Story:
    """One query."""
    zone, filters = story.surroundings.zone, story.filters
    counts = activity_chart.counted(member, user, zone, filters)
    return replace(
        story,
        chart=activity_chart.chart_of(counts, filters, story.period, zone),
        offered=activity_chart.offered(counts, identities, story.surroundings.scopes),
    )
