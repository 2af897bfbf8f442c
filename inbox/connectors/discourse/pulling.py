"""The way down through a forum's posts, kept in a cursor so that it may stop anywhere.

Discourse lists posts by id, newest first, and only downwards. So there are three stages:

- live: from the newest down to the mark. The mark moves only when the walk has reached it, and
  the walk goes 50 ids further, because an id is given out before its post can be seen.
- direct: the private messages whose topics moved since the last time. Of each topic the highest
  id read is kept, and one that is not known is read whole: we may have been invited late.
- backfill: from the first page ever seen down to `since`; every 10 pages it lets the live stage
  go first, so that a mention of today does not wait for last year.
"""

from __future__ import annotations

import copy
import heapq
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from inbox.connectors.base import Forbidden, Misconfigured, Page, Problem
from inbox.connectors.discourse.client import DiscourseClient, is_id, with_ids
from inbox.connectors.discourse.parse import Reader, Topic, moment
from inbox.connectors.ignored import Ignored
from inbox.connectors.json_values import record, records, text
from inbox.connectors.tally import Tally

OVERLAP_IDS = 50
OVERLAP_TIME = timedelta(minutes=10)
PAGE_SIZE = 50
BACKFILL_TURN = 10  # pages
# Forums before 2025 answer with a window of 50 ids, not with 50 posts, so an empty page may lie
# above older posts. In a backfill this many empty windows in a row mean that nothing is below.
MOST_HOLES = 40
MOST_TOPICS = 300  # private ones that are remembered; others are read whole when they move
POSTS_A_STEP = 200  # of one private topic
ASK_AGAIN = timedelta(days=1)  # whether we may read private messages by now


@dataclass
class Batch:
    """One answer of /posts.json. `below`: where to go on; `is_empty`: nothing new in it."""

    posts: list[Any]
    known: int  # posts repeated from the page before
    highest: int
    below: int

    @property
    def is_empty(self) -> bool:
        return not self.posts


class Puller:
    """Walks with one cursor; `pages` yields a Page after every step."""

    def __init__(self, client: DiscourseClient, reader: Reader, cursor: dict[str, Any]) -> None:
        self.client = client
        self.reader = reader
        self.cursor = copy.deepcopy(cursor)
        self.since = moment(self.cursor["since"])

    def pages(self, deadline: float) -> Iterator[Page]:
        stages = {"live": self.live, "direct": self.direct, "backfill": self.backfill}
        while True:
            read = stages[self.cursor.get("stage", "live")]()
            has_more = self.cursor.get("stage", "live") != "live" or "walk" in self.cursor
            has_more = has_more or self.cursor.pop("turn", False)
            yield read.page(cursor=copy.deepcopy(self.cursor), has_more=has_more)
            if not has_more or time.monotonic() >= deadline:
                return

    # --- live

    def live(self) -> Tally:
        walk = self.cursor.get("walk") or {"before": None, "high": 0}
        batch = self.batch(walk["before"])
        high = max(walk["high"], batch.highest)
        mark = self.cursor.get("mark")
        if mark is None:
            self.first_page(batch)
        elif batch.below <= max(1, mark - OVERLAP_IDS):
            self.cursor["mark"] = max(mark, high)
            self.cursor.pop("walk", None)
            self.cursor["stage"] = "direct"
        else:
            self.cursor["walk"] = {"before": batch.below, "high": high}
        return self.read_public(batch)

    def first_page(self, batch: Batch) -> None:
        """Where the two walks part: live goes up from here, the backfill down."""
        if not batch.is_empty:
            self.cursor["mark"] = batch.highest
            if not self.all_too_old(batch):
                self.cursor["backfill"] = {"before": batch.below, "pages": 0, "holes": 0}
                self.cursor["backfill"]["short"] = len(batch.posts) < PAGE_SIZE
        self.cursor["stage"] = "direct"

    def batch(self, before: int | None) -> Batch:
        posts = self.client.posts(before)
        ids = [number for post in posts if (number := id_of(post)) is not None]
        fresh = [p for p in posts if before is None or (id_of(p) or 0) < before]
        lowest = min(ids, default=before or 0)
        if before is not None and lowest >= before:  # a hole, or the end: step over a window
            fresh, lowest = [], before - PAGE_SIZE
        return Batch(fresh, len(posts) - len(fresh), max(ids, default=0), lowest)

    def read_public(self, batch: Batch) -> Tally:
        read = self.reader.read(batch.posts, self.topics_of(batch.posts), since=self.since)
        read.ignore(Ignored.TWICE, batch.known)
        return read

    def topics_of(self, posts: list[Any]) -> dict[str, Topic]:
        """Whether their topics are closed: /posts.json does not say. Muted and unlisted topics
        are missing in the answer; they count as open."""
        ids = {post["topic_id"] for post in posts if has_topic(post)}
        if not ids:
            return {}
        try:
            found = [Topic.read(topic) for topic in with_ids(self.client.topics(ids))]
        except (Forbidden, Misconfigured):  # a granular key may read posts and no lists
            return {}
        return {topic.id: topic for topic in found if topic.title}

    def all_too_old(self, batch: Batch) -> bool:
        times = [p.get("created_at") for p in batch.posts if isinstance(p, dict)]
        return bool(times) and all(is_before(text, self.since) for text in times)

    # --- direct

    def direct(self) -> Tally:
        """The next private conversation that moved, whole as far as it is short."""
        state = self.cursor.setdefault("direct", {})
        now = datetime.now(UTC)
        if "refused" in state and now - moment(state["refused"]) < ASK_AGAIN:
            return self.direct_done()
        walk = state.setdefault("walk", {"page": 0, "queue": [], "is_last": False})
        try:
            if not walk["queue"] and not walk["is_last"]:
                self.queue_topics(walk, state)
        except (Forbidden, Misconfigured):  # check() tells the person that they are left out
            self.cursor["direct"] = {"refused": now.isoformat()}
            return self.direct_done()
        read = self.read_private(walk, state) if walk["queue"] else Tally()
        if not walk["queue"] and walk["is_last"]:
            mark = walk.get("high") or state.get("mark") or self.since.isoformat()
            self.cursor["direct"] = {"mark": mark, "topics": state.get("topics", {})}
            return self.direct_done(read)
        return read

    def direct_done(self, read: Tally | None = None) -> Tally:
        self.cursor["stage"] = "backfill" if "backfill" in self.cursor else "live"
        return read or Tally()

    def queue_topics(self, walk: dict[str, Any], state: dict[str, Any]) -> None:
        """One page of the list into the queue. Topics that move meanwhile go to the top, above
        `high`, and are found the next time. An invitation moves no topic: it is only unknown."""
        listed = self.client.private_topics(walk["page"])
        topics = with_ids(listed.get("topics"))
        mark, known = state.get("mark"), state.get("topics", {})
        floor = moment(mark) - OVERLAP_TIME if mark else self.since
        times = {topic["id"]: moved_at(topic) for topic in topics}
        moved = {topic_id: when for topic_id, when in times.items() if when >= floor}
        walk["queue"] = [
            topic_id
            for topic_id, when in times.items()
            if topic_id in moved or (str(topic_id) not in known and when >= self.since)
        ]
        walk["is_last"] = len(moved) < len(topics) or not listed.get("more_topics_url")
        walk["page"] += 1
        if moved:  # a topic from the future would hide all that move until then
            highest = min(max(moved.values()), datetime.now(UTC)).astimezone(UTC).isoformat()
            walk["high"] = max(walk.get("high", ""), highest)

    def read_private(self, walk: dict[str, Any], state: dict[str, Any]) -> Tally:
        """The next topic of the queue, or the next part of it where it is long."""
        topic_id, after = walk["queue"][0], walk.pop("after", None)
        known = state.get("topics", {}).get(str(topic_id), 0)
        try:
            data = self.client.topic(topic_id)
        except Forbidden as error:  # we were taken out of it: the other conversations go on
            self.finish_topic(walk, state, known)
            raw = {"topic_id": topic_id}
            return Tally(problems=[Problem(str(error), raw, external_id=f"topic:{topic_id}")])
        if data is None:
            self.finish_topic(walk, state, known)
            return Tally()
        wanted = others_in(data, above=known - OVERLAP_IDS if after is None else after)
        part = wanted[:POSTS_A_STEP]
        posts = stream_of(data, "posts") if after is None else []
        posts += self.client.topic_posts(topic_id, part)
        if len(wanted) > POSTS_A_STEP:
            walk["after"] = part[-1]
        else:
            self.finish_topic(walk, state, highest_of(data))
        number = data["id"] if is_id(data.get("id")) else topic_id
        topic = Topic.read({**data, "id": number, "archetype": "private_message"})
        # whatever topic a post names: what came with a private one must never pass for public
        named = {text(post.get("topic_id")) for post in records(posts)}
        return self.reader.read(posts, dict.fromkeys(named, topic), since=self.since)

    def finish_topic(self, walk: dict[str, Any], state: dict[str, Any], highest: int) -> None:
        """Those with the highest ids are remembered: they are the likeliest to move again."""
        known = {**state.get("topics", {}), str(walk["queue"].pop(0)): highest}
        state["topics"] = dict(heapq.nlargest(MOST_TOPICS, known.items(), key=itemgetter(1)))

    # --- backfill

    def backfill(self) -> Tally:
        state = self.cursor["backfill"]
        batch = self.batch(state["before"])
        # `before` was part of the answer, or a page follows one that was not full: then this
        # forum answers with windows of ids
        if batch.known or (state["short"] and not batch.is_empty):
            state["windows"] = True
        if batch.is_empty:
            state["holes"] += 1
            is_over = not state.get("windows") or state["holes"] > MOST_HOLES
        else:
            state["short"], state["holes"] = len(batch.posts) < PAGE_SIZE, 0
            is_over = self.all_too_old(batch)
        state["before"], state["pages"] = batch.below, state["pages"] + 1
        if is_over or batch.below <= 1:
            del self.cursor["backfill"]
            self.cursor["stage"] = "live"
        elif state["pages"] % BACKFILL_TURN == 0:
            self.cursor["stage"], self.cursor["turn"] = "live", True
        return self.read_public(batch)


def id_of(post: Any) -> int | None:
    found = post.get("id") if isinstance(post, dict) else None
    return found if is_id(found) else None


def stream_of(data: dict[str, Any], name: str) -> list[Any]:
    found = record(data.get("post_stream")).get(name)
    return list(found) if isinstance(found, list) else []


def others_in(topic: dict[str, Any], *, above: int) -> list[int]:
    """The ids of the posts that do not come with a topic, as the first 20 do; the oldest first."""
    have = {id_of(post) for post in stream_of(topic, "posts")}
    listed = [n for n in stream_of(topic, "stream") if is_id(n)]
    return sorted(n for n in listed if n > above and n not in have)


def highest_of(topic: dict[str, Any]) -> int:
    ids = [id_of(post) or 0 for post in stream_of(topic, "posts")]
    return max([*ids, *(n for n in stream_of(topic, "stream") if is_id(n))], default=0)


def has_topic(post: Any) -> bool:
    return isinstance(post, dict) and is_id(post.get("topic_id"))


def is_before(text: Any, since: datetime) -> bool:
    try:
        return moment(text) < since
    except ValueError:
        return False  # unreadable: no reason to stop, the reader reports it


def moved_at(topic: dict[str, Any]) -> datetime:
    """Now, where the forum gives no time that can be read: then it is read again."""
    times = []
    for name in ("bumped_at", "last_posted_at", "created_at"):
        with suppress(ValueError):
            times.append(moment(topic.get(name)))
    return max(times, default=datetime.now(UTC))
