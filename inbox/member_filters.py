"""What this app adds to the questions of the list of members: where they were seen and wrote, and
who waits for a reply. `InboxConfig.ready()` gives it to their query language."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, Language, OperatorDefinition, dates
from inbox import filter_values as values
from inbox.conditions import WAITS
from inbox.models import Conversation, Message
from inbox.models.conversation import ConversationQuerySet
from members.few import found_first, others_found_first
from members.models import Member, Sighting
from members.models.scopes import hidden_scopes


def seen_in(value: str, context: Context) -> Q:
    """Seen in a source that this reader may see. Of a source that saw few, they are found first;
    behind a "-", of one that saw nearly all, the others: a list of two parts would look for them
    twice."""
    scopes = [f"source:{pk}" for pk in values.sources_meant(value, context)]
    seen = Sighting.objects.filter(scope__in=scopes)
    few = found_first(seen, "identity__member")
    if few is None and context.is_negated and hidden_scopes(context.user) is not None:
        here = seen.filter(identity__member=OuterRef("pk"))
        few = others_found_first(Member.objects.filter(~Exists(here)), context.user)
    # As `in`: behind a "-" it is read once for all, where `exists` would look for each member
    return Q(pk__in=seen.values("identity__member")) if few is None else few


def wrote_in(value: str, context: Context) -> Q:
    """Wrote in a channel of a source that this reader may see."""
    channels = values.channels_meant(value, context)
    said = Message.objects.filter(kind="inbound", deleted_at__isnull=True, author__isnull=False)
    said = said.filter(conversation__channel__in=channels)
    few = found_first(said, "author__member")
    return Q(Exists(said.filter(author__member=OuterRef("pk")))) if few is None else few


def waits(conversations: ConversationQuerySet, context: Context) -> Q:
    """Waits for a reply in one of these, as far as this reader may see them."""
    seen = conversations.visible_to(context.user).filter(WAITS, preview_by__isnull=False)
    few = found_first(seen, "preview_by__member")
    return Q(pk__in=seen.values("preview_by__member")) if few is None else few


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
