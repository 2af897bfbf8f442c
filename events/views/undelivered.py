"""Mails of an event that could not be delivered."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number
from events import undelivered
from events.models import Attendance, Notice
from events.verbs import resending
from events.views.access import visible_event
from team.http import AuthenticatedHttpRequest

PAGE = "events/undelivered.html"


@require_http_methods(["GET", "POST"])
def mails(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`before`: the cursor of the last row above. POST sends `notice`, an id, again."""
    resending.resend.require(request.user)
    event = visible_event(request, pk)
    if request.method == "GET":
        rows, page = undelivered.of_event(event, request.user, request.GET.get("before", ""))
        context = {"event": event, "rows": rows, "page": page}
        return htmx.respond(request, PAGE, context, parts=("undelivered-rows",))
    seen = Attendance.objects.visible_to(request.user).filter(event=event)
    notice = get_object_or_404(
        Notice.objects.filter(attendance__in=seen), pk=number(request.POST.get("notice"))
    )
    changes = resending.resend(notice, by=request.user)
    said = _("Sending the email again.") if changes else _("It is being sent already.")
    return htmx.tell(request, redirect("event-undelivered", pk), said, undo=changes.undo_url)
