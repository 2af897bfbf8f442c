"""What the list of members and a member's page need beyond their views' context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib import compiled, moments
from community_hub.lib.paths import path
from members import custom_fields as own_fields
from members import day_of_year, follow_ups
from members.activity_chart import HEIGHT, MOST_COUNTED
from members.columns import NAME
from members.listing import SORTS
from members.models import Activity, GiftDetails, Member
from members.models.organisation import at_organisation
from members.story import Story
from members.timeline import Entry

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
        at_organisation=at_organisation,
        pick=_("Select") if context["user"].can_tag else "",
        day_of=day_of_year.words,
        address=path("member", NUMBER).replace(str(NUMBER), "%d"),
    )


@register.simple_tag(takes_context=True)
def gift_details(context: dict[str, Any], member: Member) -> GiftDetails | None:
    """As far as the reader may see them. A query only where there may be some."""
    if not getattr(member, "has_gift_details", True):
        return None
    rows = GiftDetails.objects.visible_to(context["user"]).filter(member=member)
    return rows.select_related("by").first()


@register.simple_tag(takes_context=True)
def expires_soon(context: dict[str, Any], gift: GiftDetails) -> bool:
    return gift.expires_soon(follow_ups.today_of(context["user"]))


@register.simple_tag(takes_context=True)
def story_lines(context: dict[str, Any], story: Story, *, is_open: bool = False) -> str:
    """Lines of the log by day and conversation, in the hub's time. A note is read whole; everything
    else is an excerpt that leads to where it was said. `is_open`: nothing is folded."""
    zone = story.surroundings.zone
    return compiled.render(
        "members/story.jinja",
        context,
        days=story.days,
        reader=None if is_open else context["user"].pk,
        paragraphs=paragraphs,
        named=lambda day: moments.day(day, "l, j F Y"),
        at=lambda line: moments.local_moment(line.occurred_at.astimezone(zone), "H:i"),
        counts=said_in,
        is_open=is_open,
    )


@register.simple_tag(takes_context=True)
def activity_chart(context: dict[str, Any], story: Story) -> str:
    """How much happened, month by month: each bar leads to its lines."""
    partial = _("Counted among the newest %(most)s entries.") % {"most": f"{MOST_COUNTED:,}"}
    return compiled.render(
        "members/chart.jinja", context, chart=story.chart, height=HEIGHT, partial=partial
    )


def said_in(entry: Entry) -> str:
    """“6 messages, 2 of theirs, 1 of ours”."""
    many = len(entry.lines)
    words = ngettext("%(n)d entry", "%(n)d entries", many) % {"n": many}
    sides = [
        _("%(n)d of theirs") % {"n": entry.theirs} if entry.theirs else "",
        _("%(n)d of ours") % {"n": entry.ours} if entry.ours else "",
    ]
    return ", ".join([words, *filter(None, sides)])


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
