"""A local server that behaves like Mastodon: enough of its API for one account, over real HTTP.

Built from https://docs.joinmastodon.org/ and from what a real server was seen to do: lists by
`min_id`, `max_id` and `since_id` with Link headers, rate limit headers, edits, deletions.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest
from tests.platforms.mastodon_oauth import PATHS, Applications

TOKEN = "good-token-1234567890"


@dataclass
class MastodonServer:
    """`with MastodonServer() as site:`; the account signed in is `hub`."""

    page_size: int = 10
    honours_keys: bool = True  # False: a compatible server that ignores Idempotency-Key
    scopes: set[str] = field(default_factory=lambda: {"read", "write:statuses"})
    max_characters: int = 500
    has_uris: bool = True
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    notices: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)  # "GET /path": what this server does not know
    plain: bool = False  # compatible servers: 404s in HTML, also for an address with a slash more
    fault: str = ""
    wait: int = 0
    revoked: bool = False
    allowance: int = 300

    def __post_init__(self) -> None:
        self.web = LocalServer(self.answer)
        self._clock = datetime.now(UTC) - timedelta(hours=1)
        self.me = self.account("hub")
        self.oauth = Applications(TOKEN)

    def __enter__(self) -> MastodonServer:
        self.web.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.web.__exit__(*error)

    @property
    def url(self) -> str:
        return self.web.url

    def paths(self) -> list[str]:
        return [asked.path.rstrip("/") for asked in self.web.asked]

    # --- what people do

    def account(self, name: str, **more: Any) -> dict[str, Any]:
        """An account of this server, or of another one when the name holds an @."""
        if name not in self.accounts:
            user, _, host = name.partition("@")
            home = f"https://{host}" if host else self.url
            uri = {"uri": f"{home}/users/{user}"} if self.has_uris else {}
            self.accounts[name] = {
                "id": str(10_000 + len(self.accounts)),
                "username": user,
                "acct": name,
                "display_name": user.title(),
                "url": f"{home}/@{user}",
                "bot": False,
                "note": "",
                "fields": [],
                **uri,
                **more,
            }
        return self.accounts[name]

    def post(self, text: str) -> str:
        return self.say("ada", f"@hub {text}")

    def say(
        self, name: str, words: str, *, reply_to: str = "", at: datetime | None = None, **more: Any
    ) -> str:
        """Somebody posts; whoever is mentioned with @ gets a notification."""
        self._clock += timedelta(milliseconds=1500)
        written = at or self._clock
        status_id = str((int(written.timestamp() * 1000) << 16) + len(self.stored) % 65_536)
        named = [n for n in re.findall(r"@([\w@.-]*\w)", words) if n in self.accounts]
        author = self.account(name)
        self.sources[status_id] = words
        self.stored[status_id] = {
            "id": status_id,
            "created_at": written.isoformat().replace("+00:00", "Z"),
            "in_reply_to_id": reply_to or None,
            "visibility": "public",
            "spoiler_text": "",
            "language": "en",
            "uri": f"{author['url']}/{status_id}",
            "url": f"{author['url']}/{status_id}",
            "edited_at": None,
            "content": self._page(words),
            "account": author,
            "media_attachments": [],
            "mentions": [
                {key: self.accounts[n][key] for key in ("id", "username", "acct", "url")}
                for n in named
            ],
            "tags": [{"name": tag.lower()} for tag in re.findall(r"#(\w+)", words)],
            "poll": None,
            **more,
        }
        if "hub" in named and name != "hub":
            self.notify(status_id)
        return status_id

    def notify(self, status_id: str, kind: str = "mention") -> None:
        number = str(len(self.notices) + 20)
        status = self.stored[status_id]
        self.notices.append({"id": number, "type": kind, "status_id": status_id, **_at(status)})

    def edit(self, external_id: str, text: str) -> None:
        status = self.stored[external_id]
        status["content"] = self._page(text)
        status["edited_at"] = datetime.now(UTC).isoformat()
        self.sources[external_id] = text

    def delete(self, external_id: str) -> None:
        del self.stored[external_id]

    def count(self, text: str) -> int:
        return sum(text in words for key, words in self.sources.items() if key in self.stored)

    # --- what goes wrong

    def revoke(self) -> None:
        self.revoked = True

    def limit_rate(self, seconds: int) -> None:
        self.wait = seconds

    def break_down(self) -> None:
        self.fault = "break_down"

    def answer_404(self) -> None:
        """As a proxy does while there is nothing behind it."""
        self.fault = "answer_404"

    def answer_html(self) -> None:
        self.fault = "answer_html"

    def lose_answers(self) -> None:
        self.fault = "lose_answers"

    def heal(self) -> None:
        self.fault, self.wait, self.revoked = "", 0, False

    # --- the API

    def answer(self, asked: ReceivedRequest) -> Answer:
        path = asked.path.rstrip("/")
        answer = self._refusal(asked, path) or self._route(asked, path)
        if self.plain and (answer.status == 404 or asked.path != path):
            answer = Answer("<!DOCTYPE html><title>404: Page not found</title>", 404)
        reset = datetime.now(UTC) + timedelta(seconds=self.wait or 300)
        answer.headers |= {
            "X-RateLimit-Limit": "300",
            "X-RateLimit-Remaining": "0" if self.wait else str(self.allowance),
            "X-RateLimit-Reset": reset.isoformat().replace("+00:00", "Z"),
        }
        return answer

    def _refusal(self, asked: ReceivedRequest, path: str) -> Answer | None:
        if self.fault == "break_down":
            return Answer("<h1>We are down</h1>", 503)
        if self.fault == "answer_html":
            return Answer("<!DOCTYPE html><title>A web page</title>")
        if self.fault == "answer_404":
            return Answer("<!DOCTYPE html><title>Back soon</title>", 404)
        if self.fault == "answer_nothing" and not path.endswith("verify_credentials"):
            return Answer({})
        if self.wait:
            return Answer({"error": "Too many requests"}, 429)
        if f"{asked.method} {path}" in self.missing:
            return Answer({"error": "Record not found"}, 404)
        if path in PATHS:
            return self.oauth.answer(asked, path)
        if self.revoked or asked.headers.get("authorization") != f"Bearer {self.oauth.token}":
            return Answer({"error": "The access token is invalid"}, 401)
        need = "write:statuses" if asked.method == "POST" else "read:statuses"
        if path == "/api/v1/notifications":
            need = "read:notifications"
        if not self.scopes & {need, need.partition(":")[0]}:
            words = "This action is outside the authorized scopes"
            return Answer({"error": words}, 403)
        return None

    def _route(self, asked: ReceivedRequest, path: str) -> Answer:
        match asked.method, path.removeprefix("/api/").split("/"):
            case "GET", ["v1", "accounts", "verify_credentials"]:
                return Answer(self.me)
            case "GET", ["v1", "apps", "verify_credentials"]:
                return Answer({"name": "Hub", "scopes": sorted(self.scopes)})
            case "GET", ["v2", "instance"]:
                limits = {"max_characters": self.max_characters, "characters_reserved_per_url": 23}
                return Answer({"domain": "local", "configuration": {"statuses": limits}})
            case "GET", ["v1", "instance"]:
                return Answer({"uri": "local", "max_toot_chars": self.max_characters})
            case "GET", ["v1", "notifications"]:
                return self._list(asked, [self._notice(notice) for notice in self.notices])
            case "GET", ["v1", "conversations"]:
                direct = [s for s in self.stored.values() if s["visibility"] == "direct"]
                return self._list(asked, [{"id": s["id"], "last_status": s} for s in direct])
            case "GET", ["v1", "accounts", account_id, "statuses"]:
                found = [s for s in self.stored.values() if _by(s) == account_id]
                return self._list(asked, found)
            case "GET", ["v1", "timelines", "tag", name]:
                found = [s for s in self.stored.values() if {"name": name} in s["tags"]]
                return self._list(asked, found)
            case "GET", ["v1", "statuses"]:
                ids = [value for key, value in asked.query if key == "id[]"]
                return Answer([self.stored[i] for i in ids if i in self.stored])
            case "POST", ["v1", "statuses"]:
                return self._create(asked)
            case "GET", ["v1", "statuses", status_id, *rest] if status_id in self.stored:
                return Answer(self._about(status_id, rest))
            case _:
                return Answer({"error": "Record not found"}, 404)

    def _about(self, status_id: str, rest: list[str]) -> Any:
        if rest == ["context"]:
            above: list[dict[str, Any]] = []
            parent = self.stored[status_id]["in_reply_to_id"]
            while parent in self.stored:
                above.insert(0, self.stored[parent])
                parent = self.stored[parent]["in_reply_to_id"]
            return {"ancestors": above, "descendants": self._below(status_id)}
        if rest == ["source"]:
            return {"id": status_id, "text": self.sources[status_id], "spoiler_text": ""}
        return self.stored[status_id]

    def _below(self, status_id: str) -> list[dict[str, Any]]:
        found = []
        for key, status in sorted(self.stored.items(), key=lambda each: int(each[0])):
            if status["in_reply_to_id"] == status_id:
                found += [status, *self._below(key)]
        return found

    def _create(self, asked: ReceivedRequest) -> Answer:
        form, key = asked.form(), asked.headers.get("idempotency-key", "")
        if self.honours_keys and key in self.keys:
            return Answer(self.stored[self.keys[key]])
        parent = form.get("in_reply_to_id", "")
        if parent and parent not in self.stored:
            return Answer({"error": "Record not found"}, 404)
        if len(form["status"]) > self.max_characters:
            words = f"Validation failed: Text character limit of {self.max_characters} exceeded"
            return Answer({"error": words}, 422)
        status_id = self.say(
            "hub",
            form["status"],
            reply_to=parent,
            at=datetime.now(UTC),
            visibility=form.get("visibility", "public"),
            spoiler_text=form.get("spoiler_text", ""),
        )
        self.keys[key] = status_id
        return Answer(self.stored[status_id], end_live_streams=self.fault == "lose_answers")

    def _list(self, asked: ReceivedRequest, entries: list[dict[str, Any]]) -> Answer:
        """One page, the newest first: `min_id` takes the page just above it, `since_id` the top."""
        entries = sorted(entries, key=lambda entry: int(entry["id"]), reverse=True)
        if low := asked.value("min_id") or asked.value("since_id"):
            entries = [entry for entry in entries if int(entry["id"]) > int(low)]
        if high := asked.value("max_id"):
            entries = [entry for entry in entries if int(entry["id"]) < int(high)]
        size = min(int(asked.value("limit", "20")), self.page_size)
        entries = entries[-size:] if asked.value("min_id") else entries[:size]
        if not entries:
            return Answer([])
        here = f"{self.url}{asked.path}"
        older, newer = entries[-1]["id"], entries[0]["id"]
        links = f'<{here}?max_id={older}>; rel="next", <{here}?min_id={newer}>; rel="prev"'
        return Answer(entries, headers={"Link": links})

    def _notice(self, notice: dict[str, Any]) -> dict[str, Any]:
        status = self.stored.get(notice["status_id"])
        return {**notice, "account": status and status["account"], "status": status}

    def _page(self, words: str) -> str:
        """As Mastodon shows it: paragraphs, mentions without their host, links shortened."""
        said = html.escape(words, quote=False)

        def name(found: re.Match[str]) -> str:
            user = found.group(1).partition("@")[0]
            return f'<span class="h-card"><a class="u-url mention">@<span>{user}</span></a></span>'

        said = re.sub(r"@([\w@.-]*\w)", name, said)
        paragraphs = re.split(r"\n{2,}", said)
        return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in paragraphs)


def _by(status: dict[str, Any]) -> str | None:
    return (status["account"] or {}).get("id")


def _at(status: dict[str, Any]) -> dict[str, str]:
    return {"created_at": status["created_at"]}
