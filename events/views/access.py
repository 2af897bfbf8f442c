"""What several views of events have in common: who may see one, and how an answer is told."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from events.models import Attendance, Event, Notice
from team.actions import Changes
from team.http import AuthenticatedHttpRequest


def visible_event(request: AuthenticatedHttpRequest, pk: int, *, with_mails: bool = False) -> Event:
    """`with_mails`: also whether some could not be delivered, as `has_undelivered`."""
    seen = Event.objects.visible_to(request.user).present().select_related("host", "series")
    if with_mails:
        refused = Notice.objects.refused().filter(attendance__event=OuterRef("pk"))
        seen = seen.annotate(has_undelivered=Exists(refused))
    return get_object_or_404(seen, pk=pk)


def visible_attendance(request: AuthenticatedHttpRequest, pk: int) -> Attendance:
    """Of an event that is there, and of a member that this reader may see."""
    seen = Attendance.objects.visible_to(request.user).filter(event__removed_at__isnull=True)
    return get_object_or_404(seen.select_related("event", "member"), pk=pk)


def told(
    request: AuthenticatedHttpRequest, event: Event, text: str, changes: Changes, *, level: str = ""
) -> HttpResponse:
    """What was done is said beside the event, with its Undo. Parts fetch themselves anew."""
    undo = changes.undo_url
    if not htmx.target(request):
        return htmx.tell(request, redirect(event), text, undo=undo, level=level)
    response = HttpResponse(status=204)
    trigger_client_event(response, "hub:events")
    return htmx.tell(request, response, text, undo=undo, level=level)
