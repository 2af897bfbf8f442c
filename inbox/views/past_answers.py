"""Past answers in the menu beside the box one writes in: the list, and one of them as a whole."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from community_hub.lib import htmx
from community_hub.lib.query import LONGEST, Mistake
from community_hub.lib.text import number, storable
from inbox.models import Conversation, Message
from inbox.pages import past_answers
from inbox.pages.past_answers import PastAnswers
from inbox.verbs import writing
from team.http import AuthenticatedHttpRequest

from .common import visible_conversation


@require_GET
def past_answer_list(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`words`: what was typed; `to`: the message that is answered, where one was picked."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    words = storable(request.GET.get("words", ""))[:LONGEST]
    context = {"conversation": conversation, "words": words.strip(), "answers": PastAnswers()}
    try:
        context["answers"] = past_answers.similar(
            conversation, request.user, to=picked(request, conversation), words=words
        )
    except Mistake as mistake:
        context["mistake"] = mistake
    return htmx.vary(render(request, "inbox/past_answers.html", context))


@require_http_methods(["GET", "POST"])
def past_answer(request: AuthenticatedHttpRequest, pk: int, message_pk: int) -> HttpResponse:
    """GET: to read. POST: {"text": as it would be sent here, "remark": what to look at first,
    "names": what that points out}."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    to = picked(request, conversation)
    answer = past_answers.load(conversation, request.user, message_pk, to=to)
    if answer is None or answer.text is None:
        raise Http404
    if request.method == "POST":
        ready = answer.text
        said = {"text": ready.text, "remark": ready.remark, "names": ready.personal}
        return JsonResponse(said)
    context = {"conversation": conversation, "answer": answer}
    return htmx.vary(render(request, "inbox/past_answer.html", context))


# Below the views ---------------------------------------------------------------------------------


def picked(request: AuthenticatedHttpRequest, conversation: Conversation) -> Message | None:
    return conversation.asker(number(request.GET.get("to") or request.POST.get("to")))
