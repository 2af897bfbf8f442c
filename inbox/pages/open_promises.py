"""Promises that are open where a conversation is done: who keeps them is asked once of each."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_hub.lib.paths import path
from inbox.models import Message, ReplyPromise
from members import follow_ups
from members.models import FollowUp, FollowUpKind, Member
from team.actions import Changes
from team.models import Action, User

MOST = 50
CONVERSATION = "inbox.conversation"  # in the trail


def of_closing(group: uuid.UUID, user: User) -> list[FollowUp]:
    """Of the conversations that this colleague closed in one go, those that were asked of then."""
    closed = Action.objects.filter(group=group, by=user, verb="close", undone_at=None)
    ids = closed.filter(object_type=CONVERSATION).values_list("object_id", flat=True)
    return _asked_of(ids[:1000], group, user)


def leaving_with(group: uuid.UUID, user: User) -> list[ReplyPromise]:
    """Of the same conversations, what is promised in replies that have not been sent yet."""
    closed = Action.objects.filter(group=group, by=user, verb="close", undone_at=None)
    ids = closed.filter(object_type=CONVERSATION).values("object_id")
    return _leaving(ids, user)


def _leaving(ids: Any, user: User) -> list[ReplyPromise]:
    rows = ReplyPromise.objects.visible_to(user).filter(conversation__in=ids, message__isnull=False)
    return list(rows.select_related("member", "owner", "conversation").order_by("pk")[:MOST])


def question(changes: Changes, user: User) -> dict[str, str]:
    """What a toast says of them: "text" and "link"; nothing where nothing is promised there, or
    whoever closed it before was asked already."""
    ids = [each.object_id for each in changes.actions if each.verb == "close"]
    return _question(ids, changes.group, user)


def question_after(reply: Message, user: User) -> dict[str, str]:
    """The same, where a conversation was closed with a reply."""
    closed = Action.objects.filter(
        object_type=CONVERSATION,
        object_id=reply.conversation_id,
        verb="close",
        by=user,
        undone_at=None,
    )
    group = closed.order_by("-pk").values_list("group", flat=True).first()
    return _question([reply.conversation_id], group, user) if group else {}


def _question(ids: list[int], group: uuid.UUID, user: User) -> dict[str, str]:
    """Of what is promised, and of what will be once a reply is sent."""
    if not ids or not user.can_edit_members or not _is_any(ids, user):
        return {}
    rows: list[FollowUp | ReplyPromise] = [*_asked_of(ids, group, user), *_leaving(ids, user)]
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


def _is_any(ids: Iterable[int], user: User) -> bool:
    """Whether there may be something to ask of; in most conversations nothing is promised, so one
    query looks for both."""
    promised = _promised([path("conversation", pk) for pk in ids], user).order_by().values("pk")
    leaving = ReplyPromise.objects.visible_to(user).filter(conversation__in=ids)
    waiting = leaving.filter(message__isnull=False).order_by().values("pk")
    return bool(promised[:1].union(waiting[:1], all=True))


def _promised(places: Iterable[str], user: User) -> QuerySet[FollowUp]:
    """What is open, as far as this colleague may see it."""
    found = FollowUp.objects.visible_to(user).open().filter(kind=FollowUpKind.PROMISE)
    return found.filter(link__in=places)


def _asked_of(ids: Iterable[int], group: uuid.UUID, user: User) -> list[FollowUp]:
    """Open promises of these conversations, soonest first, as far as this colleague may see them,
    without those that stood there when somebody closed the conversation before this group did."""
    places = {path("conversation", pk): pk for pk in ids}
    found = _promised(places, user).select_related("owner", "member")
    rows = list(found.order_by("due_on", "pk")[:MOST])
    if not rows:
        return []
    closings = Action.objects.filter(
        object_type=CONVERSATION, verb="close", by__isnull=False, undone_at=None,
        object_id__in={places[row.link] for row in rows},
    )  # fmt: skip
    this = closings.filter(group=group).order_by("pk").values("pk")[:1]
    before = closings.filter(pk__lt=Subquery(this)).order_by("object_id", "-pk")
    last = dict(before.distinct("object_id").values_list("object_id", "at"))
    new = [row for row in rows if not _stood_at(row, last.get(places[row.link]))]
    return follow_ups.with_days_left(new, user)


def _stood_at(row: FollowUp, closed_at: datetime | None) -> bool:
    return closed_at is not None and row.created_at < closed_at


def colleagues() -> QuerySet[User]:
    return User.objects.who_can_triage().order_by("name", "pk")[:200]


def addressee(message: Message) -> Member | None:
    """Whom a reply was written to; else whoever asked there. None for teammates and bots."""
    answered = message.parent or message.conversation.answerable()
    author = answered.author_id if answered else None
    return Member.objects.filter(identities=author, user=None, is_bot=False).first()
