"""Did a reply land? Looked for among what the moderators hold and the last posts of its topic."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from inbox.connectors.base import Forbidden, Misconfigured, Outgoing, Rejected, Sent
from inbox.connectors.discourse.client import JSON, POSTS_A_REQUEST, DiscourseClient, dicts
from inbox.connectors.discourse.reading import moment

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

    def read_held(self) -> list[JSON] | None:
        """Ours of this topic. None: a granular key, or a forum before 2021, does not tell."""
        try:
            found = self.client.pending()
        except (Forbidden, Misconfigured):
            return None
        if found is None:
            return None
        return [one for one in dicts(found) if one.get("topic_id") == self.topic_id]

    def read_topic(self) -> tuple[list[JSON], bool]:
        """Our posts since the reply was written, the newest first, and whether these are all."""
        topic = self.client.topic(self.topic_id)
        stream = (topic or {}).get("post_stream", {}).get("stream") or []
        if not stream:
            return [], False
        last = dicts(self.client.topic_posts(self.topic_id, stream[-LAST_POSTS:]))
        since = [post for post in last if moment(post["created_at"]) >= self.earliest]
        reaches_back = len(stream) <= LAST_POSTS or (bool(last) and last[0] not in since)
        ours = [post for post in since if self.is_ours(post) and not post.get("deleted_at")]
        return ours[::-1], reaches_back

    def is_ours(self, post: JSON) -> bool:
        name = str(post.get("username") or "")
        return bool(post.get("yours")) or name.casefold() == self.client.username.casefold()

    def held_as_written(self) -> JSON | None:
        for entry in self.held or []:
            if self.is_written(str(entry.get("raw_text") or entry.get("raw") or "")):
                return entry
        return None

    def published(self) -> JSON | None:
        return next((post for post in self.posts if self.is_written(self.markdown_of(post))), None)

    def verdict(self) -> Sent | None:
        """Of a reply that was held and is neither held nor published as it was written: None
        while it may still be held, "unknown" where only a person can tell, or Rejected."""
        if self.held is None or self.held:  # moderators may have edited what they hold
            return None
        number = self.outgoing.reply_ref.get("post_number")
        reworded = any(post.get("reply_to_post_number") in (None, number) for post in self.posts)
        if reworded or not self.reaches_back:
            return Sent(state="unknown")
        raise Rejected(_("The forum's moderators did not publish it."))

    def markdown_of(self, post: JSON) -> str:
        if isinstance(post.get("raw"), str):
            return str(post["raw"])
        whole = self.client.post(str(post["id"])) or {}
        return str(whole.get("raw") or "")

    def is_written(self, text: str) -> bool:
        """The forum trims lines and ends, so white space does not count."""
        return text.split() == self.outgoing.markdown.split()
