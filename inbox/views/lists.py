"""The list of conversations, folder by folder, and the navigation beside it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from inbox.models import Source
from inbox.pages import folders, searches
from inbox.pages.folders import Folder
from team import saved_queries
from team.http import AuthenticatedHttpRequest

from .common import PAGE, folder_of, list_context

PARTS = ("list", "rows", "more-rows")  # of a page on which no conversation is open


@require_safe
def folder(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    if slug not in folders.FOLDERS:
        raise Http404
    return show(request, folders.FOLDERS[slug])


@require_safe
def source(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    seen = Source.objects.visible_to(request.user)
    return show(request, folders.of_source(get_object_or_404(seen, pk=pk)))


@require_safe
def search(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`: a query; `sort`: one of SORTS; `view`: a saved query, which stands in for both."""
    view = saved_queries.opened(request.GET, request.user, searches.KIND)
    asked = saved_queries.filled_in(request.GET, view)
    return show(request, searches.search(asked.get("q", ""), asked.get("sort", ""), view))


@require_safe
def search_few(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A few conversations that `q` finds, for the command palette; none of what can't be looked
    for, which the page of the search explains."""
    wanted = searches.search(request.GET.get("q", ""), searches.BEST)
    rows = searches.few(wanted, request.user)
    return htmx.respond(request, "inbox/found.html", {"found": rows, "folder": wanted})


@require_safe
def search_by_name(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A link to the search of `q` with some of its words as a name, for where nothing was found;
    nothing where it finds no more."""
    wanted = searches.search(request.GET.get("q", ""), request.GET.get("sort", ""))
    meant = wanted.with_a_name(request.user)
    if not meant:
        return HttpResponse(status=204)
    return htmx.respond(request, "inbox/search_by_name.html", {"meant": meant, "folder": wanted})


def show(request: AuthenticatedHttpRequest, wanted: Folder) -> HttpResponse:
    nothing_open = {"conversation": None, "profile": None, "emptied": False}
    context = nothing_open | list_context(request, wanted)
    return htmx.respond(request, PAGE, context, parts=PARTS)


@require_safe
def nav(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The folders with their counts, fetched again after a live event."""
    folder = folder_of(request) if request.GET.get("in") else None
    return htmx.respond(request, "inbox/nav.html", {"folder": folder})


@require_safe
def health(request: AuthenticatedHttpRequest) -> HttpResponse:
    return htmx.respond(request, "inbox/health.html", {})
