"""How the practice sites show a post's Markdown."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from community_hub.lib import html
from community_hub.lib.body_pictures import Picture, draw_pictures

register = template.Library()
HERE = "https://here.invalid"  # stands before addresses that lead to this server
OWN_LINK = re.compile(rf' href="{re.escape(HERE)}[^"]*"')  # to whatever page of the hub


@register.filter
def markdown(text: str) -> SafeString:
    """With the site's own pictures in it; others stay links."""
    body = draw_pictures(html.from_markdown(text, HERE), _own_picture)
    return mark_safe(OWN_LINK.sub("", body))  # noqa: S308 - from_markdown ends in the allow-list


@register.filter
def plain(text: str) -> str:
    """The beginning of a post as words alone, for a list's row."""
    return html.to_text(html.from_markdown(text[:500]))


def _own_picture(picture: Picture) -> str | None:
    path = picture.address.removeprefix(HERE)
    if not path.startswith(reverse("sandbox:index")):
        return None
    return format_html('<img src="{}" alt="{}" loading="lazy">', path, picture.words)
