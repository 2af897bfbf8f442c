"""A member's history, page by page: lines of the log, grouped by day and by conversation.

A page is so many lines, so that it is one index range; what belongs together is put together among
the lines that it holds, and a group that the end of a page cuts goes on at the top of the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Q, TextField, Value

from community_hub.lib import keyset
from team.models import User

from . import hooks
from .log import timeline
from .models import Activity, Member
from .models.activity import NEWEST_FIRST, ActivityQuerySet

LINES = 50  # of a page
MOST_LINES = 300  # that are brought up to date at once
MOST_PRINTED = 2000
SAME = 60  # characters of a title that are no others than those of the line
# What was said in a conversation: these lines of one day are one entry.
SAID = frozenset(("message", "edited", "deleted", "reply"))


@dataclass(frozen=True)
class Page:
    """`older`: the cursor before which there are more lines, "" at the beginning. `above` and
    `below`: the lines that stand right before and after these, where they are known."""

    rows: list[Activity]
    older: str = ""
    above: Activity | None = None
    below: Activity | None = None

    @property
    def shown_until(self) -> str:
        """The cursor of the last line."""
        return NEWEST_FIRST.cursor_of(self.rows[-1]) if self.rows else ""


@dataclass
class Entry:
    """A line, or what was said in one conversation on one day: the newest first. `is_continued`:
    newer lines of it stand on the page before; `continues`: older ones on the next."""

    lines: list[Activity]
    thread: str = ""
    is_continued: bool = False
    continues: bool = False

    @property
    def newest(self) -> Activity:
        return self.lines[0]

    @property
    def is_group(self) -> bool:
        return len(self.lines) > 1 or self.is_continued or self.continues

    @property
    def title(self) -> str:
        """Of the conversation; "" where it has none."""
        return getattr(self.newest, "thread_title", None) or ""

    @property
    def says_title(self) -> bool:
        """Beside a single line, unless the title is made of its words."""
        return bool(self.title) and not self.newest.summary.startswith(self.title[:SAME])

    @property
    def theirs(self) -> int:
        return sum(line.kind == "message" for line in self.lines)

    @property
    def ours(self) -> int:
        return sum(line.kind == "reply" for line in self.lines)


@dataclass
class Day:
    """`is_continued`: its newer lines stand on the page before."""

    date: date
    is_continued: bool = False
    entries: list[Entry] = field(default_factory=list)


def thread_of(line: Activity) -> str:
    """The path of the conversation in which it was said; "" for what was said in none."""
    return line.link.partition("#")[0] if line.kind in SAID else ""


def by_day(page: Page, zone: tzinfo) -> list[Day]:
    """The page's lines, by the hub's days. A conversation stands where its newest line does."""
    days: list[Day] = []
    entries: dict[str, Entry] = {}
    above = _place(page.above, zone)
    for line in page.rows:
        day = line.occurred_at.astimezone(zone).date()
        if not days or days[-1].date != day:
            days.append(Day(day, is_continued=not days and above is not None and above[0] == day))
            entries = {}
        thread = thread_of(line)
        if thread and thread in entries:
            entries[thread].lines.append(line)
            continue
        entry = Entry([line], thread, is_continued=bool(thread) and (day, thread) == above)
        days[-1].entries.append(entry)
        if thread:
            entries[thread] = entry
    below = _place(page.below, zone)
    if days and below and below[0] == days[-1].date and below[1] in entries:
        entries[below[1]].continues = True
    return days


def _place(line: Activity | None, zone: tzinfo) -> tuple[date, str] | None:
    return (line.occurred_at.astimezone(zone).date(), thread_of(line)) if line else None


# Read ---------------------------------------------------------------------------------------------


def page_of(
    member: Member,
    user: User,
    condition: Q,
    *,
    before: str = "",
    until: str = "",
    size: int = LINES,
) -> Page:
    """The newest lines that fulfil a condition, or those that follow a cursor. One query.

    With `until`, to bring what is shown up to date, all of them down to the line at that cursor;
    two queries.
    """
    found = with_titles(timeline(member, user).filter(condition)).select_related("actor")
    if keyset.parse_cursor(until) is None:
        rows = list(found.filter(NEWEST_FIRST.beginning_at(before))[: size + 2])
        return page_from(rows, before, size)
    down = found.filter(NEWEST_FIRST.beginning_at(before), NEWEST_FIRST.until(until))
    page = page_from(list(down[: MOST_LINES + 1]), before, MOST_LINES + 1)
    last = page.shown_until or until
    rest = list(found.filter(NEWEST_FIRST.after(last))[:1])
    return replace(page, older=last if rest else "", below=rest[0] if rest else None)


def with_titles(lines: ActivityQuerySet) -> ActivityQuerySet:
    """With `thread_title`, for lines of conversations."""
    title: Any = hooks.thread_title[0]() if hooks.thread_title else Value("", TextField())
    return lines.annotate(thread_title=title)


def page_from(lines: Sequence[Activity], before: str, size: int) -> Page:
    """Of lines that were read, from the one at the cursor on if that is still there, to one beyond
    the page where there are more."""
    rows, above = list(lines), None
    if rows and keyset.parse_cursor(before) == (rows[0].occurred_at, rows[0].pk):
        above = rows.pop(0)
    shown, below = rows[:size], rows[size : size + 1]
    older = NEWEST_FIRST.cursor_of(shown[-1]) if below and shown else ""
    return Page(shown, older, above, below[0] if below else None)


def cursor_before(moment: datetime) -> str:
    """A place behind which everything is older than a moment."""
    return keyset.cursor(moment, 1)
