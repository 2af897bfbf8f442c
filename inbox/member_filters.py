"""What this app adds to the questions of the list of members: where they were seen and wrote, and
who waits for a reply. `InboxConfig.ready()` gives it to their query language."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, Language, OperatorDefinition, dates
from inbox import filter_values as values
from inbox.conditions import WAITS
from inbox.models import Conversation, Message
from inbox.models.conversation import ConversationQuerySet
from members.models import Identity, Sighting
from members.models.member import has_own_id
from team.models import User

FEW = 10_000  # accounts, or messages of a channel, whose members are looked for first
FEW_CONVERSATIONS = 1_000  # of a channel, likewise


def seen_in(value: str, context: Context) -> Q:
    """Seen in a source that this reader may see. Of a source that saw few, they are found first."""
    scopes = [f"source:{pk}" for pk in values.sources_meant(value, context)]
    seen = Sighting.objects.filter(scope__in=scopes)
    few = _ids_of(seen.values("identity__member"), unless=seen.order_by()[FEW : FEW + 1])
    if few is not None:
        return has_own_id(few)
    # As `in`: behind a "-" it is read once for all, where `exists` would look for each member
    return Q(pk__in=seen.values("identity__member"))


def wrote_in(value: str, context: Context) -> Q:
    """Wrote in a channel of a source that this reader may see."""
    channels = values.channels_meant(value, context)
    there = Conversation.objects.filter(channel__in=channels).order_by()
    sizes = dict(there.values_list("pk", "message_count")[: FEW_CONVERSATIONS + 1])
    if not sizes:
        return Q(pk__in=[])
    said = Message.objects.filter(kind="inbound", deleted_at__isnull=True)
    if len(sizes) <= FEW_CONVERSATIONS and sum(sizes.values()) <= FEW:
        wrote = said.filter(conversation__in=list(sizes), author__isnull=False)
        return has_own_id(_ids_of(wrote.values("author__member").distinct()) or "{}")
    theirs = said.filter(author__member=OuterRef("pk"), conversation__channel__in=channels)
    return Q(Exists(theirs))


def waits(conversations: ConversationQuerySet, context: Context) -> Q:
    """Waits for a reply in one of these, as far as this reader may see them."""
    seen = conversations.visible_to(context.user).filter(WAITS, preview_by__isnull=False)
    askers = Identity.objects.filter(pk__in=seen.order_by().values("preview_by"))
    return Q(pk__in=askers.values("member"))


def _ids_of(members: QuerySet[Any, Any], unless: QuerySet[Any, Any] | None = None) -> str | None:
    """As PostgreSQL writes an array: read as one value, not as thousands of rows. None where there
    is anything in `unless`."""
    ids: Any = Cast(ArraySubquery(members.order_by()), TextField())
    if unless is not None:
        ids = Case(When(~Exists(unless), then=ids))
    (found,) = User.objects.order_by().values_list(ids, flat=True)[:1]  # whoever asks is one
    return found


def waiting(value: str, context: Context) -> Q:
    asked = Conversation.objects.filter(dates.aged("waiting_since", value, context))
    return waits(asked, context)


def register(people: Language) -> None:
    people.register(
        OperatorDefinition(
            name="source",
            help=gettext_lazy("Seen in this source, by its name or kind"),
            example="source:forum",
            build=seen_in,
            complete=values.source_names,
            refers_to="source",
        ),
        OperatorDefinition(
            name="channel",
            help=gettext_lazy("Wrote in this channel or category"),
            example="channel:support",
            build=wrote_in,
            complete=values.channel_names,
        ),
        OperatorDefinition(
            name="waiting",
            help=gettext_lazy("Waiting for a reply for longer (>) or not as long (<)"),
            example="waiting:>2d",
            build=waiting,
            complete=dates.complete_age,
        ),
    )
    people.add_values(
        "is",
        {"waiting": gettext_lazy("Waiting for a reply")},
        lambda _value, context: waits(Conversation.objects.all(), context),
    )
