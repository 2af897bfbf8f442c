"""The page "Calendars": links with which calendar programs read events, and what is imported."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from community_hub.lib import htmx
from events.models import CalendarLink
from events.verbs import calendar_links
from events.verbs.calendar_links import TooMany
from team.http import AuthenticatedHttpRequest


@require_GET
def calendars(request: AuthenticatedHttpRequest) -> HttpResponse:
    return calendars_page(request)


@require_POST
@never_cache
def links(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Make one. It is on this answer and nowhere else."""
    try:
        changes, token = calendar_links.make(by=request.user)
    except TooMany as error:
        return htmx.tell(request, redirect("calendars"), str(error), level="error")
    link = settings.HUB_URL + reverse("own-calendar-feed", args=[token])
    response = calendars_page(request, {"made_link": link, "made_undo": changes.undo_url})
    return response


@require_POST
def revocation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(CalendarLink.objects.visible_to(request.user), pk=pk)
    changes = calendar_links.revoke(found, by=request.user)
    if not changes:
        said = _("This link was already revoked.")
        return htmx.tell(request, redirect("calendars"), said, level="error")
    said = _("Link revoked. Calendars that use it stop updating.")
    return htmx.tell(request, redirect("calendars"), said, undo=changes.undo_url)


# Below the views ---------------------------------------------------------------------------------


def calendars_page(
    request: AuthenticatedHttpRequest, more: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """`more`: what an answer to a form adds."""
    own = CalendarLink.objects.visible_to(request.user).working().order_by("-pk")
    context = {
        "public_feed": settings.HUB_URL + reverse("public-calendar-feed"),
        "links": own,
        **(more or {}),
    }
    return render(request, "events/calendars.html", context, status=status)
