"""What may follow while somebody types a query."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from community_hub.lib.query import complete
from community_hub.lib.text import number, storable
from team import listings
from team.http import AuthenticatedHttpRequest


@require_safe
def query_help(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """All operators of a list."""
    listing = listing_of(kind)
    context = {"help": listing.language.help(request.user), "words": listing.words}
    return htmx.respond(request, "team/query_help.html", context)


@require_safe
def suggestions(request: AuthenticatedHttpRequest, kind: str) -> HttpResponse:
    """`q`: what is typed; `cursor`: where in it, the end where that can't be read."""
    listing = listing_of(kind)
    typed = storable(request.GET.get("q", ""))
    cursor = request.GET.get("cursor", "")
    at = number(cursor) if cursor != "0" else 0
    at = at if at or cursor == "0" else len(typed)
    found = complete(listing.language, typed, at, request.user)
    return htmx.respond(request, "team/query_suggestions.html", {"suggestions": found})


def listing_of(kind: str) -> listings.ListKind:
    found = listings.find(kind)
    if found is None:
        raise Http404
    return found
