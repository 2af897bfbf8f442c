"""/live/: the stream of live events that a browser holds open.

Server-sent events: `hello` first (data: `resumed`, true when the browser was here before and may
have missed something), then what live.publish() has said since the page was made (`?since=`, by
time.time()), then whatever it says, on the topics this user may hear. The id of an event begins
with the time at which it was published. A comment every 15 seconds keeps proxies from hanging up.
The stream ends when a message "close" comes for the user or the team, when the browser does not
keep up, or after ten minutes; the browser then connects again and is asked again who it is.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from community_hub.lib import live
from inbox.models import Source

log = structlog.get_logger(__name__)

HEARTBEAT = 15.0  # seconds between comments
LONGEST = 600.0  # seconds a stream lives before the browser must ask again
SILENCE = 20.0  # seconds without a word from Redis until we ask whether it is there
WAITING = 100  # events that may wait for a slow browser
RECONNECT = 2.0  # seconds until the Redis connection, and the browser, try again


@login_not_required  # a browser's EventSource cannot follow a redirect to a sign-in page
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Answers 401 to whoever is not signed in."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    topics = await sync_to_async(may_hear)(request)
    if topics is None:
        return HttpResponse(_("Sign in to hear live updates."), status=401)
    resumed = "Last-Event-ID" in request.headers
    since = None if resumed else seconds(request.GET.get("since", ""))
    return StreamingHttpResponse(
        events(topics, resumed=resumed, since=since, ask=lambda: may_hear(request)),
        content_type="text/event-stream; charset=utf-8",
        headers={
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",  # nginx would collect the events before it passes them on
            "Content-Encoding": "identity",  # and so would our own compression
        },
    )


def may_hear(request: HttpRequest) -> set[str] | None:
    """The topics of whoever is signed in now, read anew; lets the database connection go before it
    returns."""
    try:
        user = get_user(request)
        if not user.is_authenticated or not user.is_active:
            return None
        sources = Source.objects.visible_to(user).values_list("pk", flat=True)
        return {"team", f"user:{user.pk}", *(f"source:{pk}" for pk in sources)}
    finally:
        connection.close()


def seconds(written: str) -> float | None:
    """None where it is no time."""
    try:
        at = float(written)
    except ValueError:
        return None
    return at if math.isfinite(at) else None


async def events(
    topics: set[str],
    *,
    resumed: bool,
    ask: Callable[[], set[str] | None],
    since: float | None = None,
) -> AsyncIterator[bytes]:
    """`ask` once more what may be heard, now that the line is there: a change between the first
    question and the line ended streams of which this one was none yet."""
    numbers = itertools.count(1)
    begun = time.time()

    def written(event: str, data: object, at: float = begun) -> bytes:
        words = json.dumps(data, separators=(",", ":"))
        return f"id: {at!r}-{next(numbers)}\nevent: {event}\ndata: {words}\n\n".encode()

    with switchboard().line(topics) as line:
        await line.connected.wait()
        if await sync_to_async(ask)() != topics:
            return  # the browser comes again, and hears what is so by then
        missed = await sync_to_async(missed_since)(since, topics)
        hello = written("hello", {"resumed": resumed or missed is None})
        yield f"retry: {int(RECONNECT * 1000)}\n".encode() + hello
        for message in missed or ():
            yield written(message["event"], message["data"])
        until = time.monotonic() + LONGEST
        while time.monotonic() < until and not line.fell_behind:
            try:
                message = await asyncio.wait_for(line.queue.get(), HEARTBEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if message["event"] == live.CLOSE:
                return
            yield written(message["event"], message["data"], message.get("at", begun))


def missed_since(since: float | None, topics: set[str]) -> list[dict[str, Any]] | None:
    """None where it is not known, or too much to be told one by one."""
    if since is None:
        return []
    missed = live.published_since(since, topics)
    return None if missed is None or len(missed) > WAITING else missed


class Line:
    """One browser's queue, bounded: who does not keep up is sent away to fetch everything anew."""

    def __init__(self, board: Switchboard, topics: Iterable[str]) -> None:
        self.board = board
        self.topics = frozenset(topics)
        self.connected = board.connected
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(WAITING)
        self.fell_behind = False

    def __enter__(self) -> Line:
        self.board.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.board.remove(self)

    def hear(self, message: dict[str, Any]) -> None:
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.fell_behind = True


class Switchboard:
    """One Redis subscription for all browsers of this process; it listens while there are any."""

    def __init__(self) -> None:
        self.lines: dict[str, set[Line]] = {}
        self.connected = asyncio.Event()
        self.listening: asyncio.Task[None] | None = None

    def line(self, topics: Iterable[str]) -> Line:
        return Line(self, topics)

    def add(self, line: Line) -> None:
        for topic in line.topics:
            self.lines.setdefault(topic, set()).add(line)
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(self.listen())

    def remove(self, line: Line) -> None:
        for topic in line.topics:
            left = self.lines[topic]
            left.discard(line)
            if not left:
                del self.lines[topic]
        if not self.lines and self.listening:
            self.listening.cancel()
            self.listening = None
            self.connected.clear()

    async def listen(self) -> None:
        while True:
            client = redis.asyncio.from_url(settings.REDIS_URL)
            try:
                async with client.pubsub() as heard:
                    await heard.psubscribe(live.channel("*"))
                    await self.pass_on(heard)
            except RedisError as error:
                log.warning("live updates lost Redis; trying again", error=str(error))
                self.send_all_away()
                await asyncio.sleep(RECONNECT)
            finally:
                self.connected.clear()
                await client.aclose()

    async def pass_on(self, heard: redis.asyncio.client.PubSub) -> None:
        start = len(live.channel(""))
        asked = False
        while True:
            item = await heard.get_message(timeout=SILENCE)
            if item is None:
                if asked:
                    raise RedisConnectionError("no answer to a ping")
                await heard.ping()
            elif item["type"] == "psubscribe":
                self.connected.set()
            elif item["type"] == "pmessage":
                topic = item["channel"].decode()[start:]
                message = json.loads(item["data"])
                for line in tuple(self.lines.get(topic, ())):
                    line.hear(message)
            asked = item is None

    def send_all_away(self) -> None:
        """Events may have been missed: every browser reconnects and catches up."""
        for line in {line for lines in self.lines.values() for line in lines}:
            line.fell_behind = True
            line.hear({"event": live.CLOSE})


boards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The one of this process; a new event loop (in tests) gets a new one."""
    loop = asyncio.get_running_loop()
    if loop not in boards:
        boards[loop] = Switchboard()
    return boards[loop]
