"""A platform to test a connector against: a guestbook, with every hook that contract.py needs.

It is what docs/connectors.md reads from. For a platform of your own, subclass `SampleServer` and
override `answer`: pages, faults and the hooks stay.

    GET  /me                the account of the token
    GET  /entries?after=ID  the oldest first, `page_size` at once: {"entries": [...], "more": true}
    GET  /entries/ID        one entry, also an edited one; 410 with {"deleted": true} for a deleted
    POST /entries           {"text", "reply_to", "key"}: a new entry; a `key` that was used before
                            gives the entry that it made
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

OURS, SOMEBODY = 1, 5  # user ids


class SampleServer:
    """`with SampleServer() as site: site.url`; `site.token` is what it accepts."""

    page_size = 10

    def __init__(self, token: str = "secret") -> None:  # noqa: S107 - a test's own
        self.token = token
        self.entries: list[dict[str, Any]] = []
        self.fault: Answer | None = None
        self.loses_answers = False
        self.server = LocalServer(self.receive)

    def __enter__(self) -> SampleServer:
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    @property
    def url(self) -> str:
        return self.server.url

    # What it answers

    def receive(self, asked: ReceivedRequest) -> Answer:
        if self.fault:
            return self.fault
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer({"error": "Who are you?"}, 401)
        answer = self.answer(asked)
        return Answer(end_live_streams=True) if self.loses_answers else answer

    def answer(self, asked: ReceivedRequest) -> Answer:
        """One request of somebody who is signed in."""
        if asked.path == "/me":
            return Answer({"id": OURS, "name": "The hub"})
        if asked.path == "/entries" and asked.method == "POST":
            return self.create(json.loads(asked.body))
        if asked.path == "/entries":
            return self.page(int(asked.value("after", "0")))
        return self.one(asked.path.removeprefix("/entries/"))

    def page(self, after: int) -> Answer:
        newer = [e for e in self.entries if e["id"] > after and not e["deleted"]]
        return Answer({"entries": newer[: self.page_size], "more": len(newer) > self.page_size})

    def one(self, number: str) -> Answer:
        for entry in self.entries:
            if str(entry["id"]) == number:
                return Answer({"deleted": True}, 410) if entry["deleted"] else Answer(entry)
        return Answer({"error": "Not found"}, 404)

    def create(self, data: dict[str, Any]) -> Answer:
        for entry in self.entries:
            if data.get("key") and entry["key"] == data["key"]:
                return Answer(entry)
        return Answer(self.add(data["text"], OURS, "The hub", data.get("reply_to"), data["key"]))

    def add(
        self, text: str, user_id: int, name: str, reply_to: int | None = None, key: str = ""
    ) -> dict[str, Any]:
        entry = {
            "id": len(self.entries) + 1,
            "revision": 1,
            "user_id": user_id,
            "name": name,
            "text": text,
            "reply_to": reply_to,
            "key": key,
            "written_at": datetime.now(UTC).isoformat(),
            "deleted": False,
        }
        self.entries.append(entry)
        return entry

    # The hooks of contract.Platform

    def post(self, text: str) -> str:
        return str(self.add(text, SOMEBODY, "Ada")["id"])

    def edit(self, external_id: str, text: str) -> None:
        entry = self.entries[int(external_id) - 1]
        entry.update(text=text, revision=entry["revision"] + 1)

    def delete(self, external_id: str) -> None:
        self.entries[int(external_id) - 1]["deleted"] = True

    def count(self, text: str) -> int:
        return sum(text in entry["text"] for entry in self.entries if not entry["deleted"])

    def revoke(self) -> None:
        self.token = "another"  # noqa: S105 - a test's own

    def limit_rate(self, seconds: int) -> None:
        self.fault = Answer({"error": "Too fast"}, 429, {"Retry-After": str(seconds)})

    def break_down(self) -> None:
        self.fault = Answer({}, 503)

    def answer_html(self) -> None:
        self.fault = Answer("<!doctype html><title>A site</title>")

    def lose_answers(self) -> None:
        self.loses_answers = True

    def heal(self) -> None:
        self.fault, self.loses_answers = None, False
