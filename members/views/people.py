"""The list of members."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.query import Mistake, marked, parse, what_is_not_searched
from community_hub.lib.text import number
from members import exports
from members.columns import (
    COLUMNS,
    Column,
    as_written,
    named,
    shown_in,
)
from members.listing import SORTS, MemberListing, shown_when_sorted
from members.models import Stage, Tag
from members.models.member import MemberQuerySet
from members.models.scopes import with_hidden_scopes_read
from members.rows import page_of
from team import jobs, listings, saved_queries
from team.http import AuthenticatedHttpRequest
from team.models import SavedQuery, User
from team.saved_queries import ViewBar, view_bar

PAGE = 40
COUNTED = 1_000  # a count of those that match ends here
MOST_SHOWN = 400  # rows that are brought up to date at once
SHOWN = timedelta(hours=1)  # how long an export is offered above the list
LIST_PARTS = ("members", "more-members")
MOST_NAMES = 200


@require_GET
def members(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`, `stage`, `sort` and `view` as in MemberListing; `before`: the cursor of the last row
    above; `shown`: how many rows there are, for bringing a list up to date."""
    view = saved_queries.opened(request.GET, request.user, "members")
    wanted = MemberListing.parse(saved_queries.filled_in(request.GET, view))
    return list_page(request, wanted, view)


@require_GET
def count(request: AuthenticatedHttpRequest) -> HttpResponse:
    """How many members a list has, counted up to COUNTED."""
    wanted = MemberListing.parse(request.GET.dict())
    context: dict[str, object] = {"count": None}
    with suppress(Mistake):
        found = wanted.count(request.user, COUNTED + 1)
        context = {"count": min(found, COUNTED), "is_more": found > COUNTED}
    return htmx.respond(request, "members/_count.html", context)


@require_POST
def columns(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`column` is repeated: those that this reader wants to see from now on; in a view, which has
    columns of its own, until it is left, or changed by whoever may."""
    chosen = named(request.POST.getlist("column"))
    wanted = MemberListing.parse(request.POST.dict())
    if wanted.view:
        address = f"{reverse('members')}?{replace(wanted, columns=as_written(chosen)).address}"
        if "HX-Request" not in request.headers:
            return redirect(address)
        goal = {"path": address, "target": "#members", "swap": "outerHTML"}
        return HttpResponse(status=204, headers={"HX-Location": json.dumps(goal)})
    request.user.prefer(member_columns=[column.slug for column in chosen])
    if "HX-Request" in request.headers:
        return trigger_client_event(HttpResponse(status=204), "hub:members")
    return redirect(f"{reverse('members')}?{wanted.address}")


@require_GET
def tag_names(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What the box for a new tag offers, once somebody steps into it."""
    tags = Tag.objects.visible_to(request.user).current().by_name()[:MOST_NAMES]
    return htmx.respond(request, "members/tag_names.html", {"tags": tags})


# Below the views --------------------------------------------------------------------------------


def list_page(
    request: AuthenticatedHttpRequest, wanted: MemberListing, view: SavedQuery | None
) -> HttpResponse:
    user, shown = with_hidden_scopes_read(request.user), number(request.GET.get("shown"))
    columns = shown_in(wanted.columns, user)
    parts, mistake = found_by(wanted, user)
    bar = bar_of(wanted, columns, view, user, wrong=bool(mistake))
    asked = wanted
    if bar.remains and bar.remains.text:
        asked = replace(wanted, query=bar.remains.text)
        parts, mistake = found_by(asked, user)
    size = max(PAGE, min(shown, MOST_SHOWN))
    before = request.GET.get("before", "")
    shown_columns = shown_when_sorted(columns, wanted)
    listing = page_of(parts, wanted, shown_columns, user, before=before, size=size)
    begun = jobs.begun_by(user, since=timezone.now() - SHOWN) if user.can_tag else []
    context = {
        "listing": listing,
        "count": None if before else len(listing.rows),
        "is_whole": not (before or listing.more),
        "wanted": wanted,
        "asked": asked,
        "bar": bar,
        "sorts": SORTS.values(),
        "columns": shown_columns,
        "chosen": columns,
        "all_columns": COLUMNS.values(),
        "stages": Stage.choices,
        "jobs": [(job, jobs.words_of(job)) for job in begun if job.group and not job.finished_at],
        "exports": exports.begun_from(asked, begun),
        **what_is_wrong(wanted, asked, mistake),
    }
    return htmx.respond(request, "members/list.html", context, parts=LIST_PARTS)


def what_is_wrong(
    wanted: MemberListing, asked: MemberListing, mistake: Mistake | None
) -> dict[str, object]:
    """Of the query: where it is wrong and what was meant, or what of it was not looked for."""
    return {
        "mistake": mistake,
        "not_searched": "" if mistake else what_is_not_searched(parse(asked.query)),
        "elsewhere": listings.elsewhere(mistake, wanted.text),
        "place": marked(mistake, wanted.query) if mistake else None,
        "corrected": replace(wanted, query=mistake.corrected).address if mistake else "",
    }


def bar_of(
    wanted: MemberListing,
    columns: Iterable[Column],
    view: SavedQuery | None,
    user: User,
    *,
    wrong: bool,
) -> ViewBar:
    """What saves the list with its columns as a view, or changes the view that is open."""
    options = {"columns": as_written(columns)}
    given = {"columns": wanted.columns} if wanted.columns else {}
    return view_bar(
        user, "members", wanted.text, wanted.sort, view, wrong=wrong, options=options, given=given
    )


def found_by(wanted: MemberListing, user: User) -> tuple[list[MemberQuerySet], Mistake | None]:
    """Nobody, where there is a mistake in the query."""
    try:
        return wanted.found_in_parts(user), None
    except Mistake as mistake:
        return [], mistake
