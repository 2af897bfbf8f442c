"""The rows of a search: conversations, each with the part of the message that was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.db.models.functions import Left

from community_hub.lib import compiled_sql, prepared_sql
from inbox.models import Conversation, Message
from inbox.pages.rows import SHOWN, Rows, with_row_facts
from inbox.search.excerpts import READ, Piece, Sought, excerpt, marked
from members.models.member import has_id
from team.models import User

if TYPE_CHECKING:
    from inbox.search.hit import Hit


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
    """`excerpts` by the id of the conversation. `may_have_a_name`: there is nothing, but some of
    the words may be a name."""

    excerpts: dict[int, Excerpt] = field(default_factory=dict)
    may_have_a_name: bool = False


def rows_of(pks: Sequence[int], user: User) -> list[Conversation]:
    """With what a row shows, in this order. In a query of its own: our joins are made in the order
    in which they are written, and what finds the conversations must come before them."""
    if not pks:
        return []
    role = user.role

    def rows(user: int, pks: str) -> QuerySet[Conversation]:
        reader = User(pk=user, role=role)
        seen = Conversation.objects.visible_to(reader).filter(has_id(pks))
        return with_row_facts(seen, reader).only(*SHOWN)

    array = prepared_sql.as_array(pks)
    found = compiled_sql.rows(("rows found", role), rows, user=user.pk, pks=array)
    known = {row.pk: row for row in found}
    return [known[pk] for pk in pks if pk in known]


def excerpts_of(
    rows: Sequence[Conversation],
    hits: Sequence[Hit],
    wanted: Sequence[Sought],
    user: User,
    *,
    dated: bool = True,
    by_place: bool = False,
) -> dict[int, Excerpt]:
    """One more query for a page, at most. Not `dated`: a row keeps the time that its list is in the
    order of. `by_place`: it has the time of its hit, which is that of the last message where the
    subject has the words, and may be later than that of the message that is shown."""
    place_of = {hit.conversation: hit.place[0] for hit in hits}
    message_of = {hit.conversation: hit.message for hit in hits}
    found = messages_of([pk for pk in message_of.values() if pk], user)
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
        sent_at = place_of[row.pk] if by_place else message.sent_at if dated else None
        excerpts[row.pk] = Excerpt(message.pk, pieces, str(writer or ""), sent_at, given)
    return excerpts


def messages_of(pks: Sequence[int], user: User) -> list[Any]:
    """With the `beginning` of their text and who wrote them, in no order."""
    if not pks:
        return []
    role = user.role

    def messages(reader: User | None, pks: str) -> QuerySet[Message]:
        seen = Message.objects.visible_to(reader) if reader else Message.objects.all()
        return (
            seen.filter(has_id(pks), deleted_at__isnull=True)
            .annotate(beginning=Left("body_text", READ))
            .select_related("by", "author__member")
            .only("language", "sent_at", "kind", "by__name", "by__email", "author__member__name")
        )

    array = prepared_sql.as_array(pks)
    if user.can_see_every_source:
        return compiled_sql.rows(
            ("messages found", None), lambda pks: messages(None, pks), pks=array
        )
    return compiled_sql.rows(
        ("messages found", role),
        lambda user, pks: messages(User(pk=user, role=role), pks),
        user=user.pk,
        pks=array,
    )
