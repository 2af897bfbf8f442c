"""The button on a personal page against reminders of that event."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from events import reminders as reminding
from events import rsvp, rsvp_limits
from events.views.personal import PRIVATE


@csrf_exempt  # whoever has the link may; nothing depends on a session
@login_not_required
@require_POST
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """`off`: "1" for none, "" for those that the event has."""
    found = rsvp.attendance_of(token)
    if found is None:
        raise Http404
    if not rsvp_limits.link_may(token):
        return HttpResponse(status=429, headers=PRIVATE)
    reminding.set_off(found, request.POST.get("off") == "1")
    answer = redirect("my-answer", token)
    for name, value in PRIVATE.items():
        answer[name] = value
    return answer
