"""The list of conversations, folder by folder, and the navigation beside it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from inbox.models import Source
from inbox.pages import folders
from inbox.pages.folders import Folder
from team.http import AuthenticatedHttpRequest

from .common import PAGE, list_context

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


def show(request: AuthenticatedHttpRequest, wanted: Folder) -> HttpResponse:
    return htmx.respond(request, PAGE, list_context(request, wanted), parts=PARTS)


@require_safe
def nav(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The folders with their counts, fetched again when the doorbell rings."""
    slug = request.GET.get("in", "")
    folder = folders.folder_named(slug, request.user) if slug else None
    return htmx.respond(request, "inbox/nav.html", {"folder": folder})


@require_safe
def health(request: AuthenticatedHttpRequest) -> HttpResponse:
    return htmx.respond(request, "inbox/health.html", {})
