"""Views in templates: in the navigation, and their links."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.template import Library

from community_hub.lib import htmx
from community_hub.lib.text import number
from team import view_counts
from team.view_counts import Count, NavView

register = Library()


@register.simple_tag(takes_context=True)
def absolute(context: dict[str, Any], address: str) -> str:
    """The whole address, as it can be sent to a colleague."""
    return str(context["request"].build_absolute_uri(address))


@register.inclusion_tag("team/_views_nav.html", takes_context=True)
def views_nav(context: dict[str, Any], *, oob: bool = False) -> dict[str, Any]:
    """The views of a page's navigation, with what was counted lately: one query. The others are
    counted once the page is there. `oob`: beside another part of the page, for the one there."""
    request = context["request"]
    views = view_counts.in_navigation(request.user)
    counts = view_counts.known(request.user, views)
    here = htmx.page_of(request) if oob else request.get_full_path()
    stale = view_counts.is_stale(counts, views, opened_view(here))
    return {**nav_context(views, counts, here), "stale": stale, "oob": oob}


def nav_context(views: list[NavView], counts: dict[int, Count], here: str) -> dict[str, Any]:
    """`here`: the page, with its query."""
    opened = opened_view(here)
    path = urlsplit(here).path
    return {
        "rows": [(view, view.pk == opened, counts.get(view.pk)) for view in views],
        "is_views_page": path.startswith("/views/"),
    }


def opened_view(here: str) -> int:
    """The id of the view that a page lists; 0 without one."""
    value = QueryDict(urlsplit(here).query).get("view", "")
    return number(str(value))
