"""Saved replies: their page, their forms, and the menu beside the box one writes in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.forms import model_to_dict
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx
from community_hub.lib.text import number, storable
from inbox.forms import SavedReplyForm, TextForm
from inbox.models import Conversation, Message, SavedReply
from inbox.pages import saved_replies
from inbox.variables import VARIABLES, fill
from inbox.verbs import saved_replies as verbs
from inbox.verbs import writing
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

from .common import visible_conversation

LONGEST_WORDS = 200  # that a reply is looked for by


@require_GET
def saved_reply_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    writing.reply.require(request.user)
    context = {"folders": saved_replies.by_folder(request.user)}
    return htmx.respond(request, "inbox/saved_replies.html", context, parts=("saved-replies",))


@require_http_methods(["GET", "POST"])
def saved_reply_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    verbs.create.require(request.user)
    form = SavedReplyForm(request.POST or None, user=request.user)
    changes = submitted(request, form, verbs.create)
    if changes is None:
        return form_page(request, form)
    if "variant" not in request.POST:
        return answer(request, _("Reply saved."), changes)
    goal = redirect("saved-reply-variant-new", changes.actions[0].object_id)
    return htmx.tell(request, goal, _("Reply saved."), undo=changes.undo_url)


@require_http_methods(["GET", "POST", "DELETE"])
def saved_reply(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.edit.require(request.user)
    reply = visible(request, pk)
    if htmx.method(request) == "DELETE":
        deleted = verbs.delete(reply, by=request.user)
        return answer(request, _("Deleted “%(title)s”.") % {"title": reply}, deleted)
    form = SavedReplyForm(request.POST or None, user=request.user, reply=reply)
    changes = submitted(request, form, partial(verbs.edit, reply))
    if changes is None:
        return form_page(request, form, reply)
    return answer(request, _("Reply saved.") if changes else _("No changes."), changes)


@require_http_methods(["GET", "POST"])
def saved_reply_variant_new(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.add_variant.require(request.user)
    reply = visible(request, pk)
    form = TextForm(request.POST or None)
    changes = submitted(request, form, partial(verbs.add_variant, reply))
    if changes is None:
        return variant_page(request, form, reply)
    return variant_answer(request, reply, _("Reply saved."), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def saved_reply_variant(
    request: AuthenticatedHttpRequest, pk: int, variant_pk: int
) -> HttpResponse:
    """DELETE takes the id of the first text too, which is that of the reply."""
    verbs.edit.require(request.user)
    reply = visible(request, pk)
    if variant_pk == pk and htmx.method(request) == "DELETE":
        removed = verbs.remove_first(reply, by=request.user)
        said = _("Removed %(language)s.") % {"language": reply.language_name}
        return variant_answer(request, reply, said if removed else _("No changes."), removed)
    variant = get_object_or_404(reply.variants.current(), pk=variant_pk)
    if htmx.method(request) == "DELETE":
        removed = verbs.remove_variant(variant, by=request.user)
        said = _("Removed %(language)s.") % {"language": variant.language_name}
        return variant_answer(request, reply, said, removed)
    form = TextForm(request.POST or None, initial=model_to_dict(variant, ["language", "text"]))
    changes = submitted(request, form, partial(verbs.edit, variant))
    if changes is None:
        return variant_page(request, form, reply, variant)
    said = _("Reply saved.") if changes else _("No changes.")
    return variant_answer(request, reply, said, changes)


@require_GET
def saved_reply_menu(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Those that can be put into a reply to ?to=42, or to whoever waits; with `words`, those that
    have them."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    asked = answered(conversation, request.GET.get("to"))
    words = storable(request.GET.get("words", "")).strip()[:LONGEST_WORDS]
    offers = saved_replies.offered(asked, request.user, words)
    facts = saved_replies.facts_of(conversation, asked, request.user)
    context = {"conversation": conversation, "offers": offers, "facts": facts}
    return htmx.vary(render(request, "inbox/saved_reply_menu.html", context))


@require_POST
def saved_reply_text(request: AuthenticatedHttpRequest, pk: int, reply_pk: int) -> JsonResponse:
    """One of them as it reads here: {"text": ..., "language": "de", "languages": [["de",
    "Deutsch"], ...]}. It counts as used, unless `language` asks for another of its texts."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    reply = visible(request, reply_pk)
    asked = answered(conversation, request.POST.get("to"))
    if "language" in request.POST:
        chosen = reply.text_in([request.POST["language"]])
    else:
        chosen = reply.text_in(saved_replies.languages_of(asked))
        SavedReply.objects.filter(pk=reply.pk).note_use()
    text = fill(chosen.text, saved_replies.facts_of(conversation, asked, request.user))
    languages = [(each.language, each.language_name) for each in reply.texts]
    return JsonResponse({"text": text, "language": chosen.language, "languages": languages})


# Below the views ---------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> SavedReply:
    seen = SavedReply.objects.visible_to(request.user).current().firsts()
    return get_object_or_404(seen.prefetch_related("variants"), pk=pk)


def answered(conversation: Conversation, picked: str | None) -> Message | None:
    """The message that was picked, while it is there, or the one that waits."""
    return conversation.asker(number(picked)) or conversation.answerable()


def submitted(
    request: AuthenticatedHttpRequest, form: TextForm, save: Callable[..., Changes]
) -> Changes | None:
    """What was changed; None where the form is to be shown, with what is wrong in it."""
    if request.method == "GET" or not form.is_valid():
        return None
    try:
        return save(by=request.user, **form.cleaned_data)
    except verbs.LanguageTaken as error:
        form.add_error("language", str(error))
        return None


def form_page(
    request: AuthenticatedHttpRequest, form: SavedReplyForm, reply: SavedReply | None = None
) -> HttpResponse:
    # with undo_reloads, as a form that is filled in is not brought up to date
    context = {"form": form, "reply": reply, "variables": VARIABLES, "undo_reloads": True}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/saved_reply.html", context, status=status)


def variant_page(
    request: AuthenticatedHttpRequest,
    form: TextForm,
    reply: SavedReply,
    variant: SavedReply | None = None,
) -> HttpResponse:
    context = {"form": form, "reply": reply, "variant": variant, "variables": VARIABLES}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/saved_reply_variant.html", context, status=status)


def variant_answer(
    request: AuthenticatedHttpRequest, reply: SavedReply, text: str, changes: Changes
) -> HttpResponse:
    """The reply's own page: its other languages are listed there."""
    return htmx.tell(request, redirect(reply), text, undo=changes.undo_url)


def answer(request: AuthenticatedHttpRequest, text: str, changes: Changes) -> HttpResponse:
    return htmx.tell(request, redirect("saved-replies"), text, undo=changes.undo_url)
