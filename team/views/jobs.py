"""How far a background job is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from team import jobs
from team.http import AuthenticatedHttpRequest
from team.models import BackgroundJob


@require_GET
def job(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A fragment that asks for itself again until the job is finished."""
    found = get_object_or_404(BackgroundJob.objects.visible_to(request.user), pk=pk)
    return render(request, "team/job.html", {"job": found, "words": jobs.words_of(found)})
