"""Did a reply land? Looked for among what the moderators hold and the last posts of its topic."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from inbox.connectors.base import (
    Forbidden,
    Misconfigured,
    Outgoing,
    Rejected,
    SendState,
    Sent,
    Transient,
)
from inbox.connectors.discourse.client import POSTS_A_REQUEST, DiscourseClient, is_id
from inbox.connectors.discourse.parse import moment
from inbox.connectors.json_values import Json, record, records, text

LAST_POSTS = POSTS_A_REQUEST  # of a topic: how far back a lost reply is looked for
CLOCKS_DIFFER = timedelta(minutes=2)


class ReadBack:
    """What the forum shows of one reply.

    What is held is read before the topic: approval makes the post in the very transaction that
    takes away the held one, so a reply that is in neither was turned down.
    """

    def __init__(self, client: DiscourseClient, outgoing: Outgoing) -> None:
        self.client = client
        self.outgoing = outgoing
        self.topic_id = outgoing.reply_ref["topic_id"]
        self.earliest = outgoing.created_at - CLOCKS_DIFFER
        self.held = self.read_held()
        self.posts, self.reaches_back = self.read_topic()

    def read_held(self) -> list[Json] | None:
        """Ours of this topic. None: a granular key, or a forum before 2021, does not tell."""
        try:
            found = self.client.pending()
        except (Forbidden, Misconfigured):
            return None
        if found is None or not all(isinstance(one, dict) for one in found):
            return None
        return [one for one in records(found) if one.get("topic_id") == self.topic_id]

    def read_topic(self) -> tuple[list[Json], bool]:
        """Our posts since the reply was written, the newest first, and whether these are all."""
        topic = self.client.topic(self.topic_id)
        if topic is None:
            return [], False
        stream = record(topic.get("post_stream")).get("stream")
        if not isinstance(stream, list) or not all(is_id(number) for number in stream):
            raise self.unreadable()
        if not stream:
            return [], False
        last = self.client.topic_posts(self.topic_id, stream[-LAST_POSTS:])
        if not all(isinstance(post, dict) for post in last):
            raise self.unreadable()
        since = [post for post in last if self.is_since(post)]
        reaches_back = len(stream) <= LAST_POSTS or (bool(last) and last[0] not in since)
        ours = [post for post in since if self.is_ours(post) and not post.get("deleted_at")]
        return ours[::-1], reaches_back

    def is_since(self, post: Json) -> bool:
        """Also a post whose time can't be read: what was written may stand in it."""
        try:
            return moment(post.get("created_at")) >= self.earliest
        except ValueError:
            return True

    def is_ours(self, post: Json) -> bool:
        name = text(post.get("username"))
        return bool(post.get("yours")) or name.casefold() == self.client.username.casefold()

    def held_as_written(self) -> Json | None:
        for entry in self.held or []:
            if self.is_written(text(entry.get("raw_text")) or text(entry.get("raw"))):
                return entry
        return None

    def published(self) -> Json | None:
        return next((post for post in self.posts if self.is_written(self.markdown_of(post))), None)

    def verdict(self) -> Sent | None:
        """Of a reply that was held and is neither held nor published as it was written: None
        while it may still be held, "unknown" where only a person can tell, or Rejected."""
        if self.held is None or self.held:  # moderators may have edited what they hold
            return None
        number = self.outgoing.reply_ref.get("post_number")
        reworded = any(post.get("reply_to_post_number") in (None, number) for post in self.posts)
        if reworded or not self.reaches_back:
            return Sent(state=SendState.UNKNOWN)
        raise Rejected(_("The forum’s moderators did not publish it."))

    def markdown_of(self, post: Json) -> str:
        """Raises Transient where it can't be read: "not there" would send the reply again."""
        if not isinstance(post.get("raw"), str):
            if not (number := text(post.get("id"))):
                raise self.unreadable()
            post = self.client.post(number) or {"raw": ""}  # deleted since
        if not isinstance(post.get("raw"), str):
            raise self.unreadable()
        return text(post["raw"])

    def unreadable(self) -> Transient:
        where = {"where": self.client.where}
        return Transient(_("%(where)s sent an unreadable response. Retrying.") % where)

    def is_written(self, text: str) -> bool:
        """The forum trims lines and ends, so white space does not count."""
        return text.split() == self.outgoing.markdown.split()
