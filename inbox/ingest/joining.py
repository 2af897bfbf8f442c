"""Two conversations that turned out to be one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from community_hub.lib import live
from community_hub.lib.text import one_line
from inbox.ingest.message_lines import key_of, reply_key_of
from inbox.models import (
    Conversation,
    ConversationTag,
    Draft,
    Message,
    ReadMark,
    ReplyPromise,
    Source,
    ThreadAlias,
)
from members import log


def join(source: Source, ids: Sequence[int]) -> int:
    """Move everything to the oldest of these conversations; the others become aliases of it.

    What was handled in either stays handled: the mark moves from the conversation, whose arrival
    order means nothing for the other's messages, onto the messages themselves.
    """
    both = list(
        Conversation.objects.select_for_update()
        .filter(pk__in=ids)
        .order_by(F("opened_at").asc(nulls_last=True), "pk")
    )
    winner, losers = both[0], both[1:]
    for conversation in both:
        Message.objects.filter(
            conversation=conversation, pk__lte=conversation.handled_up_to, kind="inbound"
        ).update(handled_on_arrival=True)
    gone = [loser.pk for loser in losers]
    _move_lines(winner, losers)
    Message.objects.filter(conversation__in=gone).update(conversation=winner)
    _move_personal(winner, gone)
    ReplyPromise.objects.filter(conversation__in=gone).update(conversation=winner)
    ThreadAlias.objects.filter(conversation__in=gone).update(conversation=winner)
    ThreadAlias.objects.bulk_create(
        [
            ThreadAlias(
                source=source, external_id=loser.external_id, conversation=winner, was=loser.pk
            )
            for loser in losers
        ],
        ignore_conflicts=True,
    )
    winner.handled_up_to = 0
    winner.state, winner.snoozed_until = _state_of(both)
    winner.assignee_id = next((c.assignee_id for c in both if c.assignee_id), None)
    winner.subject = next((one_line(c.subject, 500) for c in both if c.subject), "")
    Conversation.objects.filter(pk__in=gone).delete()
    winner.save(update_fields=["handled_up_to", "state", "snoozed_until", "assignee", "subject"])
    # Pages that show one of them ask again, and find it where it is now.
    live.publish([source.scope], "conversation", {"ids": gone})
    return winner.pk


def _move_lines(winner: Conversation, losers: Sequence[Conversation]) -> None:
    """The log leads to where the messages are, and tells of one conversation."""
    said = Message.objects.filter(conversation__in=losers).values_list("pk", flat=True)
    keys = [key for pk in said for key in (key_of(pk), reply_key_of(pk))]
    moved = {loser.get_absolute_url(): winner.get_absolute_url() for loser in losers}
    log.move_links(keys, moved)


def _state_of(both: Sequence[Conversation]) -> tuple[str, datetime | None]:
    """Open if one of them is, and asleep no longer than the first of them that wakes."""
    states = {conversation.state for conversation in both}
    if states != {"snoozed"} and states != {"snoozed", "done"}:
        return ("open" if "open" in states else "done"), None
    times = [c.snoozed_until for c in both if c.state == "snoozed" and c.snoozed_until]
    return "snoozed", min(times, default=None)


def _move_personal(winner: Conversation, gone: list[int]) -> None:
    """Drafts, marks and tags follow. Where the winner has a mark of its own, that one stays; where
    it has a draft, the other's words come below."""
    for model, keys in ((Draft, ("user_id", "kind")), (ReadMark, ("user_id",))):
        taken = set(model.objects.filter(conversation=winner).values_list(*keys))
        for row in model.objects.filter(conversation__in=gone):
            key = tuple(getattr(row, name) for name in keys)
            if key not in taken:
                taken.add(key)
                model.objects.filter(pk=row.pk).update(conversation=winner)
            elif isinstance(row, Draft):
                Draft.append(winner.pk, row)
    tags = ConversationTag.objects.filter(conversation__in=gone).values_list("tag_id", flat=True)
    ConversationTag.objects.bulk_create(
        [ConversationTag(conversation=winner, tag_id=tag) for tag in set(tags)],
        ignore_conflicts=True,
    )
