"""The page on which a source is disconnected or deleted, and says first what would go."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx
from inbox.models import SourceState
from inbox.verbs import access
from inbox.verbs import source_removal as verbs
from inbox.views.sources import managed_source
from team import actions
from team.http import AuthenticatedHttpRequest
from team.models import Action


@require_GET
def removal(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    if found.state == SourceState.DELETING:
        return redirect(found)
    context = {
        "source": found,
        "removal": verbs.Removal.of(found),
        "most": verbs.MOST,
        "signs_in": access.authorisation_of(found.kind) is not None,
    }
    return render(request, "inbox/sources/removal.html", context)


@require_POST
def disconnection(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = managed_source(request, pk)
    kind, config, credentials = found.kind, found.config, dict(found.credentials)
    changes = verbs.disconnect(found, by=request.user)
    text = _("%(name)s is disconnected.") % {"name": found.name}
    left = access.revoke(kind, config, credentials) if changes else ""
    level = "error" if left else ""
    return htmx.tell(request, redirect(found), f"{text} {left}".strip(), level=level)


@require_http_methods(["POST", "DELETE"])
def deletion(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """DELETE takes it back, as long as it has not begun."""
    found = managed_source(request, pk)
    if htmx.method(request) == "DELETE":
        return _keep(request, pk)
    changes = verbs.delete(found, by=request.user)
    text = _("%(name)s will be deleted in a minute.") % {"name": found.name}
    return htmx.tell(request, redirect(found), text, undo=changes.undo_url)


def _keep(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    begun = Action.objects.filter(verb="delete", object_type=verbs.ON, object_id=pk)
    last = begun.filter(undone_at=None).order_by("-pk").first()
    if last and actions.undo(last.group, by=request.user):
        return htmx.tell(request, redirect("source", pk), _("The source is kept."))
    text = _("Too late: deleting has begun.")
    return htmx.tell(request, redirect("source", pk), text, level="error")
