"""What became of a reply, and what a person can do about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from inbox.models import Conversation, Delivery, Draft, Message
from inbox.pages.composer import named
from inbox.verbs import writing
from team.http import AuthenticatedHttpRequest

from .common import after_verb, visible_conversation
from .returning import go_back_to


@require_POST
def retry(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Try a failed one again; one that may have been posted only because a person says so."""
    delivery, conversation = both(request, pk)
    if writing.retry(delivery, by=request.user):
        said, level = _("Retrying"), ""
    else:
        said, level = _("Nothing to retry: its status has changed."), "error"
    return htmx.tell(request, shown(request, conversation), said, level=level)


@require_POST
def confirmation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A person looked on the platform and says that it is there."""
    delivery, conversation = both(request, pk)
    writing.confirm(delivery, by=request.user)
    return htmx.tell(request, shown(request, conversation), _("Marked as sent"))


@require_POST
def cancellation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Take a reply back before it left; its text goes back into the box, above what is there."""
    delivery, conversation = both(request, pk)
    begun = Draft.objects.filter(user=request.user, conversation=conversation, kind="reply").first()
    drop = "drop" in request.POST
    text = writing.cancel(delivery, by=request.user, keep_text=not drop)
    if text is None:
        late = _("Too late to cancel: it’s being sent or was already sent.")
        return htmx.tell(request, shown(request, conversation), late, level="error")
    if drop:
        return htmx.tell(request, shown(request, conversation), _("Cancelled"))
    if begun and begun.text.strip() not in ("", text.strip()):
        text = f"{text}\n\n{begun.text}"
        Draft.keep(request.user, conversation.pk, "reply", text, to=delivery.message.parent)
    response = shown(request, conversation)
    returned = {"conversation": conversation.pk, "kind": "reply", "text": text}
    returned |= addressed(delivery.message.parent)
    trigger_client_event(response, "composer:returned", returned)
    go_back_to(request, response, conversation)
    return htmx.tell(request, response, _("Send cancelled. Draft restored."))


def addressed(to: Message | None) -> dict[str, Any]:
    return {"to": to.pk, "name": named(to)} if to else {}


def both(request: AuthenticatedHttpRequest, pk: int) -> tuple[Delivery, Conversation]:
    seen = Delivery.objects.visible_to(request.user).select_related(
        "message__parent__author__member"
    )
    delivery = get_object_or_404(seen, pk=pk)
    writing.cancel.require(request.user)
    return delivery, visible_conversation(request, delivery.message.conversation_id)


def shown(request: AuthenticatedHttpRequest, conversation: Conversation) -> HttpResponse:
    """The thread as it is now; a toast's Undo has no place for it and waits for the live event."""
    if request.headers.get("HX-Request") and not htmx.target(request):
        return HttpResponse(status=204)
    return after_verb(request, conversation, move_on=False)
