"""The rows of a list of conversations: what each shows, and a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject, Lower

from community_hub.lib.keyset import Listing
from community_hub.lib.query import Mistake
from inbox.models import Conversation, ConversationTag, Delivery, Draft, ReadMark
from team.models import User

if TYPE_CHECKING:
    from inbox.models.conversation import ConversationQuerySet

PAGE = 25
MOST = 200  # rows a list that is brought up to date may show

# What a row shows. The other columns are dear: credentials are decrypted, JSON and dates parsed.
SHOWN = (
    "subject",
    "state",
    "snoozed_until",
    "waiting_since",
    "last_message_at",
    "last_mention_at",
    "last_reply_at",
    "last_message_id",
    "preview",
    "opening",
    "mention_reason",
    "mention_keyword",
    "peer_answered_at",
    "source__name",
    "source__kind",
    "source__network",
    "channel__name",
    "assignee__name",
    "assignee__email",
    "assignee__is_active",
    "preview_by__member__name",
)


@dataclass
class Rows(Listing[Conversation]):
    """`below` are those of Mine that are assigned and do not wait: shown under a line. `split`: how
    many rows stand above the line under which a source has those that do not wait.

    What only a search has stands here too, since templates ask for it: `mistake`: why there is
    nothing. `note`: what else a reader should know. `is_unfinished`: older messages were not looked
    at yet; `looked_back_to`: those since then were, where that is known."""

    split: int | None = None
    below: list[Conversation] | None = None
    mistake: Mistake | None = None
    note: str = ""
    is_unfinished: bool = False
    looked_back_to: datetime | None = None

    def __len__(self) -> int:
        return len(self.rows) + len(self.below or ())


def with_row_facts(found: ConversationQuerySet, user: User) -> ConversationQuerySet:
    """All that a row shows, without a query a row: tags, this user's mark and unfinished text."""
    mine = {"user": user, "conversation": OuterRef("pk")}
    drafts = Draft.objects.filter(**mine).values("text")
    put = ConversationTag.objects.filter(conversation=OuterRef("pk"), tag__removed_at__isnull=True)
    tags = put.order_by(Lower("tag__name"))
    return found.select_related("source", "channel", "assignee", "preview_by__member").annotate(
        read_up_to=Subquery(ReadMark.objects.filter(**mine).values("up_to")[:1]),
        reply_begun=Subquery(drafts.filter(kind="reply")[:1]),
        note_begun=Subquery(drafts.filter(kind="note")[:1]),
        unsent=Exists(
            Delivery.objects.filter(
                message__conversation=OuterRef("pk"), state__in=["failed", "unconfirmed"]
            )
        ),
        tag_list=ArraySubquery(
            tags.values(json=JSONObject(pk="tag_id", name="tag__name", hue="tag__colour"))
        ),
    )


def is_unread(conversation: Conversation) -> bool:
    """For this user: others wrote after the mark; without a mark, whatever waits is new."""
    mark: int | None = getattr(conversation, "read_up_to", None)
    if mark is None:
        return conversation.waiting_since is not None
    return conversation.last_message_id > mark
