"""One verb for the selected rows of the list of members, with one undo."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.query import Mistake
from community_hub.lib.text import number
from members import bulk
from members.listing import MemberListing
from members.models import Member, Stage, Tag
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.models import BackgroundJob, User

MOST = 1_000  # rows that are selected one by one


@require_http_methods(["GET", "POST"])
def selection(request: AuthenticatedHttpRequest, noun: str) -> HttpResponse:
    """`pick` is repeated: ids of members. `all`: all that match `q` and `stage` instead.

    GET: the menu of what can be chosen.
    """
    if noun not in bulk.NOUNS:
        raise Http404
    bulk.require(noun, request.user)
    if request.method == "GET":
        return menu(request, noun)
    listing = MemberListing.parse(request.POST.dict())
    response: HttpResponse = redirect(f"{reverse('members')}?{listing.address}")
    if "HX-Request" in request.headers:
        response = trigger_client_event(HttpResponse(status=204), "hub:members")
    try:
        done = changed(request, noun, listing)
    except (ValueError, Mistake) as error:
        said = error.sentence if isinstance(error, Mistake) else str(error)
        return htmx.tell(request, response, said, level="error")
    if isinstance(done, BackgroundJob):
        undo = reverse("undo", args=[done.group])
        return htmx.tell(request, response, _("Changing in the background."), undo=undo)
    return htmx.tell(request, response, bulk.sentence(noun, len(done)), undo=done.undo_url)


@require_GET
def matching(request: AuthenticatedHttpRequest) -> HttpResponse:
    """How many match, as a form field that means all of them."""
    bulk.require("tags", request.user)
    listing = MemberListing.parse(request.GET.dict())
    try:
        found = bulk.count(listing, request.user)
    except Mistake:
        found = 0
    context = {"count": min(found, bulk.COUNTED), "is_more": found > bulk.COUNTED}
    return htmx.respond(request, "members/matching.html", {**context, "wanted": listing})


# Below the views ---------------------------------------------------------------------------------


def changed(
    request: AuthenticatedHttpRequest, noun: str, listing: MemberListing
) -> Changes | BackgroundJob:
    wanted = bulk.Change.parse(noun, request.POST.dict(), request.user)
    if request.POST.get("all"):
        return bulk.change_all(listing, wanted, by=request.user)
    picked = list(map(number, request.POST.getlist("pick")[:MOST]))
    found = Member.objects.visible_to(request.user).filter(pk__in=picked)
    return bulk.change(found, wanted, by=request.user)


def menu(request: AuthenticatedHttpRequest, noun: str) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {"noun": noun, "stages": Stage.choices}
    if noun in ("owners", "backups"):
        context["colleagues"] = User.objects.active().order_by("name", "pk")[:500]
    elif noun == "tags":
        context["all_tags"] = Tag.objects.visible_to(user).current().by_name()[:200]
    return htmx.respond(request, "members/selection_menu.html", context)
