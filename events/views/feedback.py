"""Feedback on an event: the questions on a personal link, and what was answered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from events import feedback as asking
from events import public_pages, rsvp, rsvp_limits
from events.feedback_form import FeedbackForm
from events.views.access import visible_event
from events.views.personal import PRIVATE
from events.visitors import in_their_language
from team.http import AuthenticatedHttpRequest


@csrf_exempt  # whoever has the link may; nothing depends on a session
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_their_language
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Asked once a link. POST answers."""
    found = rsvp.attendance_of(token)
    if found is None or not asking.is_asked(found):
        raise Http404
    form, status = FeedbackForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and not rsvp_limits.link_may(token):
        form.add_error(None, _("That was sent very often. Try again in ten minutes."))
        status = 429
    given = found.feedback_given
    if form.is_bound and not given and status == 200:
        given = form.is_valid() and asking.give(found, **form.cleaned_data) is not None
        status = 200 if given else 422
    context = {
        "event": found.event,
        "form": form,
        "given": given,
        "team": public_pages.team_name(),
    }
    return _private(request, context, status)


@require_GET
def results(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    event = visible_event(request, pk)
    found = asking.results(event, request.user)
    return render(request, "events/feedback.html", {"event": event, "found": found})


def _private(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    answer = render(request, "events/public/feedback.html", context, status=status)
    for name, value in PRIVATE.items():
        answer[name] = value
    return answer
