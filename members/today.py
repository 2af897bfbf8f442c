"""Today: what waits for a colleague, or for the team, in sections that each app registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from team.models import User

from . import follow_ups, hooks
from .hooks import MailLine, TodaySection
from .models import FollowUp, FollowUpKind

NOT_PROMISED = [kind for kind in FollowUpKind if kind != FollowUpKind.PROMISE]


@dataclass(frozen=True)
class FilledSection:
    """`has_more`: there are further rows than those."""

    section: TodaySection
    rows: list[Any]
    has_more: bool
    more: str  # where all of them are

    @property
    def number(self) -> str:
        return f"{len(self.rows)}+" if self.has_more else str(len(self.rows))


def sections(user: User, *, of_team: bool) -> list[FilledSection]:
    """In their order; one query each, or one for several, and some for what is found."""
    found = []
    rows_of = _rows_of_all(user, of_team)
    for section in sorted(hooks.today_sections, key=lambda each: each.place):
        rows = rows_of[section.slug]
        more = section.more(user, of_team)
        has_more = len(rows) > section.most
        found.append(FilledSection(section, rows[: section.most], has_more, more))
    return found


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


def promised(user: User, of_team: bool, most: int) -> list[FollowUp]:
    return due_of_kind(FollowUpKind.PROMISE, user, of_team, most)


def planned(user: User, of_team: bool, most: int) -> list[FollowUp]:
    return due_of_kind(FollowUpKind.FOLLOW_UP, user, of_team, most)


def due_of_kind(kind: FollowUpKind, user: User, of_team: bool, most: int) -> list[FollowUp]:
    kinds = [kind] if kind == FollowUpKind.PROMISE else NOT_PROMISED
    return follow_ups.due(user, kinds, of_team=of_team, most=most + 1)


def mail_line(row: FollowUp) -> MailLine:
    note = f"{row.due_words} · {row.place}" if row.place else row.due_words
    return MailLine(str(row.member), row.text, note, row.member.get_absolute_url())


PROMISED = TodaySection(
    slug="promised",
    title=_("Promised"),
    hint=_("what you said you would do"),
    empty=_("No promise is due today or late."),
    template="members/_today_follow_up.html",
    rows=promised,
    line=mail_line,
    place=10,
)
PLANNED = TodaySection(
    slug="follow-ups",
    title=_("Follow up"),
    hint=_("what you planned to do"),
    empty=_("No follow-up is due today or late."),
    template="members/_today_follow_up.html",
    rows=planned,
    line=mail_line,
    place=20,
)
