"""Posts read again, as they are now: few requests, for a forum allows a key sixty a minute.

Only a topic tells whether a post is private, and only a post tells its topic. So one post is asked
for alone, the first of its topic come with that, and the others together. What a topic does not
have was deleted or moved elsewhere: asked for alone, the forum says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inbox.connectors.base import ConnectorError, Forbidden, Incoming, Misconfigured, Page
from inbox.connectors.discourse.client import POSTS_A_REQUEST, DiscourseClient
from inbox.connectors.discourse.parse import UNREADABLE, Reader, Topic, needed, unreadable
from inbox.connectors.ignored import Ignored
from inbox.connectors.json_values import Json, record, records, text
from inbox.connectors.tally import Tally


class Fetcher:
    """Reads once: each of the posts asked for is counted once in the tally."""

    def __init__(self, client: DiscourseClient, reader: Reader, ids: Iterable[str]) -> None:
        self.client = client
        self.reader = reader
        self.left = dict.fromkeys(ids)  # in their order
        self.topics: dict[str, Topic | None] = {}  # None: we may not look there
        self.first_posts: dict[str, list[Json]] = {}  # of a topic: those that come with it
        self.tally = Tally()

    def page(self) -> Page:
        """What a request meets once something was read only ends the page early."""
        stopped_by = None
        try:
            while self.left:
                self.read_next()
        except ConnectorError as error:
            if not self.tally.fetched:
                raise
            stopped_by = error
        return self.tally.page(stopped_by=stopped_by)

    def read_next(self) -> None:
        """The next post alone, then those of its topic, where the topic is a new one."""
        external_id, topics = next(iter(self.left)), len(self.topics)
        topic = self.read_alone(external_id)
        del self.left[external_id]
        if topic and not topic.unseen and len(self.topics) > topics:
            self.read_together(topic)

    def read_alone(self, external_id: str) -> Topic | None:
        try:
            post = self.client.post(external_id)
        except Forbidden:  # moved where this account may not look; what we read stays
            self.tally.ignore(Ignored.HIDDEN)
            return None
        if post is None:
            self.tally.items.append(Incoming.gone(external_id))
            return None
        try:
            topic = self.topic(str(needed(post, "topic_id")))
        except UNREADABLE as error:
            self.tally.problems.append(unreadable(post, error))
            return None
        if topic is None:
            self.tally.ignore(Ignored.HIDDEN)
        else:
            self.keep(post, topic)
        return topic

    def topic(self, topic_id: str) -> Topic | None:
        """Unknown topics count as private: a private message must never pass for a public post."""
        if topic_id not in self.topics:
            try:
                data = self.client.topic(topic_id)
            except Forbidden:
                self.topics[topic_id] = None
            else:
                self.topics[topic_id] = Topic.read(data) if data else Topic(topic_id, unseen=True)
                stream = record((data or {}).get("post_stream"))
                self.first_posts[topic_id] = records(stream.get("posts"))
        return self.topics[topic_id]

    def read_together(self, topic: Topic) -> None:
        self.keep_wanted(self.first_posts.get(topic.id, []), topic)
        wanted = [int(each) for each in self.left if each.isascii() and each.isdigit()]
        for start in range(0, len(wanted), POSTS_A_REQUEST):
            batch = wanted[start : start + POSTS_A_REQUEST]
            try:
                posts = records(self.client.topic_posts(topic.id, batch))
            except (Forbidden, Misconfigured):  # a granular key may read single posts only
                return
            self.keep_wanted(posts, topic)

    def keep_wanted(self, posts: list[Json], topic: Topic) -> None:
        for post in posts:
            external_id = text(post.get("id"))
            if external_id in self.left:
                del self.left[external_id]
                self.keep(post, topic)

    def keep(self, post: dict[str, Any], topic: Topic) -> None:
        try:
            self.tally.items.append(self.reader.incoming(post, topic))
        except UNREADABLE as error:
            self.tally.problems.append(unreadable(post, error))
