"""What belongs to one colleague: the unfinished text, how far they read, that they are here."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx, queue
from community_hub.lib.text import number, storable
from inbox.models import Conversation, Draft
from inbox.pages import presence as present
from inbox.reply_rules import length_there
from inbox.verbs import triage, writing
from team.http import AuthenticatedHttpRequest

from .common import closed, folder_of, typed, visible_conversation
from .writing import LONGEST


@require_POST
def draft(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed. Answers its length by the platform's own rule. `was`: texts that
    this browser has had here; where another one has kept `other` words since, these are answered
    and nothing is kept."""
    seen = Conversation.objects.visible_to(request.user).called(pk)
    conversation = get_object_or_404(seen.select_related("source"))
    writing.note.require(request.user)
    kind, text = request.POST.get("kind", ""), typed(request, "text")
    if kind not in ("reply", "note"):
        return JsonResponse({"error": _("A draft is a reply or a note.")}, status=422)
    to = conversation.asker(number(request.POST.get("to"))) if kind == "reply" else None
    with transaction.atomic():
        if other := kept_elsewhere(request, conversation, kind, text):
            return JsonResponse({"kind": kind, "other": other})
        Draft.keep(request.user, conversation.pk, kind, text, to=to)
    is_counted_there = kind == "reply" and len(text) <= LONGEST
    length = length_there(conversation, text, to) if is_counted_there else len(text)
    return JsonResponse({"kind": kind, "length": length, "text": text})


@require_http_methods(["POST", "DELETE"])
def readmark(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST `up_to`: read so far. DELETE: unread again, for this user alone."""
    conversation = visible_conversation(request, pk)
    if htmx.method(request) == "POST":
        conversation.mark_read(number(request.POST.get("up_to")), by=request.user)
        return HttpResponse(status=204)
    changes = triage.mark_unread([conversation], by=request.user)
    response = closed(request, folder_of(request))
    trigger_client_event(response, "hub:conversation", {})  # so that its row turns bold
    return htmx.tell(request, response, _("Marked as unread"), undo=changes.undo_url)


@require_http_methods(["GET", "POST", "DELETE"])
def presence(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: who is here. POST `state`: I am, viewing or replying, and saw so far. DELETE: gone."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.user).called(pk))
    if request.method == "GET":
        who = present.who(conversation.pk, request.user)
        context = {"conversation": conversation, "present": who}
        return htmx.respond(request, "inbox/presence.html", context)
    if request.method == "POST":
        doing: present.Doing = "replying" if request.POST.get("state") == "replying" else "viewing"
        present.here(conversation.pk, request.user, doing)
        if seen := number(request.POST.get("up_to")):
            conversation.mark_read(seen, by=request.user)
        # what somebody looks at is kept fresh
        queue.enqueue("inbox.tasks.refresh_conversation", conversation.pk)
    else:
        present.leave(conversation.pk, request.user)
    return HttpResponse(status=204)


def kept_elsewhere(
    request: AuthenticatedHttpRequest, conversation: Conversation, kind: str, text: str
) -> str:
    """The draft that would be lost; "" also where the page does not say what it knows."""
    known = list(map(storable, request.POST.getlist("was")))
    if not known:
        return ""
    return Draft.kept_elsewhere(request.user, conversation.pk, kind, text, known)
