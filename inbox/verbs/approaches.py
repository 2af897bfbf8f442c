"""Another message to somebody who didn't ask: a manager requests it, a lead allows it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.paths import path
from inbox import approaches
from inbox.approaches import ALLOWED, ON, REQUESTED
from inbox.models import Message
from members.follow_up_verbs import NotPossible
from members.models import Member
from team import actions, notifications
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

KIND = "approach"  # of a notification

notifications.register(KIND, gettext_lazy("A teammate asks to write to someone again"))


@one_by_one
def _undo_allowing(action: Action, by: User) -> bool:
    """That it is undone is all there is to it."""
    return True


@verb(
    ALLOWED,
    on=ON,
    right="can_allow_approaches",
    words=gettext_lazy("allowed another message to %(object)s"),
    undo=_undo_allowing,
    lead_may_undo=True,
)
def allow(member: Member, *, by: User) -> Changes:
    """The next one, whoever writes it. Nothing changes where it is allowed already. NotPossible
    where nothing has to be allowed."""
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if not approaches.is_once_only(member):
            raise NotPossible(_("Nothing has to be allowed: anyone can write to them."))
        if approaches.is_allowed(member):
            return Changes()
        changes = actions.record(ALLOWED, [member], by=by)
    _tell_who_asked(member, by)
    return changes


@verb(
    REQUESTED,
    on=ON,
    right="can_reply",
    words=gettext_lazy("asked a lead to allow another message to %(object)s"),
)
def request(message: Message, *, by: User) -> Changes:
    """The leads are told, once until somebody writes. NotPossible where it is allowed."""
    if not approaches.why_not_again(message, by) or message.author is None:
        raise NotPossible(_("You can write to them now. Send your reply again."))
    member = message.author.member
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if approaches.since_last_approach(REQUESTED, member):
            return Changes()
        after = {"conversation": message.conversation_id}
        changes = actions.record(REQUESTED, [member], by=by, after=after)
    said = _("%(who)s asks to write to %(name)s again, who hasn’t replied")
    leads = [each for each in User.objects.active() if each.is_lead]
    notifications.notify(
        KIND, leads, f"approach:{member.pk}", said % {"who": by, "name": member},
        path("member-approach", member.pk), by=by,
    )  # fmt: skip
    return changes


def _tell_who_asked(member: Member, by: User) -> None:
    asked = approaches.since_last_approach(REQUESTED, member)
    if asked is None or asked.by is None:
        return
    said = _("%(who)s allows another message to %(name)s")
    notifications.notify(
        KIND, [asked.by], f"approach:{member.pk}", said % {"who": by, "name": member},
        path("conversation", asked.after["conversation"]), by=by,
    )  # fmt: skip
