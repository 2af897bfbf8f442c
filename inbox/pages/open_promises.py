"""Promises that are open where a conversation is done: who keeps them is asked once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib.paths import path
from inbox.models import Message
from members import follow_ups
from members.models import FollowUp, FollowUpKind, Member
from team.actions import Changes
from team.models import Action, User

MOST = 50


def of_conversations(ids: Iterable[int], user: User) -> list[FollowUp]:
    """Soonest first, as far as this colleague may see them."""
    links = [path("conversation", pk) for pk in ids]
    found = FollowUp.objects.visible_to(user).open().filter(kind=FollowUpKind.PROMISE)
    rows = found.filter(link__in=links).select_related("owner", "member").soonest_first()
    return follow_ups.with_days_left(list(rows[:MOST]), user)


def of_closing(group: uuid.UUID, user: User) -> list[FollowUp]:
    """Of the conversations that this colleague closed in one go."""
    closed = Action.objects.filter(group=group, by=user, verb="close", undone_at=None)
    ids = closed.filter(object_type="inbox.conversation").values_list("object_id", flat=True)
    return of_conversations(ids[:1000], user)


def question(changes: Changes, user: User) -> dict[str, str]:
    """What a toast says of them: "text" and "link"; nothing where nothing is promised there."""
    ids = [each.object_id for each in changes.actions if each.verb == "close"]
    return _question(ids, changes.group, user)


def question_after(reply: Message, user: User) -> dict[str, str]:
    """The same, where a conversation was closed with a reply."""
    closed = Action.objects.filter(
        object_type="inbox.conversation",
        object_id=reply.conversation_id,
        verb="close",
        by=user,
        undone_at=None,
    )
    group = closed.order_by("-pk").values_list("group", flat=True).first()
    return _question([reply.conversation_id], group, user) if group else {}


def _question(ids: list[int], group: uuid.UUID, user: User) -> dict[str, str]:
    rows = of_conversations(ids, user) if ids and user.can_edit_members else []
    if not rows:
        return {}
    link = reverse("closed-promises", args=[group])
    if len(rows) == 1:
        said = _("Still promised to %(name)s. Who keeps it?") % {"name": rows[0].member}
    else:
        n = len(rows)
        said = ngettext(
            "%(n)s promise is open. Who keeps it?", "%(n)s promises are open. Who keeps them?", n
        ) % {"n": n}
    return {"text": said, "link": link}


def colleagues() -> QuerySet[User]:
    return User.objects.who_can_triage().order_by("name", "pk")[:200]


def addressee(message: Message) -> Member | None:
    """Whom a reply was written to; else whoever asked there. None for teammates and bots."""
    answered = message.parent or message.conversation.answerable()
    author = answered.author_id if answered else None
    return Member.objects.filter(identities=author, user=None, is_bot=False).first()
