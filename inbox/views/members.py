"""What the inbox adds to a member's page: their conversations."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset
from inbox.models import Conversation, Message
from inbox.models.conversation import ConversationQuerySet
from members.models import Member
from team.http import AuthenticatedHttpRequest

PAGE = 15


@require_GET
def conversations(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Where this member wrote, as far as this user may see it; the newest first."""
    user = request.user
    member = get_object_or_404(Member.objects.visible_to(user), pk=pk)
    theirs = Message.objects.filter(author__member=member, kind="inbound")
    found = Conversation.objects.visible_to(user).filter(pk__in=theirs.values("conversation"))
    found = before(found.newest_first().select_related("source", "channel", "assignee"), request)
    rows = list(found[: PAGE + 1])
    context = {
        "member": member,
        "conversations": rows[:PAGE],
        "more": cursor_of(rows[PAGE - 1]) if len(rows) > PAGE else "",
    }
    return htmx.respond(
        request,
        "inbox/member_conversations.html",
        context,
        parts=("conversations", "more-conversations"),
    )


def cursor_of(row: Conversation) -> str:
    return keyset.cursor(row.last_message_at, row.pk)


def before(found: ConversationQuerySet, request: AuthenticatedHttpRequest) -> ConversationQuerySet:
    """A cursor that cannot be read starts at the top."""
    place = keyset.place(request.GET.get("before", ""))
    if place is None:
        return found
    return found.filter(
        Q(last_message_at__lt=place[0]) | Q(last_message_at=place[0], pk__lt=place[1])
    )
