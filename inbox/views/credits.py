"""Credit for a member who answered another, and the thanks for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.text import shortened
from inbox.models import Message
from inbox.pages import open_promises
from inbox.verbs import credits as verbs
from members.follow_up_verbs import NotPossible, plan
from team.http import AuthenticatedHttpRequest

from .common import after_verb, visible_conversation

WORDS = 60  # characters of an answer in a toast


@require_http_methods(["POST", "DELETE"])
def credit(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A member answered another with this message; DELETE takes the credit back."""
    message = visible_message(request, pk)
    verbs.credit.require(request.user)
    is_given = htmx.method(request) == "POST"
    verb = verbs.credit if is_given else verbs.uncredit
    try:
        changes = verb(message, by=request.user)
    except NotPossible as error:
        return answer(request, message, str(error), level="error")
    if not changes:
        already = _("That answer is credited already.") if is_given else _("It isn’t credited.")
        return answer(request, message, already)
    said = words_of(message, is_given=is_given)
    question = open_promises.question(changes, request.user)
    return answer(request, message, said, undo=changes.undo_url, question=question)


@require_POST
def thanks(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A follow-up to thank whoever wrote this message."""
    message = visible_message(request, pk)
    plan.require(request.user)
    try:
        changes = verbs.thank(message, by=request.user)
    except NotPossible as error:
        return answer(request, message, str(error), level="error")
    said = _("On your list for today: thank %(name)s") % {"name": message.author}
    response = answer(request, message, said, undo=changes.undo_url)
    trigger_client_event(response, "hub:member")
    return response


# Below the views ----------------------------------------------------------------------------------


def words_of(message: Message, *, is_given: bool) -> str:
    """With the answer's first words: by key it may be one that nobody looked at."""
    words = shortened(" ".join(message.body_text.split()), WORDS)
    name = message.author.member if message.author else ""
    if not words:
        said = _("Credited %(name)s") if is_given else _("Removed %(name)s’s credit")
        return said % {"name": name}
    given = _("Credited %(name)s for “%(words)s”")
    removed = _("Removed %(name)s’s credit for “%(words)s”")
    return (given if is_given else removed) % {"name": name, "words": words}


def visible_message(request: AuthenticatedHttpRequest, pk: int) -> Message:
    seen = Message.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("conversation__source", "author__member"), pk=pk)


def answer(
    request: AuthenticatedHttpRequest,
    message: Message,
    text: str,
    *,
    undo: str = "",
    level: str = "",
    question: dict[str, str] | None = None,
) -> HttpResponse:
    """The conversation stays open: others may have answered as well."""
    conversation = visible_conversation(request, message.conversation_id)
    response = after_verb(request, conversation, move_on=False)
    return htmx.tell(request, response, text, undo=undo, level=level, question=question)
