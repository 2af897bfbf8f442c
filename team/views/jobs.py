"""How far a background job is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from team import jobs, undoing
from team.http import AuthenticatedHttpRequest
from team.models import BackgroundJob


@require_GET
def job(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A fragment that asks for itself again until the job is finished, and then says so: whatever
    is on screen asks again, and what it did can be undone."""
    found = get_object_or_404(BackgroundJob.objects.visible_to(request.user), pk=pk)
    words = jobs.words_of(found)
    response = render(request, "team/job.html", {"job": found, "words": words})
    if found.finished_at and found.group and "HX-Request" in request.headers:
        undo = reverse("undo", args=[found.group]) if found.kind != undoing.UNDO else ""
        said = _("Finished: %(what)s") % {"what": words}
        htmx.tell(request, response, said, undo=undo)
        trigger_client_event(response, "hub:catch-up")
    return response
