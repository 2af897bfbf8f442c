"""A follow-up that is made from a conversation, for whoever asked there."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from inbox.models import Conversation
from members.follow_up_verbs import Origin
from members.models import Member
from members.views.follow_ups import plan_for
from team.http import AuthenticatedHttpRequest

from .common import visible_conversation


@require_http_methods(["GET", "POST"])
def conversation_follow_ups(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    conversation = visible_conversation(request, pk)
    return plan_for(request, asker_of(conversation), origin_of(conversation), request.path)


def asker_of(conversation: Conversation) -> Member:
    """404 where the platform does not say who wrote."""
    if conversation.preview_by is None:
        raise Http404
    return conversation.preview_by.member


def origin_of(conversation: Conversation) -> Origin:
    return Origin(
        scope=conversation.source.scope,
        place=str(conversation),
        link=conversation.get_absolute_url(),
    )
