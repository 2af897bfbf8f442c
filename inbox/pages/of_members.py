"""What other apps show of the inbox: titles of conversations and names of sources."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, F, Func, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from community_hub.lib.text import number
from inbox.models import Conversation, Kind, Message, Source
from members.hooks import Thing
from team.models import User

MOST_SOURCES = 200
MOST_AUTHORS = 10_000
KEYS = "conversation:"  # before an id


def thread_title() -> Subquery:
    """Of the conversation that a line of the log leads to: whoever may read the line may read that
    too, since it says in which source it was."""
    number = Func(OuterRef("link"), Value("^/conversations/([0-9]{1,18})/"), function="substring")
    talk = Conversation.objects.filter(pk=Cast(number, BigIntegerField()))
    return Subquery(talk.values(title=Coalesce(NullIf(F("subject"), Value("")), F("opening")))[:1])


def authors_of(user: User, keys: list[str]) -> dict[str, dict[int, datetime]]:
    """For members.hooks.authors_of. One query."""
    ids = [number(key.removeprefix(KEYS)) for key in keys if key.startswith(KEYS)]
    if not ids:
        return {}
    seen = Conversation.objects.visible_to(user).filter(pk__in=ids)
    said = Message.objects.filter(conversation__in=seen, kind=Kind.INBOUND, deleted_at__isnull=True)
    said = said.filter(author__is_us=False, author__member__user=None, author__member__is_bot=False)
    columns = said.order_by().values_list("conversation_id", "author__member_id")
    found: dict[str, dict[int, datetime]] = defaultdict(dict)
    for talk, member, first in columns.annotate(first=Min("sent_at"))[:MOST_AUTHORS]:
        found[f"{KEYS}{talk}"][member] = first
    return dict(found)


def scope_names(user: User) -> QuerySet[Any, Any]:
    """Of the sources that this reader may see."""
    named = Source.objects.visible_to(user).annotate(as_scope=Concat(Value("source:"), F("pk")))
    return named.order_by("name", "pk")[:MOST_SOURCES]


def conversation_thing(user: User, key: str) -> Thing | None:
    """Of "conversation:42": for members.hooks.things."""
    kind, _colon, pk = key.partition(":")
    if kind != "conversation" or not number(pk):
        return None
    seen = Conversation.objects.visible_to(user).filter(pk=number(pk))
    talk = seen.select_related("source").first()
    if talk is None:
        return None
    return Thing(f"conversation:{talk.pk}", str(talk), talk.get_absolute_url(), talk.source.scope)
