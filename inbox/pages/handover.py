"""What a hand-over brief shows of the inbox: conversations that are assigned to a teammate."""

from __future__ import annotations

import uuid

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation
from inbox.models.conversation import ConversationQuerySet
from inbox.verbs import triage
from members.hooks import HandoverSection
from team.actions import Changes
from team.models import User

MOST_MOVED = 2_000
UNDONE = ("open", "snoozed")


def assigned(teammate: User, user: User) -> ConversationQuerySet:
    found = Conversation.objects.visible_to(user).filter(assignee=teammate, state__in=UNDONE)
    return found.order_by(F("waiting_since").asc(nulls_last=True), "-pk")


def rows(teammate: User, user: User, most: int) -> list[Conversation]:
    found = assigned(teammate, user).select_related("source", "preview_by__member")
    return list(found[:most])


def move(teammate: User, to: User, by: User, group: uuid.UUID) -> Changes:
    return triage.assign(assigned(teammate, by)[:MOST_MOVED], to, by=by, group=group)


CONVERSATIONS = HandoverSection(
    slug="conversations",
    title=_("Open conversations"),
    empty=_("No open conversation is assigned to them."),
    template="inbox/_handover_conversation.html",
    rows=rows,
    move=move,
    place=40,
)
