"""A copy of an event on another day."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from events.checks import NotPossible
from events.copy_form import CopyForm
from events.models import Event
from events.verbs import editing, series
from events.views.access import visible_event
from team.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "POST"])
def copies(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: asks for the day. POST: makes a draft that is like it."""
    editing.create.require(request.user)
    found = visible_event(request, pk)
    form = CopyForm(request.POST if request.method == "POST" else None, event=found)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "events/copy.html", {"event": found, "form": form}, status=status)
    data = form.cleaned_data
    try:
        if data.get("in_series"):
            changes = series.add_date(found, data["starts_at"], by=request.user)
        else:
            changes = editing.duplicate(found, by=request.user, starts_at=data["starts_at"])
    except NotPossible as error:
        form.add_error("starts_at", str(error))
        return render(request, "events/copy.html", {"event": found, "form": form}, status=422)
    made = Event.objects.get(pk=changes.actions[0].object_id)
    said = _("Copied as a draft. Publish it when it’s ready.")
    return htmx.tell(request, redirect(made), said, undo=changes.undo_url)
