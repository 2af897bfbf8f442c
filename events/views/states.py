"""What becomes of an event: published, cancelled, copied."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from events.checks import NotPossible
from events.verbs import editing, series
from events.views.access import told, visible_event
from team.actions import Changes
from team.http import AuthenticatedHttpRequest


@require_POST
def publication(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A draft, or one that was cancelled."""
    return published(request, pk)


@require_http_methods(["POST", "DELETE"])
def cancellation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """DELETE: it takes place after all."""
    editing.cancel.require(request.user)
    if htmx.method(request) == "DELETE":
        return published(request, pk)
    found = visible_event(request, pk)
    try:
        changes = series.cancel(found, scope_of(request), by=request.user)
    except NotPossible as error:
        return told(request, found, str(error), Changes(), level="error")
    said = _("Cancelled “%(event)s”.") if changes else _("“%(event)s” is cancelled already.")
    return told(request, found, said % {"event": found}, changes)


# Below the views ---------------------------------------------------------------------------------


def scope_of(request: AuthenticatedHttpRequest) -> str:
    """`scope`: which dates of a series are meant; the one alone where the form doesn't say."""
    scope = request.POST.get("scope", "")
    return scope if scope in series.SCOPES else series.THIS


def published(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    editing.publish.require(request.user)
    found = visible_event(request, pk)
    try:
        changes = series.publish(found, scope_of(request), by=request.user)
    except NotPossible as error:
        return told(request, found, str(error), Changes(), level="error")
    said = _("Published “%(event)s”.") if changes else _("“%(event)s” is published already.")
    return told(request, found, said % {"event": found}, changes)
