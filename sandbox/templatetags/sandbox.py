"""How the practice sites show a post's Markdown."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from community_hub.lib import html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    # from_markdown ends in the allow-list of lib/html.py
    return mark_safe(html.from_markdown(text))  # noqa: S308


@register.filter
def plain(text: str) -> str:
    """The beginning of a post as words alone, for a list's row."""
    return html.to_text(html.from_markdown(text[:500]))
