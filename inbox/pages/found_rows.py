"""The rows of a search: conversations, each with the part of the message that was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Left

from community_hub.lib.query import Mistake
from inbox.models import Conversation, Message
from inbox.pages.rows import SHOWN, Rows, with_row_facts
from inbox.search.excerpts import READ, Piece, Sought, excerpt, marked

if TYPE_CHECKING:
    from inbox.search.hits import Hit
    from team.models import User


@dataclass(frozen=True)
class Excerpt:
    """What a row shows of what was found. `pieces` of the message, and `who` wrote it; none where
    the subject alone has the words. `subject` in pieces, where it has any of them."""

    message: int = 0
    pieces: Sequence[Piece] = ()
    who: str = ""
    sent_at: datetime | None = None
    subject: Sequence[Piece] = ()


@dataclass
class FoundRows(Rows):
    """`excerpts` by the id of the conversation. `mistake`: why there is nothing. `note`: what else
    a reader should know. `is_unfinished`: older messages were not looked at yet."""

    excerpts: dict[int, Excerpt] = field(default_factory=dict)
    mistake: Mistake | None = None
    note: str = ""
    is_unfinished: bool = False


def rows_of(pks: Sequence[int], user: User) -> list[Conversation]:
    """With what a row shows, in this order. In a query of its own: our joins are made in the order
    in which they are written, and what finds the conversations must come before them."""
    seen = Conversation.objects.visible_to(user).filter(pk__in=pks)
    known = {row.pk: row for row in with_row_facts(seen, user).only(*SHOWN)}
    return [known[pk] for pk in pks if pk in known]


def excerpts_of(
    rows: Sequence[Conversation], hits: Sequence[Hit], wanted: Sequence[Sought], user: User
) -> dict[int, Excerpt]:
    """Two more queries for a page, at most."""
    message_of = {hit.conversation: hit.message for hit in hits}
    found = (
        Message.objects.visible_to(user)
        .filter(Q(pk__in=message_of.values()), deleted_at__isnull=True)
        .annotate(beginning=Left("body_text", READ))
        .select_related("by", "author__member")
        .only("language", "sent_at", "kind", "by__name", "by__email", "author__member__name")
    )
    messages = {message.pk: message for message in found}
    excerpts = {}
    for row in rows:
        subject = marked(row.subject, wanted)
        message = messages.get(message_of.get(row.pk, 0))
        given = subject if any(piece.is_found for piece in subject) else ()
        if message is None:
            excerpts[row.pk] = Excerpt(subject=given)
            continue
        writer = message.by or (message.author and message.author.member)
        pieces = excerpt(message.beginning, wanted, message.language)
        excerpts[row.pk] = Excerpt(message.pk, pieces, str(writer or ""), message.sent_at, given)
    return excerpts
