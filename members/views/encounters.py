"""Encounters: what was logged by hand. Each step says what it did and can be undone."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import encounter_verbs as verbs
from members import encounters
from members.models import Encounter
from team.http import AuthenticatedHttpRequest

MOST_SHOWN = verbs.MOST_PEOPLE


@require_http_methods(["GET", "POST", "DELETE"])
def encounter(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: all of it. DELETE removes it."""
    row = visible(request, pk)
    if htmx.method(request) == "DELETE":
        verbs.remove.require(request.user)
        changes = verbs.remove(row, by=request.user)
        return htmx.tell(request, redirect("members"), _("Removed"), undo=changes.undo_url)
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "DELETE"])
    people, _total = encounters.people_of([pk], request.user, most=MOST_SHOWN).get(pk, ([], 0))
    context = {
        "encounter": row,
        "people": people,
        "files": encounters.files_of([pk]).get(pk, []),
        "joined_by": row.joined_by.order_by("name"),
        "may_change": row.may_be_changed_by(request.user),
    }
    return htmx.respond(request, "members/encounter.html", context)


# Below the views ----------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> Encounter:
    seen = Encounter.objects.visible_to(request.user).present().select_related("by")
    return get_object_or_404(seen, pk=pk)
