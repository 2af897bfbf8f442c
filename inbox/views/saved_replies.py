"""Saved replies: their page, their forms, and the menu beside the box one writes in."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx
from inbox.forms import SavedReplyForm
from inbox.models import SavedReply
from inbox.pages import saved_replies
from inbox.pages.variables import VARIABLES, fill
from inbox.verbs import saved_replies as verbs
from inbox.verbs import writing
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

from .common import found


@require_GET
def saved_reply_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    writing.reply.require(request.user)
    context = {"folders": saved_replies.by_folder(request.user)}
    return htmx.respond(request, "inbox/saved_replies.html", context, parts=("saved-replies",))


@require_http_methods(["GET", "POST"])
def saved_reply_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    verbs.create.require(request.user)
    form = SavedReplyForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return form_page(request, form)
    changes = verbs.create(by=request.user, **form.cleaned_data)
    return answer(request, _("Reply saved."), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def saved_reply(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.edit.require(request.user)
    reply = visible(request, pk)
    if htmx.method(request) == "DELETE":
        changes = verbs.delete(reply, by=request.user)
        return answer(request, _("Deleted “%(title)s”.") % {"title": reply}, changes)
    form = SavedReplyForm(request.POST or None, user=request.user, reply=reply)
    if request.method == "GET" or not form.is_valid():
        return form_page(request, form, reply)
    changes = verbs.edit(reply, by=request.user, **form.cleaned_data)
    return answer(request, _("Reply saved.") if changes else _("No changes."), changes)


@require_GET
def saved_reply_menu(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Those that can be put into a reply here."""
    conversation = found(request, pk)
    writing.reply.require(request.user)
    offered = saved_replies.offered(conversation, request.user)
    context = {"conversation": conversation, "replies": offered}
    return htmx.vary(render(request, "inbox/saved_reply_menu.html", context))


@require_POST
def saved_reply_text(request: AuthenticatedHttpRequest, pk: int, reply_pk: int) -> JsonResponse:
    """One of them as it reads here: {"text": ...}. It counts as used."""
    conversation = found(request, pk)
    writing.reply.require(request.user)
    reply = visible(request, reply_pk)
    SavedReply.objects.filter(pk=reply.pk).note_use()
    facts = saved_replies.facts_of(conversation, request.user)
    return JsonResponse({"text": fill(reply.text, facts)})


# Below the views ---------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> SavedReply:
    return get_object_or_404(SavedReply.objects.visible_to(request.user).current(), pk=pk)


def form_page(
    request: AuthenticatedHttpRequest, form: SavedReplyForm, reply: SavedReply | None = None
) -> HttpResponse:
    context = {"form": form, "reply": reply, "variables": VARIABLES}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/saved_reply.html", context, status=status)


def answer(request: AuthenticatedHttpRequest, text: str, changes: Changes) -> HttpResponse:
    return htmx.tell(request, redirect("saved-replies"), text, undo=changes.undo_url)
