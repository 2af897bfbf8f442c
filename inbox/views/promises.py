"""What is promised in a reply, and what becomes of it when a conversation is done."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.text import number
from inbox.forms import PromiseForm
from inbox.models import Conversation, Message, ReplyPromise
from inbox.pages import open_promises
from inbox.verbs import promises, writing
from members import follow_ups
from members.follow_up_verbs import NotPossible
from members.views.follow_ups import plan_for
from team.http import AuthenticatedHttpRequest
from team.models import User

from .common import begun_promises, visible_conversation

PAGE = "inbox/promise.html"
PARTS = ("reply-promise-form", "reply-promises")


@require_http_methods(["GET", "POST"])
def reply_promises(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the form, or what was marked already. POST: one more in the reply that is written."""
    conversation = visible_conversation(request, pk)
    writing.reply.require(request.user)
    if request.method == "GET":
        form = PromiseForm(
            user=request.user, conversation=conversation, initial=initial(request, conversation)
        )
        return page(request, conversation, form)
    form = PromiseForm(request.POST, user=request.user, conversation=conversation)
    if form.is_valid():
        try:
            row = promises.mark(conversation, by=request.user, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            said = _("Noted as a promise to %(name)s once the reply is sent.")
            return answer(request, conversation, said % {"name": row.member})
    return page(request, conversation, form, status=422)


@require_http_methods(["POST", "DELETE"])
def reply_promise(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST `user`: who keeps it, "me" or somebody's id. DELETE: it is no promise; a form says so in
    `_method`."""
    seen = ReplyPromise.objects.visible_to(request.user)
    row = get_object_or_404(seen.select_related("conversation__source", "member"), pk=pk)
    writing.reply.require(request.user)
    if htmx.method(request) == "DELETE":
        if row.message_id:  # it belongs to a reply that is on its way
            raise Http404
        row.delete()
        return answer(request, row.conversation, _("Not marked as a promise any more."))
    wanted = request.POST.get("user", "")
    keeper = request.user if wanted == "me" else colleague(number(wanted))
    try:
        promises.give(row, keeper, by=request.user)
    except NotPossible as error:
        return answer(request, row.conversation, str(error), level="error")
    return answer(request, row.conversation, _("%(name)s keeps it.") % {"name": keeper})


@require_http_methods(["GET", "POST"])
def message_promises(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """A promise that stands in a reply of ours that was sent."""
    ours = Message.objects.visible_to(request.user).filter(kind="outbound", deleted_at=None)
    sent = ours.filter(external_id__isnull=False) | ours.filter(delivery__state="sent")
    message = get_object_or_404(sent.select_related("conversation__source", "parent"), pk=pk)
    member = open_promises.addressee(message)
    if member is None:
        raise Http404
    first = {"text": message.body_text[:200].strip(), "promised": True}
    return plan_for(request, member, promises.origin_of(message), request.path, first)


@require_GET
def closed_promises(request: AuthenticatedHttpRequest, group: uuid.UUID) -> HttpResponse:
    """What is still promised in the conversations that were closed together."""
    context = {
        "rows": open_promises.of_closing(group, request.user),
        "leaving": open_promises.leaving_with(group, request.user),
        "colleagues": open_promises.colleagues(),
    }
    return htmx.respond(request, "inbox/closed_promises.html", context, parts=("closed-promises",))


# Below the views ----------------------------------------------------------------------------------


def colleague(pk: int) -> User:
    return get_object_or_404(User.objects.who_can_triage(), pk=pk)


def initial(request: AuthenticatedHttpRequest, conversation: Conversation) -> dict[str, Any]:
    to = conversation.asker(number(request.GET.get("to"))) or conversation.answerable()
    return {
        "member": to.author.member_id if to and to.author else None,
        "due_on": follow_ups.usual_day(request.user),
    }


def page(
    request: AuthenticatedHttpRequest,
    conversation: Conversation,
    form: PromiseForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "conversation": conversation,
        "promises": begun_promises(conversation),
        "days": [
            follow_ups.Day(_("Today"), follow_ups.today()),
            *follow_ups.offered_days(request.user),
        ],
        "in_menu": bool(htmx.target(request)),
    }
    return htmx.respond(request, PAGE, context, parts=PARTS, status=status)


def answer(
    request: AuthenticatedHttpRequest, conversation: Conversation, text: str, *, level: str = ""
) -> HttpResponse:
    response: HttpResponse = HttpResponseRedirect(conversation.get_absolute_url())
    if "HX-Request" in request.headers:
        response = HttpResponse(status=204)
        trigger_client_event(response, "hub:promises")
    return htmx.tell(request, response, text, level=level)
