"""The list of members, or what is selected of it, as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.query import Mistake
from community_hub.lib.text import number
from members import exports as member_exports
from members.listing import MemberListing
from team.exports import TooMany
from team.http import AuthenticatedHttpRequest

from .selection import MOST


@require_POST
def exports(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`, `stage` and `sort` as in MemberListing; `pick`, repeated and without `all`: only these
    members."""
    listing = MemberListing.parse(request.POST.dict())
    picked = [] if request.POST.get("all") else request.POST.getlist("pick")[:MOST]
    uses_htmx = "HX-Request" in request.headers
    answer: HttpResponse = HttpResponse(status=204)
    try:
        changes = member_exports.begin(listing, by=request.user, picked=list(map(number, picked)))
    except (Mistake, TooMany) as error:
        back = answer if uses_htmx else redirect(f"{reverse('members')}?{listing.address}")
        return htmx.tell(request, back, str(error), level="error")
    if not uses_htmx:
        return redirect("export", changes.actions[0].object_id)
    trigger_client_event(answer, "hub:members")
    return htmx.tell(request, answer, _("Export started. The link appears above the list."))
