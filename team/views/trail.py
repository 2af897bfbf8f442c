"""The audit trail, for leads and admins; for everybody, what they did themselves."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from team import trail
from team.http import AuthenticatedHttpRequest
from team.models import User


@require_safe
def own_actions(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What one did oneself, to undo it while that is possible; `before` as below."""
    own = trail.Filters(by=request.user.pk)
    found = trail.page(request.user, own, before=request.GET.get("before", ""))
    context = {"trail": found, "older": urlencode({"before": found.older}) if found.older else ""}
    return htmx.respond(request, "team/own_actions.html", context, parts=("trail",))


@require_safe
def audit_trail(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`?by=&verb=&since=&until=` narrow it; `before` is the last action of the page before."""
    if not request.user.can_read_audit_trail:
        raise PermissionDenied
    filters = trail.Filters.parse(request.GET)
    found = trail.page(request.user, filters, before=request.GET.get("before", ""))
    kept = {key: value for key, value in request.GET.items() if key != "before"}
    context = {
        "trail": found,
        "filters": filters,
        "people": User.objects.visible_to(request.user).order_by("name", "pk")[:500],
        "verbs": trail.verbs(),
        "older": urlencode({**kept, "before": found.older}) if found.older else "",
        "is_filtered": any(kept.values()),
    }
    return htmx.respond(request, "team/trail.html", context, parts=("trail",))
