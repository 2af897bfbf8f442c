"""Today: one page for each colleague, and for the team."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from community_hub.lib import htmx
from members import follow_ups
from members import today as page
from members.models.scopes import with_hidden_scopes_read
from team.http import AuthenticatedHttpRequest


@require_GET
def today(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`whose` is "team", or one's own."""
    user = with_hidden_scopes_read(request.user)
    of_team = request.GET.get("whose") == "team"
    sections = page.sections(user, of_team=True) if of_team else page.own_sections(user)
    context = {
        "sections": sections,
        "of_team": of_team,
        "day": follow_ups.today_of(user),
        "things": sum(len(each.shown) for each in sections),
        "has_more": any(each.has_more for each in sections),
    }
    return htmx.respond(request, "members/today.html", context, parts=("today",))
