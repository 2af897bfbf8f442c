"""What the inbox adds to a member's page: their conversations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from community_hub.lib import htmx, keyset
from inbox.models import Conversation, Message
from inbox.models.conversation import NEWEST_FIRST
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
    found = found.select_related("source", "channel", "assignee")
    listing = keyset.page(found, NEWEST_FIRST, request.GET.get("before", ""), PAGE)
    context = {"member": member, "conversations": listing.rows, "more": listing.more}
    return htmx.respond(
        request,
        "inbox/member_conversations.html",
        context,
        parts=("conversations", "more-conversations"),
    )
