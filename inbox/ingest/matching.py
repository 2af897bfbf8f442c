"""Our own replies that come back through a pull: found again, never stored twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from community_hub.lib import queue
from community_hub.lib.text import storable, web_address
from inbox import bond_contributions
from inbox.ingest.items import EARLY_BY
from inbox.ingest.message_lines import log_team_replies
from inbox.models import Delivery, DeliveryState, Message, Source

if TYPE_CHECKING:
    from inbox.ingest.items import PreparedItem

# "sent" without an id: somebody looked and said that it is there
IN_FLIGHT = ("queued", "sending", "unconfirmed", "pending", "failed", "sent")
_LEADING_HANDLES = re.compile(r"^(?:@[\w.@-]+[\s,:]*)+")
_NOISE = re.compile(r"[\W_]+")


def same_words(one: str, other: str) -> bool:
    """Equal but for spaces, punctuation, markup and the handles a platform puts in front. Where
    nothing else was said, such as a heart, those are compared as they are."""
    return _words(one) == _words(other)


def _words(text: str) -> str:
    said = _LEADING_HANDLES.sub("", text.strip())
    return _NOISE.sub("", said).casefold() or "".join(said.split())


def match_own(source: Source, ready: Sequence[PreparedItem], placed: Mapping[str, int]) -> set[int]:
    """Give our waiting messages the ids of their own echoes, before the page is written.

    Answers the conversations in which one was found: the upsert sees nothing new in them, and yet
    what they say of their reply is.

    By token where the platform echoes it; else by conversation and words, for a reply whose call
    has not come back yet. The row that is found takes the platform's id, so the upsert meets it.
    What the platform refused, and what was on it before we wrote, is found by its token alone.
    """
    own = [one for one in ready if one.item.is_own]
    if not own:
        return set()
    waiting = list(
        Message.objects.filter(
            source=source, external_id__isnull=True, delivery__state__in=IN_FLIGHT
        )
        .select_related("delivery", "source", "parent__author__member", "by")
        .order_by("pk")
    )
    if not waiting:
        return set()
    known = set(
        Message.objects.filter(
            source=source, external_id__in=[one.external_id for one in own]
        ).values_list("external_id", flat=True)
    )
    adopted = set()
    for one in own:
        if one.external_id in known:
            continue
        found = _find(one, placed[one.thread_id], waiting)
        if found:
            waiting.remove(found)
            _adopt(found, one)
            adopted.add(found.conversation_id)
    return adopted


def _find(one: PreparedItem, conversation_id: int, waiting: Sequence[Message]) -> Message | None:
    token = _uuid(one.item.client_token)
    if token:
        return next((message for message in waiting if message.client_token == token), None)
    return next(
        (
            message
            for message in waiting
            if message.conversation_id == conversation_id
            and message.delivery.attempts > 0
            and message.delivery.state != DeliveryState.FAILED
            and one.sent_at > message.sent_at - EARLY_BY
            and same_words(message.body_text, one.body_text)
        ),
        None,
    )


def _adopt(message: Message, one: PreparedItem) -> None:
    Message.objects.filter(pk=message.pk, external_id__isnull=True).update(
        external_id=one.external_id,
        version=one.version,
        sent_at=one.sent_at,
        permalink=web_address(one.item.permalink),
        thread_ref=storable(one.item.thread_ref)[:100],
    )
    Delivery.objects.filter(message=message, state__in=IN_FLIGHT).update(
        state=DeliveryState.SENT, next_try_at=None, lease_until=None, last_error=""
    )
    message.sent_at = one.sent_at
    message.keep_its_lines_below()
    log_team_replies([message.pk])
    bond_contributions.changed_in([message.conversation_id])
    queue.enqueue("inbox.tasks.note_promises", message.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
