"""What the list of members and a member's page need beyond their views' context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from community_hub.lib import compiled
from community_hub.lib.paths import path
from members import custom_fields as own_fields
from members.columns import NAME
from members.listing import SORTS
from members.models import Activity, Member

register = template.Library()
NUMBER = 987654321  # stands in an address for the number of a row


@register.simple_tag(takes_context=True)
def member_headings(context: dict[str, Any]) -> str:
    """The heads of the columns; of those that sort, each leads to that order."""
    wanted = context["wanted"]
    current = SORTS[wanted.sort]
    headings = [
        (
            column.slug,
            column.label,
            f"{path('members')}?{wanted.sorted_by(column.slug).address}"
            if column.is_sortable
            else "",
            current.aria if column.slug == current.column else "",
        )
        for column in (NAME, *context["columns"])
    ]
    return compiled.render("members/headings.jinja", context, headings=headings)


@register.simple_tag(takes_context=True)
def member_rows(context: dict[str, Any]) -> str:
    return compiled.render(
        "members/rows.jinja",
        context,
        rows=context["listing"].rows,
        columns=[(column.slug, column.label) for column in context["columns"]],
        pick=_("Select") if context["user"].can_tag else "",
        address=path("member", NUMBER).replace(str(NUMBER), "%d"),
    )


@register.simple_tag(takes_context=True)
def log_lines(context: dict[str, Any], lines: Iterable[Activity]) -> str:
    """Lines of the log. A note is read whole; everything else is an excerpt that leads to where it
    was said."""
    return compiled.render(
        "members/lines.jinja",
        context,
        lines=lines,
        reader=context["user"].pk,
        paragraphs=paragraphs,
    )


@register.simple_tag(takes_context=True)
def recent_lines(context: dict[str, Any], lines: Iterable[Activity]) -> str:
    """The newest lines of the log, in the few words that fit beside a conversation."""
    return compiled.render("members/recent.jinja", context, lines=lines)


@register.simple_tag
def custom_fields(member: Member) -> list[own_fields.FilledField]:
    """What the team's own fields hold for them."""
    return own_fields.filled(member)


def paragraphs(text: str) -> SafeString:
    """Escaped, with its paragraphs and line breaks."""
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped by linebreaks
