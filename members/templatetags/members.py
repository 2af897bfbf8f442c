"""What a member's page needs beyond its view's context."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from community_hub.lib import compiled
from members.models import Activity

register = template.Library()


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


def paragraphs(text: str) -> SafeString:
    """Escaped, with its paragraphs and line breaks."""
    return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped by linebreaks
