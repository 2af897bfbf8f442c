"""What is promised in a reply: marked while it is written, noted once it is sent, back in the draft
when the reply is taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from inbox.models import Conversation, Message, ReplyPromise
from inbox.models.reply_promise import MOST
from members import follow_up_verbs, follow_ups
from members.follow_up_checks import NotPossible, checked_day, checked_owner, checked_text
from members.follow_up_verbs import Origin
from members.models import FollowUp, FollowUpKind, Member
from team.notifications import notify

if TYPE_CHECKING:
    from team.models import User


def mark(
    conversation: Conversation, member: Member, text: str, due_on: date, *, by: User, owner: User
) -> ReplyPromise:
    """In the reply that `by` is writing. NotPossible, with a sentence, as for every promise."""
    text, due_on = checked_text(text), checked_day(due_on)
    if member.user_id or member.is_bot:
        raise NotPossible(_("Promises are for members, not for teammates or bots."))
    with transaction.atomic():
        begun = ReplyPromise.objects.in_draft_of(by).filter(conversation=conversation)
        if len(begun) >= MOST:
            raise NotPossible(_("A reply has up to %(n)s promises.") % {"n": MOST})
        return ReplyPromise.objects.create(
            user=by, conversation=conversation, member=member, owner=owner, text=text, due_on=due_on
        )


def go_with(message: Message, *, by: User) -> None:
    """The draft became this reply."""
    begun = ReplyPromise.objects.in_draft_of(by).filter(conversation=message.conversation_id)
    begun.update(message=message)


def give(row: ReplyPromise, to: User, *, by: User) -> None:
    """Who keeps what is promised in a reply that has not been sent. NotPossible for a teammate who
    can't, and once it was sent: it is a follow-up then."""
    checked_owner(to, row.member, row.conversation.source.scope)
    if not ReplyPromise.objects.visible_to(by).filter(pk=row.pk).update(owner=to):
        raise NotPossible(_("The reply was sent meanwhile. Reload the page."))


def come_back(message: Message, *, by: User, keep: bool) -> None:
    """The reply was taken back before it left: into the draft of whoever did, or dropped."""
    rows = ReplyPromise.objects.filter(message=message)
    if keep:
        rows.update(message=None, user=by, conversation=message.conversation_id)
    else:
        rows.delete()


def note_promises(message: Message) -> None:
    """The reply is there: what stands in it was promised. Safe to repeat."""
    with transaction.atomic():
        locked = ReplyPromise.objects.select_for_update(of=("self",)).filter(message=message)
        for number, row in enumerate(locked.select_related("member", "owner", "user")):
            _note(row, message, number)
            row.delete()


def _note(row: ReplyPromise, message: Message, number: int) -> None:
    """As of when the reply was written: whoever closed the conversation with it was asked then."""
    origin = origin_of(message, number)
    able = row.owner.is_active and row.owner.can_edit_members
    try:
        changes = follow_up_verbs.plan(
            row.member,
            row.text,
            max(row.due_on, follow_ups.today()),  # it may have waited long for its platform
            by=row.user,
            owner=row.owner if able else row.user,
            kind=FollowUpKind.PROMISE,
            origin=origin,
        )
        planned = [action.object_id for action in changes.actions]
        FollowUp.objects.filter(pk__in=planned).update(created_at=message.received_at)
    except (NotPossible, PermissionDenied) as error:
        said = _("Your promise to %(name)s wasn’t noted: “%(text)s” %(why)s")
        facts = {"name": row.member, "text": row.text, "why": error}
        about, link = f"promise:{row.pk}", message.conversation.get_absolute_url()
        notify("delivery", [row.user], about, said % facts, link, scope=origin.scope)


def origin_of(message: Message, number: int = 0) -> Origin:
    """Of a promise that was made in a reply. `number`: of several in one."""
    key = f"message:{message.pk}"
    return Origin(
        key=f"{key}:{number}" if number else key,
        scope=message.conversation.source.scope,
        place=str(message.conversation),
        link=message.conversation.get_absolute_url(),
    )


def unsent_words(message: Message) -> str:
    """What a reply that did not arrive means for what was promised in it; "" where nothing was."""
    rows = ReplyPromise.objects.filter(message=message).select_related("member")[:1]
    if not rows:
        return ""
    said = _(
        "Your promise to %(name)s counts once it is sent: retry it, or edit it to get it back."
    )
    return said % {"name": rows[0].member}
