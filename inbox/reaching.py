"""Writing to a member where they wrote to the team for themselves: a way to reach many, for others
who have something to say; see members.hooks.WayToReach. It goes out as every reply does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members.hooks import NotReached, Place, WayToReach

from . import reply_rules
from .models import Draft, Message, ReplyPromise

if TYPE_CHECKING:
    from team.models import User

ALONE = ("private", "direct")  # visibilities of what they alone read, beside the team
KEY = "conversation"


def places(user: User, member_ids: list[int]) -> dict[int, Place]:
    """By member, the newest conversation in which they wrote to the team alone and can be answered.
    Never one that others read."""
    seen = Message.objects.visible_to(user).filter(
        author__member__in=member_ids,
        kind="inbound",
        visibility__in=ALONE,
        deleted_at__isnull=True,
        conversation__reply_blocked="",
    )
    newest = seen.order_by("author__member", "-sent_at", "-id").distinct("author__member")
    found: dict[int, Place] = {}
    blocked: dict[int, str] = {}  # by source: that is what it hangs on from here
    for message in newest.select_related("conversation__source", "author"):
        conversation = message.conversation
        if conversation.source_id not in blocked:
            blocked[conversation.source_id] = reply_rules.why_blocked(conversation, user)
        if message.author and not blocked[conversation.source_id]:
            place = Place(f"{KEY}:{conversation.pk}", conversation.source.name)
            found[message.author.member_id] = place
    return found


def send(user: User, member_id: int, place: str, text: str) -> None:
    """As a reply to what they wrote last there. Not over what the user is writing there."""
    from .verbs import writing  # the verbs read the hooks that this fills

    pk = int(place.partition(":")[2])
    theirs = Message.objects.visible_to(user).filter(
        conversation=pk, author__member=member_id, kind="inbound", deleted_at__isnull=True
    )
    rows = theirs.select_related("conversation__source", "author__member")
    answered = rows.filter(visibility__in=ALONE).order_by("-sent_at", "-id").first()
    if answered is None:
        raise NotReached(_now("Their conversation is gone, or you can’t see it any more."))
    begun = Draft.objects.filter(user=user, conversation=pk, kind="reply").exclude(text="")
    if begun.exists() or ReplyPromise.objects.in_draft_of(user).filter(conversation=pk).exists():
        raise NotReached(_now("You have a draft there. Send or delete it, then invite them again."))
    try:
        writing.reply(answered.conversation, text, by=user, to=answered)
    except reply_rules.ReplyRefused as refused:
        raise NotReached(str(refused)) from None
    except PermissionDenied:
        raise NotReached(_now("Whoever sent these invitations can’t reply any more.")) from None


IN_THEIR_CONVERSATION = WayToReach(
    slug=KEY,
    label=_("In their private conversation with you"),
    may=lambda user: user.can_reply,
    places=places,
    send=send,
)
