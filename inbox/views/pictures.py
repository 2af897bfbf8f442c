"""A picture of a message, for whoever may see the message. What is not here yet is asked for and
comes from a worker: no request waits for another server."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import queue
from community_hub.lib.pictures import keeping, responses
from inbox.models import Message
from inbox.pictures import pictures_of
from team.http import AuthenticatedHttpRequest


@require_safe
def message_picture(
    request: AuthenticatedHttpRequest, pk: int, name: str, size: str = ""
) -> HttpResponse:
    seen = Message.objects.visible_to(request.user).shown().filter(pk=pk)
    message = seen.only("body_html", "attachments", "deleted_at").first()
    wanted = pictures_of(message).get(name) if message else None
    if wanted is None:
        raise Http404
    state, data = keeping.look_up(wanted, large=size == "large")
    if state == keeping.State.MISSING:
        queue.enqueue("inbox.tasks.fetch_picture", pk, name)
    why = keeping.why_not(wanted) if state == keeping.State.REFUSED else ""
    return responses.respond(state, data, why=why)
