"""A forum that behaves like Discourse, as far as the connector can tell, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

KEY = "0123456789abcdef-a-key"
INVALID = (
    "You are not permitted to view the requested resource. The API username or key is invalid."
)
FORBIDDEN = "You are not permitted to view the requested resource."
NOT_FOUND = "The requested URL or resource could not be found."


def refusal(status: int, words: str, kind: str, **more: Any) -> Answer:
    return Answer({"errors": [words], "error_type": kind, **more}, status)


@dataclass
class Discourse:
    """`with Discourse() as forum:`. Posts and topics are plain dicts, shaped as the API's."""

    page_size: int = 50
    windows: bool = False  # as forums before 2025: a page is a window of 50 ids, `before` inclusive
    users: dict[str, int] = field(default_factory=lambda: {"hub": 7, "ada": 21, "system": -1})
    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    uninvited: set[int] = field(default_factory=set)  # private topics that are not ours to see
    memo: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: list[dict[str, Any]] = field(default_factory=list)
    moderated: bool = False
    private_allowed: bool = True
    session_allowed: bool = True
    next_id: int = 1000
    fault: Callable[[ReceivedRequest], Answer | None] | None = None
    reshape: Callable[[ReceivedRequest, Any], Any] | None = None  # the JSON of every answer
    key: str = KEY

    def __enter__(self) -> Discourse:
        self.server = LocalServer(self.answer)
        self.server.__enter__()
        self.topic("Welcome to the forum")
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    @property
    def url(self) -> str:
        return self.server.url

    # --- what happens on the forum

    def topic(self, title: str, *, private: bool = False, category_id: int = 4) -> int:
        topic_id = 50 + len(self.topics)
        self.topics[topic_id] = {
            "id": topic_id,
            "title": title,
            "fancy_title": title,
            "slug": title.lower().replace(" ", "-"),
            "category_id": None if private else category_id,
            "closed": False,
            "archived": False,
            "archetype": "private_message" if private else "regular",
            "created_at": now_text(),
            "bumped_at": now_text(),
        }
        return topic_id

    def add(
        self, raw: str, *, by: str | None = "ada", topic: int = 50, **fields: Any
    ) -> dict[str, Any]:
        self.next_id += 1
        number = 1 + sum(post["topic_id"] == topic for post in self.posts.values())
        at = fields.pop("created_at", now_text())
        self.posts[self.next_id] = {
            "id": self.next_id,
            "username": by,
            "name": by.title() if by else None,
            "user_id": self.users.setdefault(by, 100 + len(self.users)) if by else None,
            "avatar_template": "/letter_avatar_proxy/v4/letter/a/{size}.png",
            "created_at": at,
            "updated_at": at,
            "cooked": cook(raw),
            "raw": raw,
            "post_number": number,
            "post_type": 1,
            "reply_to_post_number": None,
            "topic_id": topic,
            "topic_slug": self.topics[topic]["slug"],
            "version": 1,
            "deleted_at": None,
            "user_deleted": False,
            **fields,
        }
        self.topics[topic]["bumped_at"] = now_text()
        return self.posts[self.next_id]

    def approve(self, raw: str = "") -> dict[str, Any]:
        """A moderator lets the held reply through, maybe in other words."""
        held = self.pending.pop()
        number = held["reply_to_post_number"]
        where = {"topic": held["topic_id"], "reply_to_post_number": number}
        return self.add(raw or held["raw_text"], by="hub", **where)

    def reject(self) -> None:
        self.pending.pop()

    # --- the contract's hooks

    def post(self, text: str) -> str:
        return str(self.add(text)["id"])

    def edit(self, external_id: str, text: str) -> None:
        later = datetime.now(UTC) + timedelta(seconds=1)
        post = self.posts[int(external_id)]
        post.update(raw=text, cooked=cook(text), version=2, updated_at=later.isoformat())

    def delete(self, external_id: str) -> None:
        self.gone.add(int(external_id))

    def count(self, text: str) -> int:
        return sum(text in post["raw"] for post in self.posts.values())

    def revoke(self) -> None:
        self.key = "another-key"

    def limit_rate(self, seconds: int) -> None:
        words = "You’ve performed this action too many times, please try again later."
        extras = {"wait_seconds": seconds, "time_left": f"{seconds} seconds"}
        self.fault = lambda asked: refusal(429, words, "rate_limit", extras=extras)

    def break_down(self) -> None:
        self.fault = lambda asked: Answer("<html>Oops</html>", 503)

    def answer_html(self) -> None:
        self.fault = lambda asked: Answer("<!doctype html><title>A site</title>")

    def lose_answers(self) -> None:
        def lost(asked: ReceivedRequest) -> Answer | None:
            if asked.method != "POST":
                return None
            self.create(json.loads(asked.body))
            return Answer(end_live_streams=True)

        self.fault = lost

    def heal(self) -> None:
        self.fault = None

    # --- the API

    def answer(self, asked: ReceivedRequest) -> Answer:
        answer = self.answer_well(asked)
        if self.reshape and isinstance(answer.body, dict | list):
            body = json.dumps(self.reshape(asked, answer.body)).encode()
            kind = {"Content-Type": "application/json; charset=utf-8"}
            return Answer(body, answer.status, answer.headers | kind)
        return answer

    def answer_well(self, asked: ReceivedRequest) -> Answer:
        if self.fault and (answer := self.fault(asked)):
            return answer
        if asked.headers.get("api-key") != self.key or asked.headers.get("api-username") != "hub":
            return refusal(403, INVALID, "invalid_access")
        if asked.method == "POST" and asked.path == "/posts.json":
            return self.create(json.loads(asked.body))
        for pattern, respond in self.routes().items():
            if found := re.fullmatch(pattern, asked.path):
                return respond(asked, *found.groups())
        return refusal(404, NOT_FOUND, "not_found")

    def routes(self) -> dict[str, Callable[..., Answer]]:
        return {
            r"/session/current\.json": self.session,
            r"/u/hub\.json": lambda asked: Answer({"user": {**self.me(), "can_edit": True}}),
            r"/posts\.json": self.latest_posts,
            r"/posts/(\d+)\.json": self.one_post,
            r"/posts/hub/pending\.json": lambda asked: Answer({"pending_posts": self.pending}),
            r"/t/(\d+)\.json": self.one_topic,
            r"/t/(\d+)/posts\.json": self.topic_posts,
            r"/latest\.json": self.latest_topics,
            r"/topics/private-messages/hub\.json": self.private_topics,
            r"/site\.json": lambda asked: Answer({"categories": CATEGORIES}),
        }

    def me(self) -> dict[str, Any]:
        return {"id": 7, "username": "hub", "name": "The Hub", "trust_level": 2, "admin": False}

    def session(self, asked: ReceivedRequest) -> Answer:
        if not self.session_allowed:
            return refusal(403, FORBIDDEN, "invalid_access")
        return Answer({"current_user": self.me()})

    def seen(self, post: dict[str, Any]) -> dict[str, Any]:
        return {**post, "yours": post["username"] == "hub"}

    def is_private(self, post: dict[str, Any]) -> bool:
        return self.topics[post["topic_id"]]["archetype"] == "private_message"

    def latest_posts(self, asked: ReceivedRequest) -> Answer:
        before = int(asked.value("before", "0")) or self.next_id + 1
        public = [
            {**self.seen(post), "topic_title": topic["title"], "category_id": topic["category_id"]}
            for number, post in sorted(self.posts.items(), reverse=True)
            if number not in self.gone
            and not self.is_private(post)
            and (topic := self.topics[post["topic_id"]])
        ]
        if self.windows:
            last = before if asked.value("before") else self.next_id
            return Answer({"latest_posts": [p for p in public if last - 50 < p["id"] <= last]})
        below = [post for post in public if post["id"] < before]
        return Answer({"latest_posts": below[: self.page_size]})

    def one_post(self, asked: ReceivedRequest, post_id: str) -> Answer:
        if int(post_id) in self.gone or int(post_id) not in self.posts:
            return refusal(404, NOT_FOUND, "not_found")
        return Answer(self.seen(self.posts[int(post_id)]))

    def in_topic(self, topic_id: int) -> list[dict[str, Any]]:
        posts = [post for post in self.posts.values() if post["topic_id"] == topic_id]
        return [self.seen(post) for post in posts if post["id"] not in self.gone]

    def one_topic(self, asked: ReceivedRequest, topic_id: str) -> Answer:
        if int(topic_id) not in self.topics or int(topic_id) in self.uninvited:
            return refusal(404, NOT_FOUND, "not_found")
        posts = self.in_topic(int(topic_id))
        first = [{k: v for k, v in post.items() if k != "raw"} for post in posts[:20]]
        stream = {"posts": first, "stream": [post["id"] for post in posts]}
        return Answer({**self.topics[int(topic_id)], "post_stream": stream})

    def topic_posts(self, asked: ReceivedRequest, topic_id: str) -> Answer:
        """Those of the topic: what was deleted or is in another topic is left out in silence."""
        if int(topic_id) not in self.topics or int(topic_id) in self.uninvited:
            return refusal(404, NOT_FOUND, "not_found")
        wanted = {int(value) for name, value in asked.query if name == "post_ids[]"}
        posts = [post for post in self.in_topic(int(topic_id)) if post["id"] in wanted]
        if not asked.value("include_raw"):
            posts = [{k: v for k, v in post.items() if k != "raw"} for post in posts]
        return Answer({"post_stream": {"posts": posts}, "id": int(topic_id)})

    def latest_topics(self, asked: ReceivedRequest) -> Answer:
        wanted = {int(number) for number in asked.value("topic_ids").split(",") if number}
        topics = [topic for number, topic in self.topics.items() if number in wanted]
        return Answer({"topic_list": {"topics": topics[:30]}})

    def private_topics(self, asked: ReceivedRequest) -> Answer:
        if not self.private_allowed:
            return refusal(403, FORBIDDEN, "invalid_access")
        ours = [t for number, t in self.topics.items() if number not in self.uninvited]
        private = [t for t in ours if t["archetype"] == "private_message"]
        private.sort(key=lambda topic: topic["bumped_at"], reverse=True)
        page = int(asked.value("page", "0"))
        listed: dict[str, Any] = {"topics": private[page * 30 : page * 30 + 30]}
        if len(private) > page * 30 + 30:
            listed["more_topics_url"] = f"/topics/private-messages/hub?page={page + 1}"
        return Answer({"topic_list": listed})

    def create(self, fields: dict[str, Any]) -> Answer:
        """Identical creates are one for a while, as Discourse memoises them."""
        signature = json.dumps(fields, sort_keys=True)
        if signature in self.memo:
            return Answer(self.memo[signature])
        topic = self.topics.get(fields["topic_id"])
        if topic is None:
            return refusal(404, NOT_FOUND, "not_found")
        if len(fields["raw"]) < 5:
            return Answer({"action": "create_post", "errors": ["Body is too short"]}, 422)
        if any(p["raw"] == fields["raw"] and p["username"] == "hub" for p in self.posts.values()):
            words = "Body is too similar to what you recently posted"
            return Answer({"action": "create_post", "errors": [words]}, 422)
        if self.moderated:
            waiting = {"id": 5, "raw_text": fields["raw"], "topic_id": topic["id"]}
            number = fields.get("reply_to_post_number")
            self.pending.append({**waiting, "reply_to_post_number": number})
            return Answer({"success": True, "action": "enqueued", "pending_post": waiting})
        number = fields.get("reply_to_post_number")
        post = self.add(fields["raw"], by="hub", topic=topic["id"], reply_to_post_number=number)
        self.memo[signature] = self.seen(post)
        return Answer(self.memo[signature])


CATEGORIES = [
    {"id": 4, "name": "Help", "slug": "help", "permission": 1, "description_text": "Ask here"},
    {"id": 5, "name": "News", "slug": "news", "permission": 3, "description_text": ""},
]


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def cook(raw: str) -> str:
    mention = r'<a class="mention" href="/u/\1">@\1</a>'
    return "<p>" + re.sub(r"@(\w+)", mention, raw) + "</p>"
