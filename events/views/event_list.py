"""The events: as a list, and on the days of a month or a week."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset
from community_hub.lib.keyset import Listing
from community_hub.lib.query import Mistake, marked
from events.calendar_grid import Grid, grid
from events.listing import KIND, LIST, MONTH, SORTS, EventListing, with_counts
from events.models import Event
from team import listings, saved_queries
from team.http import AuthenticatedHttpRequest
from team.models import SavedQuery
from team.saved_queries import ViewBar, view_bar

PAGE = 40
PARTS = ("events", "more-events")


@require_GET
def events(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`, `when`, `show`, `sort`, `on` and `view` as in EventListing; `before`: the cursor of the
    last row above."""
    view = saved_queries.opened(request.GET, request.user, KIND)
    wanted = EventListing.parse(saved_queries.filled_in(request.GET, view))
    shown, mistake = read(request, wanted)
    bar = bar_of(request, wanted, view, wrong=bool(mistake))
    if bar.remains and bar.remains.text:
        shown, _mistake = read(request, replace(wanted, query=bar.remains.text))
    context = {
        "wanted": wanted,
        "bar": bar,
        "sorts": SORTS.items(),
        "is_list": wanted.show == LIST,
        "is_month": wanted.show == MONTH,
        **shown,
        **(said_of(wanted, mistake) if mistake else {}),
    }
    return htmx.respond(request, "events/list.html", context, parts=PARTS)


# Below the view ----------------------------------------------------------------------------------


def read(
    request: AuthenticatedHttpRequest, wanted: EventListing
) -> tuple[dict[str, Any], Mistake | None]:
    """What is shown of it; nothing, where there is a mistake in the query."""
    try:
        if wanted.show != LIST:
            return calendar_of(request, wanted), None
        return {"page": page_of(request, wanted)}, None
    except Mistake as mistake:
        return {}, mistake


def page_of(request: AuthenticatedHttpRequest, wanted: EventListing) -> Listing[Event]:
    page = keyset.page(
        wanted.found(request.user).select_related("host"),
        wanted.order,
        request.GET.get("before", ""),
        PAGE,
        filters=wanted.fields,
    )
    with_counts(page.rows, request.user)
    return page


def calendar_of(request: AuthenticatedHttpRequest, wanted: EventListing) -> dict[str, Any]:
    found: Grid = grid(wanted, request.user)
    return {
        "grid": found,
        "previous": wanted.on_day(found.previous).address,
        "today": wanted.on_day(None).address,
        "next": wanted.on_day(found.next).address,
    }


def bar_of(
    request: AuthenticatedHttpRequest, wanted: EventListing, view: SavedQuery | None, *, wrong: bool
) -> ViewBar:
    options = {"show": wanted.show} if wanted.show != LIST else {}
    return view_bar(
        request.user,
        KIND,
        wanted.text,
        wanted.sort,
        view,
        wrong=wrong,
        options=options,
        given=options,
    )


def said_of(wanted: EventListing, mistake: Mistake) -> dict[str, Any]:
    corrected = replace(wanted, query=mistake.corrected).address if mistake.corrected else ""
    return {
        "mistake": mistake,
        "place": marked(mistake, wanted.query),
        "corrected": corrected,
        "elsewhere": listings.elsewhere(mistake, wanted.query),
    }
