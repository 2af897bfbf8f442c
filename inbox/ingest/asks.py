"""The asks of a conversation worked out in Python, apart from the SQL that keeps them: what the
nightly check compares with. See inbox/models/ask.py for what an ask is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from inbox.models import Ask, Conversation, Kind, Message
from inbox.models.delivery import DeliveryState

FIELDS = (
    "message_id", "member_id", "asked_at", "team_replied_at", "replied_by_id", "answered_at",
    "closed_at", "is_first",
)  # fmt: skip
Row = tuple[object, ...]  # the values of FIELDS
_NOT_SAID = Q(delivery__state__in=[DeliveryState.FAILED, DeliveryState.CANCELLED]) | Q(
    delivery__state=DeliveryState.UNCONFIRMED, delivery__next_try_at__isnull=True
)


@dataclass(frozen=True)
class _Said:
    pk: int
    at: datetime
    member: int | None
    user: int | None
    is_team: bool
    is_bot: bool
    is_from_here: bool
    asks: bool
    is_history: bool  # when it arrived


@dataclass(frozen=True)
class _Closing:
    at: datetime
    is_close: bool
    up_to: int


def expected(conversation: Conversation) -> list[Row]:
    """The rows that should be kept, in the order in which they were asked."""
    said, closings = _said(conversation), _closings(conversation)
    ends: dict[tuple[datetime | None, bool], tuple[_Said, datetime | None]] = {}
    for one in said:
        if one.asks:
            end, is_reply, reply = _end(one, said, closings, conversation)
            ends.setdefault((end, is_reply), (one, reply))
    waits = sorted(
        ((one, end, is_reply, reply) for (end, is_reply), (one, reply) in ends.items()),
        key=lambda wait: (wait[0].at, wait[0].pk),
    )
    rows: list[Row] = []
    for n, (one, end, is_reply, reply) in enumerate(waits):
        next_at = waits[n + 1][0].at if n + 1 < len(waits) else None
        team_at = reply if is_reply or not next_at or (reply and reply < next_at) else None
        others = [
            other.at for other in said
            if other.at > one.at and not other.is_bot
            and (other.is_team or (other.member is not None and other.member != one.member))
        ]  # fmt: skip
        rows.append((
            one.pk, one.member, one.at, team_at, _user(said, team_at),
            min(filter(None, [min(others, default=None), team_at]), default=None),
            None if is_reply else end, n == 0,
        ))  # fmt: skip
    return rows


def drifted(conversations: Iterable[Conversation]) -> list[int]:
    """The ids of those whose kept asks are others than these."""
    given = {one.pk: one for one in conversations}
    kept: dict[int, list[Row]] = {pk: [] for pk in given}
    rows = Ask.objects.filter(conversation__in=given).order_by("asked_at", "message_id")
    for conversation, *values in rows.values_list("conversation_id", *FIELDS):
        kept[conversation].append(tuple(values))
    return [pk for pk, one in given.items() if kept[pk] != expected(one)]


def _end(
    ask: _Said, said: Sequence[_Said], closings: Sequence[_Closing], conversation: Conversation
) -> tuple[datetime | None, bool, datetime | None]:
    """When its wait ended, whether by a reply, and when the team replied."""
    replies = [
        one.at for one in said
        if one.is_team and (
            one.pk > ask.pk and one.at >= ask.at if one.is_from_here
            else (one.at, one.pk) > (ask.at, ask.pk)
        )
    ]  # fmt: skip
    reply = min(replies, default=None)
    reopened = [it.at for it in closings if not it.is_close and it.up_to < ask.pk]
    closes = [
        it.at for it in closings
        if it.is_close and it.up_to >= ask.pk and (not reopened or it.at > max(reopened))
    ]  # fmt: skip
    done = min(closes, default=ask.at if ask.is_history else None)
    if done is None and ask.pk <= conversation.handled_up_to:
        row = Ask.objects.filter(conversation=conversation, message=ask.pk).first()
        done = row.closed_at if row else None
    if reply and (done is None or ask.is_history or reply <= done):
        return reply, True, reply
    return done, False, reply


def _user(said: Sequence[_Said], at: datetime | None) -> int | None:
    users = [one.user for one in said if one.is_team and one.at == at and one.user]
    return min(users, default=None)


def _said(conversation: Conversation) -> list[_Said]:
    rows = Message.objects.filter(
        conversation=conversation, kind__in=[Kind.INBOUND, Kind.OUTBOUND], deleted_at__isnull=True
    )
    rows = rows.exclude(pk__in=rows.filter(_NOT_SAID)).select_related("author__member")
    return [_facts(row) for row in rows.order_by("sent_at", "pk")]


def _facts(row: Message) -> _Said:
    member = row.author.member if row.author else None
    is_ours = bool(row.author and row.author.is_us)
    is_team = row.kind == Kind.OUTBOUND or is_ours or bool(member and member.user_id)
    is_bot = bool(member and member.is_bot)
    return _Said(
        pk=row.pk, at=row.sent_at, member=member.pk if member else None,
        user=row.by_id or (member.user_id if member else None), is_team=is_team, is_bot=is_bot,
        is_from_here=row.kind == Kind.OUTBOUND and row.by_id is not None,
        asks=row.kind == Kind.INBOUND and bool(row.mention_reason) and not is_team and not is_bot,
        is_history=row.handled_on_arrival,
    )  # fmt: skip


def _closings(conversation: Conversation) -> list[_Closing]:
    lines = Message.objects.filter(conversation=conversation, kind=Kind.EVENT)
    return [
        _Closing(at, event["verb"] == "close", event.get("handled_up_to") or 0)
        for at, event in lines.values_list("sent_at", "event")
        if event.get("verb") in ("close", "reopen")
    ]
