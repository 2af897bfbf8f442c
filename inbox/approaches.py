"""Writing to people who didn't ask: once, and once more for each time that a lead allows it.

A lead's word is an action in the trail; it holds until the next approach, whoever makes it. What
was written to somebody counts wherever it was, in restricted sources too: the sentence says that
it was, never where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from inbox.models import Message, Reason, Source
from members.models import Sighting
from team.models import Action

if TYPE_CHECKING:
    from members.models import Member
    from team.models import User

ON = "members.member"
ALLOWED, REQUESTED = "allow-approach", "request-approach"  # verbs
UNASKED = ("", Reason.KEYWORD.value)  # a post that is not addressed to the team


def why_not_again(answered: Message, user: User | None) -> str:
    """Why `user` may not write to the author of a post that didn't ask the team: one of us did
    before, and they haven't answered. Leads may; so may anybody write to who came to one of the
    team's places. "" where nothing is in the way."""
    if answered.mention_reason not in UNASKED or answered.author is None:
        return ""
    if answered.source.is_our_place:
        return ""
    if user is not None and user.is_lead:
        return ""
    member = answered.author.member
    if not is_once_only(member) or is_allowed(member):
        return ""
    said = _(
        "Someone has already written to %(name)s without being asked, and they haven’t replied. "
        "Wait for their reply, or ask a lead to allow another message."
    )
    return said % {"name": member}


def is_once_only(member: Member) -> bool:
    """They were written to without being asked, have said nothing since, and never came to us."""
    if member.user_id or _was_in_our_places(member):
        return False
    return _waits_for_their_answer(member)


def is_allowed(member: Member) -> bool:
    return since_last_approach(ALLOWED, member) is not None


def since_last_approach(verb: str, member: Member) -> Action | None:
    """The newest of these actions, where it was not undone and nobody wrote to them after it."""
    rows = Action.objects.filter(object_type=ON, object_id=member.pk, verb=verb, undone_at=None)
    action = rows.select_related("by").order_by("-pk").first()
    if action is None:
        return None
    # what a platform says of our own message's time may be earlier than what the hub's clock says
    at = Case(When(kind="outbound", then="received_at"), default="sent_at")
    since = _approaches(member).annotate(written_at=at).filter(written_at__gt=action.at)
    return None if since.exists() else action


def _was_in_our_places(member: Member) -> bool:
    own = [source.scope for source in Source.objects.filter(is_our_place=True)]
    return Sighting.objects.filter(identity__member=member, scope__in=own).exists()


def _waits_for_their_answer(member: Member) -> bool:
    """Written to without being asked, and they have said nothing there since, nor asked the team
    anywhere."""
    theirs = Message.objects.filter(author__member=member, kind="inbound")
    if theirs.exclude(mention_reason__in=UNASKED).exists():
        return False
    approaches = _approaches(member)
    wrote_back = theirs.filter(
        conversation=OuterRef("conversation"), sent_at__gt=OuterRef("sent_at")
    )
    written = approaches.annotate(is_answered=Exists(wrote_back))
    answers = list(written.values_list("is_answered", flat=True)[:20])
    return bool(answers) and not any(answers)


def _approaches(member: Member) -> QuerySet[Message]:
    """What we wrote to them, here or there; what failed or was taken back is none."""
    arrived = Q(delivery__isnull=True) | ~Q(delivery__state__in=("failed", "cancelled"))
    ours = Q(kind="outbound") & arrived | Q(kind="inbound", author__member__user__isnull=False)
    asked = Message.objects.filter(author__member=member, kind="inbound").values("pk")
    return Message.objects.filter(ours, parent__in=asked, deleted_at=None)
