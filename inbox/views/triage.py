"""Who takes it, until when it sleeps, whether it is done, what it is about."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number, shortened
from inbox.models import Conversation
from inbox.pages import open_promises, snooze_presets
from inbox.pages.system_lines import day_and_time
from inbox.verbs import tags as tag_verbs
from inbox.verbs import triage
from members.models import Tag
from members.models.tag import tag_name
from team.http import AuthenticatedHttpRequest
from team.models import User
from team.models.user import UserQuerySet

from .common import after_verb, folder_of, visible_conversation
from .returning import undo_and_return


@require_http_methods(["POST", "DELETE"])
def closure(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Done with what the page showed; DELETE opens it again."""
    conversation = visible_conversation(request, pk)
    triage.close.require(request.user)
    closing = htmx.method(request) == "POST"
    if closing:
        seen = number(request.POST.get("seen_up_to"))
        changes = triage.close([conversation], by=request.user, seen_up_to=seen)
        said = done_words(conversation)
    else:
        changes = triage.reopen([conversation], by=request.user)
        said = _("Reopened")
    response = after_verb(request, conversation, move_on=closing)
    undo = undo_and_return(changes, conversation, folder_of(request))
    question = open_promises.question(changes, request.user) if closing else None
    return htmx.tell(request, response, said, undo=undo, question=question)


def done_words(conversation: Conversation) -> str:
    if conversation.state == "open":
        return _("They wrote again, so it stays open")
    return _("Done: %(subject)s") % {"subject": shortened(str(conversation), 60)}


@require_http_methods(["GET", "POST", "DELETE"])
def assignment(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: whom it can be given to. POST `user`: give it, "me" for taking. DELETE: nobody's."""
    conversation = visible_conversation(request, pk)
    triage.assign.require(request.user)
    colleagues = who_can_take(conversation).order_by("name")
    if request.method == "GET":
        context = {
            "conversation": conversation,
            "colleagues": colleagues,
            "folder": folder_of(request),
        }
        return htmx.respond(request, "inbox/assignment.html", context, parts=("colleagues",))
    to: User | None = None
    if htmx.method(request) == "POST":
        wanted = request.POST.get("user", "")
        to = request.user if wanted == "me" else get_object_or_404(colleagues, pk=number(wanted))
    changes = triage.assign([conversation], to, by=request.user)
    response = after_verb(request, conversation, move_on=False)
    return htmx.tell(request, response, assigned_words(to, request.user), undo=changes.undo_url)


def who_can_take(conversation: Conversation) -> UserQuerySet:
    """Nobody who would not find it: it would wait with a name on it that never sees it."""
    able, source = User.objects.who_can_triage(), conversation.source
    return able.admitted_to(source.scope) if source.restricted else able


def menu_context(request: AuthenticatedHttpRequest, conversation: Conversation) -> dict[str, Any]:
    return {"conversation": conversation, "folder": folder_of(request)}


def assigned_words(to: User | None, by: User) -> str:
    if to is None:
        return _("Unassigned")
    return _("Assigned to you") if to == by else _("Assigned to %(name)s") % {"name": to}


@require_http_methods(["GET", "POST", "DELETE"])
def snooze(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the times there are. POST `until`: a preset's name or a date. DELETE wakes it."""
    conversation = visible_conversation(request, pk)
    triage.snooze.require(request.user)
    if request.method == "GET":
        context = {
            "presets": snooze_presets.presets(request.user),
            "cursor": request.GET.get("cursor", "")[:100],
            **menu_context(request, conversation),
        }
        return htmx.respond(request, "inbox/snooze.html", context, parts=("snooze-times",))
    if htmx.method(request) == "DELETE":
        changes = triage.reopen([conversation], by=request.user)
        response = after_verb(request, conversation, move_on=False)
        return htmx.tell(request, response, _("Snooze removed"), undo=changes.undo_url)
    try:
        until = snooze_presets.chosen(request.POST.get("until", ""), request.user)
    except ValueError as error:
        return refused(request, conversation, str(error))
    changes = triage.snooze([conversation], until, by=request.user)
    said = (
        _("Snoozed until %(when)s") % {"when": day_and_time(until)}
        if until
        else _("Snoozed until they reply")
    )
    response = after_verb(request, conversation, move_on=True)
    undo = undo_and_return(changes, conversation, folder_of(request))
    return htmx.tell(request, response, said, undo=undo)


@require_http_methods(["GET", "POST"])
def tags(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the tags there are. POST `name`, or `new` as typed: put it on."""
    conversation = visible_conversation(request, pk)
    tag_verbs.tag.require(request.user)
    if request.method == "GET":
        others = (
            Tag.objects.visible_to(request.user)
            .current()
            .exclude(pk__in=conversation.tags.values("pk"))
        )
        known = others.by_name()[:200]
        context = {"all_tags": known, **menu_context(request, conversation)}
        return htmx.respond(request, "inbox/tags.html", context, parts=("tag-list",))
    try:
        name = tag_name(request.POST.get("name") or request.POST.get("new", ""))
        changes = tag_verbs.tag([conversation], name, by=request.user)
    except ValueError as error:
        return refused(request, conversation, str(error))
    response = after_verb(request, conversation, move_on=False)
    said = _("Tagged “%(name)s”.") % {"name": name}
    return htmx.tell(request, response, said, undo=changes.undo_url)


@require_http_methods(["DELETE", "POST"])
def tag(request: AuthenticatedHttpRequest, pk: int, tag_pk: int) -> HttpResponse:
    """Take one tag off; a form without scripts says DELETE in `_method`."""
    conversation = visible_conversation(request, pk)
    tag_verbs.untag.require(request.user)
    taken = get_object_or_404(conversation.tags, pk=tag_pk)
    changes = tag_verbs.untag([conversation], taken, by=request.user)
    response = after_verb(request, conversation, move_on=False)
    return htmx.tell(request, response, _("Tag removed"), undo=changes.undo_url)


def refused(
    request: AuthenticatedHttpRequest, conversation: Conversation, words: str
) -> HttpResponse:
    """Nothing changed; a sentence says what to do."""
    response = after_verb(request, conversation, move_on=False)
    return htmx.tell(request, response, words, level="error")
