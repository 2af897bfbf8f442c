"""One event, as the team sees it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from community_hub.lib import htmx
from events.models import Event
from team.http import AuthenticatedHttpRequest


@require_GET
def event(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Event.objects.visible_to(request.user).present(), pk=pk)
    return htmx.respond(request, "events/event.html", {"event": found}, parts=("event",))
