"""Today: what waits for a colleague, or for the team, in sections that each app registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from team.models import User

from . import follow_ups, hooks
from .hooks import MailLine, TodaySection
from .models import FollowUp, FollowUpKind

TEMPLATE = "members/_today_follow_up.html"
MOST = 20  # due follow-ups of a section
KEPT = 60  # seconds in which what the team has is not looked for again
Found = tuple[list[Any], bool]  # rows, and whether there are more


@dataclass(frozen=True)
class Shown:
    """A row, the template that shows it, and what makes a line of it for the mail."""

    row: Any
    template: str
    line: Callable[[Any], MailLine] | None
    is_due: bool


@dataclass(frozen=True)
class FilledSection:
    """`has_more`: there are further rows than those. `of_team`: how many the team has, in words,
    where one has none oneself and that is known; else ""."""

    section: TodaySection
    shown: list[Shown]
    has_more: bool
    more: str  # where all of them are
    of_team: str = ""

    @property
    def rows(self) -> list[Any]:
        return [each.row for each in self.shown]

    @property
    def number(self) -> str:
        return f"{len(self.shown)}+" if self.has_more else str(len(self.shown))


def sections(user: User, *, of_team: bool) -> list[FilledSection]:
    """In their order; one query each, or one for several, and some for what is found."""
    due = follow_ups.due(user, of_team=of_team, most=MOST + 1)
    return _filled(user, of_team, _by_kind(due))


def _filled(user: User, of_team: bool, due_of: dict[str, Found]) -> list[FilledSection]:
    found = []
    rows_of = _rows_of_all(user, of_team)
    for section in sorted(hooks.today_sections, key=lambda each: each.place):
        due, more_due = due_of.get(section.planned, ([], False))
        rows = rows_of[section.slug]
        shown = [Shown(row, TEMPLATE, mail_line, True) for row in due]
        shown += [
            Shown(row, section.template, section.line, _is_due(section, row))
            for row in rows[: section.most]
        ]
        has_more = more_due or len(rows) > section.most
        found.append(FilledSection(section, shown, has_more, section.more(user, of_team)))
    return found


def _is_due(section: TodaySection, row: Any) -> bool:
    return section.is_due(row) if callable(section.is_due) else section.is_due


def own_sections(user: User) -> list[FilledSection]:
    """One's own; those that are empty say how many the team has there, as of a minute ago at most:
    they are looked for as often as the team's page is, and not with each of one's own. What the
    team planned is read with what one planned oneself."""
    due, due_of_team = follow_ups.due_of_both(user, most=MOST + 1)
    own = _filled(user, False, _by_kind(due))
    if all(each.shown for each in own):
        return own
    key = f"today-of-team:{user.pk}"
    rows: dict[str, int] | None = cache.get(key)
    if rows is None:
        rows = {slug: len(found) for slug, found in _rows_of_all(user, True).items()}
        cache.set(key, rows, KEPT)
    of_team = _by_kind(due_of_team)
    return [each if each.shown else _with_count(each, rows, of_team) for each in own]


def _with_count(
    empty: FilledSection, rows_of: dict[str, int], due_of: dict[str, Found]
) -> FilledSection:
    section = empty.section
    due, more_due = due_of.get(section.planned, ([], False))
    rows = 0 if section.is_shared else rows_of.get(section.slug, 0)
    many = len(due) + min(rows, section.most)
    is_more = more_due or rows > section.most
    return replace(empty, of_team=f"{many}+" if is_more else str(many) if many else "")


def _rows_of_all(user: User, of_team: bool) -> dict[str, list[Any]]:
    """By slug, one more of each than is shown where there are more."""
    rows: dict[str, list[Any]] = {}
    for section in hooks.today_sections:
        if section.slug in rows:
            continue
        if section.together is None:
            rows[section.slug] = section.rows(user, of_team, section.most)
            continue
        group = [each for each in hooks.today_sections if each.together == section.together]
        rows |= section.together(user, of_team, {each.slug: each.most + 1 for each in group})
    return rows


def _by_kind(due: list[FollowUp]) -> dict[str, Found]:
    """Due follow-ups, as many of each kind as are shown."""
    by_kind: dict[str, list[FollowUp]] = defaultdict(list)
    for row in due:
        by_kind[row.kind].append(row)
    return {kind: (rows[:MOST], len(rows) > MOST) for kind, rows in by_kind.items()}


def nothing_else(_user: User, _of_team: bool, _most: int) -> list[Any]:
    """Such a section has due follow-ups alone."""
    return []


def mail_line(row: FollowUp) -> MailLine:
    note = " · ".join(filter(None, (row.due_words, row.place_words)))
    return MailLine(str(row.member), row.text, note, row.member.get_absolute_url())


PROMISED = TodaySection(
    slug="promised",
    title=_("Promised"),
    hint=_("what you said you would do"),
    empty=_("No promise is due today or late."),
    template=TEMPLATE,
    rows=nothing_else,
    line=mail_line,
    planned=FollowUpKind.PROMISE,
    place=10,
)
PLANNED = TodaySection(
    slug="follow-ups",
    title=_("Follow up"),
    hint=_("what you planned to do"),
    empty=_("No follow-up is due today or late."),
    template=TEMPLATE,
    rows=nothing_else,
    line=mail_line,
    planned=FollowUpKind.FOLLOW_UP,
    place=20,
)
