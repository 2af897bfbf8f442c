"""The check-in of an event, for the team."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST, require_safe

from events.desk import Desk
from events.models import Event
from events.views import at_desk
from team.http import AuthenticatedHttpRequest


@require_safe
def page(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return at_desk.page(request, _desk(request, pk))


@require_GET
def people(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return at_desk.people(request, _desk(request, pk))


@require_POST
def scans(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return at_desk.sent(request, _desk(request, pk))


@require_GET
def worker(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    return at_desk.worker(request, _desk(request, pk))


def _desk(request: AuthenticatedHttpRequest, pk: int) -> Desk:
    if not request.user.can_edit_events:
        raise PermissionDenied
    event = get_object_or_404(Event.objects.visible_to(request.user).present(), pk=pk)
    return Desk.of_team(event, request.user)
