"""Replies, notes and their preview: what is typed into the box under a conversation."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import html, htmx
from community_hub.lib.text import TooLong, number
from inbox import reply_rules
from inbox.approaches import why_not_again
from inbox.models import Conversation, Draft, Message
from inbox.pages import open_promises
from inbox.pages.composer import shown_there
from inbox.reply_rules import LONGEST, ReplyRefused
from inbox.variables import unfilled_in_code
from inbox.verbs import writing
from inbox.verbs.mentions import can_be_mentioned
from team.http import AuthenticatedHttpRequest
from team.models import User

from .common import after_verb, folder_of, typed, visible_conversation


@require_POST
def replies(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Put an answer in the outbox; it leaves after the seconds in which it can be taken back."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    text = typed(request, "reply")
    to = answered(request, conversation)
    if problem := what_is_wrong(conversation, request, text, to):
        return refused(request, conversation, problem, to=to)
    if not request.POST.get("anyway"):
        if other := answered_meanwhile(conversation, request):
            return refused(request, conversation, "", other=other, status=409)
        if words := worth_asking(conversation, request.user, text):
            return refused(request, conversation, words, may_insist=True, status=409)
    done = bool(request.POST.get("done"))
    seen = number(request.POST.get("seen_up_to"))
    try:
        message = writing.reply(
            conversation, text, by=request.user, to=to, done=done, seen_up_to=seen
        )
    except ReplyRefused as refusal:  # as of now: the source was disconnected meanwhile
        return refused(request, conversation, str(refusal))
    response = after_verb(request, conversation, move_on=done)
    trigger_client_event(response, "composer:sent", {"kind": "reply"})
    undo = reverse("cancellation", args=[message.delivery.pk])
    said = _("Sending in %(n)s seconds") % {"n": settings.UNDO_SEND_SECONDS}
    question = open_promises.question_after(message, request.user) if done else None
    return htmx.tell(request, response, said, undo=undo, question=question)


@require_POST
def notes(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A word among us: it never leaves the hub."""
    conversation = visible_conversation(request, pk)
    writing.note.require(request.user)
    text = typed(request, "note")
    if not text.strip():
        return refused(request, conversation, _("Write a note first."))
    if len(text) > LONGEST:
        return refused(request, conversation, str(TooLong(len(text) - LONGEST, LONGEST)))
    changes = writing.note(conversation, text, by=request.user)
    response = after_verb(request, conversation, move_on=False)
    trigger_client_event(response, "composer:sent", {"kind": "note"})
    return htmx.tell(request, response, _("Note added"), undo=changes.undo_url)


@require_GET
def mentionable(request: AuthenticatedHttpRequest, pk: int) -> JsonResponse:
    """The colleagues a note here can mention: {"names": [...]}."""
    conversation = visible_conversation(request, pk)
    writing.note.require(request.user)
    return JsonResponse({"names": [user.name for user in can_be_mentioned(conversation)]})


@require_POST
def preview(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The text as it will read where it goes."""
    conversation = visible_conversation(request, pk)
    writing.note.require(request.user)
    kind = request.POST.get("kind", "reply")
    text = typed(request, kind)
    if not text.strip() or len(text) > LONGEST:
        over = len(text) - LONGEST
        said = TooLong(over, LONGEST) if over > 0 else _("Nothing to preview yet.")
        return HttpResponse(format_html("<p>{}</p>", said))
    shown = (
        html.from_markdown(text)
        if kind == "note"
        else shown_there(conversation, text, answered(request, conversation))
    )
    return HttpResponse(mark_safe(shown))  # noqa: S308 - both went through the sanitiser


def answered(request: AuthenticatedHttpRequest, conversation: Conversation) -> Message | None:
    """The message that was picked, or where none was the one that waits; None where it is gone."""
    picked = number(request.POST.get("to"))
    return conversation.asker(picked) if picked else conversation.answerable()


def what_is_wrong(
    conversation: Conversation, request: AuthenticatedHttpRequest, text: str, to: Message | None
) -> str:
    """A sentence, or "" where the reply may go."""
    if to is None and number(request.POST.get("to")):
        return reply_rules.answered_is_gone()
    return reply_rules.problem(conversation, text, to, request.user)


def answered_meanwhile(
    conversation: Conversation, request: AuthenticatedHttpRequest
) -> Message | None:
    """What a colleague posted since this page was opened; None where nobody did."""
    opened_at = number(request.POST.get("opened_up_to"))
    if not opened_at:
        return None
    since = Message.objects.filter(conversation=conversation, pk__gt=opened_at).shown()
    ours = since.filter(kind="outbound").exclude(by=request.user)
    theirs = since.filter(kind="inbound", author__member__user__isnull=False)
    return (
        (ours | theirs.exclude(author__member__user=request.user))
        .select_related("by", "author__member")
        .order_by("-pk")
        .first()
    )


def worth_asking(conversation: Conversation, user: User, text: str) -> str:
    """A sentence where whoever writes decides whether it goes: "Send anyway"; else ""."""
    if words := assigned_to_another(conversation, user):
        return words
    if variable := unfilled_in_code(text):
        said = _("%(variable)s is sent as it is: nothing takes its place.")
        return said % {"variable": variable}
    return ""


def assigned_to_another(conversation: Conversation, user: User) -> str:
    """A sentence where a colleague who can still see it is the assignee; else ""."""
    assignee = conversation.assignee
    if assignee is None or assignee == user or not assignee.is_active:
        return ""
    return _("This conversation is assigned to %(name)s.") % {"name": assignee}


def refused(
    request: AuthenticatedHttpRequest,
    conversation: Conversation,
    words: str,
    *,
    other: Message | None = None,
    to: Message | None = None,
    may_insist: bool = False,
    status: int = 422,
) -> HttpResponse:
    """The words stay in the box; what is wrong is said above it. `to`: whom the reply is for, where
    that may be what is wrong."""
    if not htmx.target(request):
        return refused_plainly(request, conversation, words)
    context = {
        "words": words,
        "other": other,
        "may_insist": may_insist or other is not None,
        "conversation": conversation,
        "asks_lead_about": to if to and words == why_not_again(to, request.user) else None,
    }
    response = render(request, "inbox/refused.html", context, status=status)
    response.headers["HX-Retarget"] = "#composer-warning"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def refused_plainly(
    request: AuthenticatedHttpRequest, conversation: Conversation, words: str
) -> HttpResponse:
    """Without scripts the typed text comes back as the draft."""
    for kind in ("reply", "note"):
        if text := typed(request, kind).strip():
            Draft.keep(request.user, conversation.pk, kind, text)
    address = f"{conversation.get_absolute_url()}?in={folder_of(request).slug}"
    said = words or _("Someone replied while you were writing. Review it, then send again.")
    return htmx.tell(request, HttpResponseRedirect(address), said, level="error")
