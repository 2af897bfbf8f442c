"""Undo, for everything that wrote an Action."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from team import actions
from team.http import AuthenticatedHttpRequest
from team.models import Action


@require_POST
def undo(request: AuthenticatedHttpRequest, group: uuid.UUID) -> HttpResponse:
    """200, or 409 where somebody changed the same thing since; both say so in a toast."""
    get_object_or_404(Action.objects.undoable_by(request.user).filter(group=group)[:1])
    done = actions.undo(group, by=request.user)
    said = _("Can’t undo: this has changed since.")
    if not done and actions.too_late([group]):
        said = _("Can’t undo: this has already been sent.")
    if done:
        said = _("Undone") if done == 1 else ngettext("%(n)s restored", "%(n)s restored", done)
    said = said % {"n": done} if done > 1 else said
    level = "" if done else "error"
    if "HX-Request" not in request.headers:
        return htmx.tell(request, redirect(_back(request)), said, level=level)
    answer = HttpResponse(said, status=200 if done else 409, content_type="text/plain")
    htmx.tell(request, answer, said, level=level)
    return trigger_client_event(answer, "hub:catch-up")  # whatever is on screen asks again


def _back(request: AuthenticatedHttpRequest) -> str:
    """The page that the button was on."""
    page = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if here else "/"
