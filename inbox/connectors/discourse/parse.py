"""Discourse's JSON as the hub's values: a post becomes an Incoming. No HTTP here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

from django.utils.translation import gettext as _

from inbox.connectors.base import (
    Format,
    Incoming,
    Op,
    Person,
    Problem,
    Visibility,
    content_version,
)
from inbox.connectors.discourse.mentions import mentioned_names
from inbox.connectors.ignored import Ignored
from inbox.connectors.json_values import records, text, whole_number
from inbox.connectors.tally import Tally

AVATAR_PIXELS = "96"
LONGEST_SEARCHED = 1_000_000  # characters of a post; a forum's longest has 32,000
# The name and size that a forum writes into the link around a picture.
_META = re.compile(r'<div class="meta">[^<]*(?:<(?!/?div\b)[^<]*)*</div>')
# What a post raises that is not as it should be.
UNREADABLE = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
# What the forum writes by itself, and what only its staff may read.
NOTICE, LINE, WHISPER = 2, 3, 4


@dataclass(frozen=True)
class Topic:
    """What is known of a topic, from whichever answer told it."""

    id: str
    title: str = ""
    slug: str = ""
    category_id: str = ""
    closed: bool = False
    archived: bool = False
    private: bool = False
    unseen: bool = False  # nobody told whether it is public

    @property
    def visibility(self) -> str:
        if self.unseen:
            return Visibility.PRIVATE
        return Visibility.DIRECT if self.private else Visibility.PUBLIC

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Topic:
        return cls(
            id=str(needed(data, "id")),
            title=title_of(data),
            slug=text(data.get("slug")),
            category_id=text(data.get("category_id")),
            closed=bool(data.get("closed")),
            archived=bool(data.get("archived")),
            private=data.get("archetype") == "private_message",
        )


@dataclass
class Reader:
    """Reads posts of one forum, seen by one user. `categories` by id, as the forum lists them."""

    base_url: str
    network: str
    username: str
    categories: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def read(
        self, posts: Iterable[Any], topics: Mapping[str, Topic], *, since: datetime | None = None
    ) -> Tally:
        """Posts made before `since` are left out and counted."""
        result = Tally()
        for post in posts:
            try:
                reason = left_out(post)
                if not reason and since and moment(post["created_at"]) < since:
                    reason = Ignored.TOO_OLD
                if reason:
                    result.ignore(reason)
                else:
                    result.items.append(self.incoming(post, topics.get(text(post["topic_id"]))))
            except UNREADABLE as error:
                result.problems.append(unreadable(post, error))
        return result

    def incoming(self, post: Mapping[str, Any], topic: Topic | None = None) -> Incoming:
        """One post. Raises one of UNREADABLE where what matters is missing."""
        external_id, number = str(needed(post, "id")), needed(post, "post_number")
        topic = topic or self.topic_in(post)
        author = self.author(post)
        is_own = bool(post.get("yours")) or self.is_us(text(post.get("username")))
        created_at = moment(post["created_at"])
        updated_at = moment(post.get("updated_at") or post["created_at"])
        cooked = text(post["cooked"]) if isinstance(post.get("cooked"), str) else None
        is_gone = bool(post.get("deleted_at") or post.get("user_deleted"))
        blocked = self.blocked_reason(topic)
        return Incoming(
            external_id=external_id,
            op=Op.DELETE if is_gone else Op.UPSERT,
            version=version_of(post, updated_at),
            thread_id=topic.id,
            thread_title=topic.title,
            thread_permalink=f"{self.base_url}/t/{topic.slug or '-'}/{topic.id}",
            thread_ref=str(number),
            parent_ref=text(post.get("reply_to_post_number")),
            channel_id=topic.category_id,
            channel_name=text(self.category(topic).get("name")),
            channel_url=category_url(self.base_url, self.category(topic)),
            author=author,
            mention_reason="" if is_own else self.mention_reason(post, topic),
            mentions=tuple(self.mentioned(post)),
            body=text(post.get("raw")) if cooked is None else _META.sub("", cooked),
            body_format=Format.MARKDOWN if cooked is None else Format.HTML,
            language=text(post.get("locale")),
            permalink=self.permalink(post, topic, number),
            visibility=topic.visibility,
            created_at=created_at,
            edited_at=updated_at if (whole_number(post.get("version")) or 1) > 1 else None,
            is_own=is_own,
            is_root=number == 1,
            can_reply=not blocked,
            reply_blocked_reason=blocked,
            reply_ref={"topic_id": int(topic.id), "post_number": number},
            raw=dict(post),
        )

    def topic_in(self, post: Mapping[str, Any]) -> Topic:
        """What a post of /posts.json itself says about its topic."""
        return Topic(
            id=str(needed(post, "topic_id")),
            title=title_of(post, "topic_"),
            slug=text(post.get("topic_slug")),
            category_id=text(post.get("category_id")),
        )

    def author(self, post: Mapping[str, Any]) -> Person | None:
        """None when the account is gone: nobody can say any more who wrote it."""
        if whole_number(post.get("user_id")) is None or not text(post.get("username")):
            return None
        display_name = text(post.get("name")) or text(post.get("display_username"))
        return self.person({**post, "id": post["user_id"], "name": display_name})

    def person(self, user: Mapping[str, Any]) -> Person:
        handle, user_id = text(user.get("username")), needed(user, "id")
        avatar = text(user.get("avatar_template")).replace("{size}", AVATAR_PIXELS)
        return Person(
            external_id=str(user_id),
            network=self.network,
            handle=handle,
            display_name=text(user.get("name")) or handle,
            profile_url=f"{self.base_url}/u/{quote(handle)}",
            avatar_url=self.address(avatar),
            is_bot=user_id < 0,  # the forum's own accounts: system, discobot
            is_us=self.is_us(handle),
        )

    def is_us(self, handle: str) -> bool:
        return bool(handle) and handle.casefold() == self.username.casefold()

    def mention_reason(self, post: Mapping[str, Any], topic: Topic) -> str:
        if topic.private:
            return "direct"
        names = mentioned_names(text(post.get("cooked"))[:LONGEST_SEARCHED])
        return "handle" if self.username.casefold() in names else ""

    def mentioned(self, post: Mapping[str, Any]) -> list[Person]:
        users = records(post.get("mentioned_users"))
        return [self.person(user) for user in users if whole_number(user.get("id")) is not None]

    def category(self, topic: Topic) -> Mapping[str, Any]:
        return self.categories.get(topic.category_id, {})

    def permalink(self, post: Mapping[str, Any], topic: Topic, number: int) -> str:
        given = self.address(text(post.get("post_url")))
        return given or f"{self.base_url}/t/{topic.slug or '-'}/{topic.id}/{number}"

    def address(self, path: str) -> str:
        """Absolute, or "" where the path is none."""
        try:
            return urljoin(f"{self.base_url}/", path) if path else ""
        except ValueError:
            return ""

    def blocked_reason(self, topic: Topic) -> str:
        if topic.archived:
            return _("The forum has archived this topic.")
        if topic.closed:
            return _("The forum has closed this topic to new replies.")
        return ""


def left_out(post: Mapping[str, Any]) -> str:
    """Why a post is no message, or "". Staff may give a post of their own the colour of a notice;
    only those that the forum writes name an action."""
    kind = whole_number(post.get("post_type")) or 1
    if kind == NOTICE and post.get("action_code"):
        return Ignored.NOTICE
    return {LINE: Ignored.SYSTEM, WHISPER: Ignored.WHISPER}.get(kind, "")


def unreadable(post: Any, error: Exception) -> Problem:
    """What is kept of a post that could not be read."""
    raw = post if post and isinstance(post, dict) else {"value": post}
    return Problem(
        message=_("A post could not be read: %(why)s")
        % {"why": f"{type(error).__name__}: {error}"},
        raw=raw,
        external_id=text(raw.get("id")),
        channel_id=text(raw.get("category_id")),
    )


def needed(data: Mapping[str, Any], name: str) -> int:
    """A number that nothing can do without. Raises ValueError."""
    found = whole_number(data.get(name))
    if found is None:
        raise ValueError(f"{name} is no number")
    return found


def moment(value: Any) -> datetime:
    """A time with its zone: "2013-02-04T15:26:26.278-05:00", or with a Z. Raises ValueError."""
    found = datetime.fromisoformat(text(value))
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        found.astimezone(UTC)
    except OverflowError as error:  # the very first or last day there is
        raise ValueError(f"Not a time: {found}") from error
    return found


def version_of(post: Mapping[str, Any], updated_at: datetime) -> str:
    """An edit within the first minutes changes the text but not `version`, so the time joins."""
    when = updated_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return content_version(whole_number(post.get("version")) or 1, when)


def title_of(data: Mapping[str, Any], prefix: str = "") -> str:
    plain = text(data.get(f"{prefix}title"))
    marked_up = text(data.get(f"{prefix}html_title")) or text(data.get("fancy_title"))
    return plain or html.unescape(marked_up)


def category_url(base_url: str, category: Mapping[str, Any]) -> str:
    number = text(category.get("id"))
    return f"{base_url}/c/{text(category.get('slug')) or '-'}/{number}" if number else ""
