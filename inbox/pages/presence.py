"""Who is looking at a conversation and who is writing an answer: in Redis for 45 s, nowhere else.

An open conversation calls `here()` every 20 seconds or so. Redis being away means that nobody is
shown; no page fails for it.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import redis
import structlog

from community_hub.lib import live
from inbox.models import Conversation
from team.models import User

log = structlog.get_logger(__name__)

KEPT = 45  # seconds
Doing = Literal["viewing", "replying"]


@dataclass(frozen=True)
class Present:
    """A colleague at a conversation."""

    user_id: int
    name: str
    doing: Doing


def here(conversation_id: int, user: User, doing: Doing = "viewing") -> None:
    """Say that `user` is at the conversation. The caller has checked that they may see it."""
    now = time.time()
    value = json.dumps({"name": str(user), "doing": doing, "until": now + KEPT})
    try:
        before = one(live.client().hget(key(conversation_id), str(user.pk)), user.pk, now)
        with live.client().pipeline() as pipe:
            pipe.hset(key(conversation_id), str(user.pk), value)
            pipe.expire(key(conversation_id), KEPT)
            pipe.zadd(key_of_all(), {str(conversation_id): now + KEPT})
            pipe.zremrangebyscore(key_of_all(), "-inf", now)
            pipe.expire(key_of_all(), KEPT)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("presence not kept", conversation=conversation_id, error=str(error))
        return
    if before is None or before.doing != doing:
        tell(conversation_id, user)


def leave(conversation_id: int, user: User) -> None:
    try:
        removed = live.client().hdel(key(conversation_id), str(user.pk))
    except redis.RedisError as error:
        log.warning("presence not kept", conversation=conversation_id, error=str(error))
        return
    if removed:
        tell(conversation_id, user)


def who(conversation_id: int, except_user: User | None = None) -> list[Present]:
    """Those at the conversation now, who writes before who looks, then by name."""
    return at([conversation_id], except_user)[conversation_id]


def replying(ids: Iterable[int], except_user: User | None = None) -> dict[int, list[Present]]:
    """Those who write an answer, for a whole list; empty lists are left out."""
    found = {
        pk: [present for present in people if present.doing == "replying"]
        for pk, people in at(anybody_at(ids), except_user).items()
    }
    return {pk: people for pk, people in found.items() if people}


def anybody_at(ids: Iterable[int]) -> list[int]:
    """Those of the conversations that somebody said to be at: to ask about each of a list took
    longer than to read the list."""
    try:
        busy: Any = live.client().zrangebyscore(key_of_all(), time.time(), "+inf")
    except redis.RedisError as error:
        log.warning("presence not read", error=str(error))
        return []
    known = {int(pk) for pk in busy}
    return [pk for pk in ids if pk in known]


def at(ids: list[int], except_user: User | None) -> dict[int, list[Present]]:
    if not ids:
        return {}
    try:
        if len(ids) == 1:  # to make a pipeline takes longer than to ask
            rows = [live.client().hgetall(key(ids[0]))]
        else:
            with live.client().pipeline(transaction=False) as pipe:
                for pk in ids:
                    pipe.hgetall(key(pk))
                rows = pipe.execute()
    except redis.RedisError as error:
        log.warning("presence not read", error=str(error))
        rows = [{} for _ in ids]
    now = time.time()
    found = {}
    for pk, row in zip(ids, rows, strict=True):
        people = [one(value, int(user_id), now) for user_id, value in row.items()]
        found[pk] = sorted(
            (
                person
                for person in people
                if person and not (except_user and person.user_id == except_user.pk)
            ),
            key=lambda person: (person.doing != "replying", person.name.casefold()),
        )
    return found


def one(value: object, user_id: int, now: float) -> Present | None:
    """None where there is nobody, or where they went without a word."""
    if not isinstance(value, bytes):
        return None
    kept = json.loads(value)
    if kept["until"] < now:
        return None
    return Present(user_id, kept["name"], kept["doing"])


def key(conversation_id: int) -> str:
    return f"{live.namespace()}:presence:{conversation_id}"


def key_of_all() -> str:
    """The conversations that somebody is at, each with the second until which that holds."""
    return f"{live.namespace()}:presence"


def tell(conversation_id: int, user: User) -> None:
    """Names who it was, so that their own browser need not ask again."""
    source = Conversation.objects.filter(pk=conversation_id).values_list("source_id", flat=True)
    if source_id := source.first():
        data = {"conversation": conversation_id, "user": user.pk}
        live.publish(f"source:{source_id}", "presence", data)
