"""The picture of an account, for whoever may see the account."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import queue
from community_hub.lib.pictures import keeping, responses
from members.avatars import avatar_wanted
from members.models import Identity
from team.http import AuthenticatedHttpRequest


@require_safe
def avatar(request: AuthenticatedHttpRequest, pk: int, name: str) -> HttpResponse:
    """`name` is the picture's own, so that a browser may keep it; 404 once it is another."""
    identity = Identity.objects.visible_to(request.user).filter(pk=pk).first()
    wanted = avatar_wanted(identity) if identity else None
    if wanted is None or wanted.name != name:
        raise Http404
    state, data = keeping.look_up(wanted)
    if state == keeping.State.MISSING:
        queue.enqueue("members.tasks.fetch_avatar", pk)
    return responses.respond(state, data, empty=True)
