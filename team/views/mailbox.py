"""The mailbox page: what the hub would have sent, for admins of a hub without a mail server."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from team import mailbox
from team.http import AuthenticatedHttpRequest


@require_safe
def mails(request: AuthenticatedHttpRequest) -> HttpResponse:
    if not request.user.can_manage_team:
        raise PermissionDenied
    if not mailbox.is_there():
        raise Http404
    context = {"letters": mailbox.newest()}
    return htmx.respond(request, "team/mailbox.html", context, parts=("mails",))
