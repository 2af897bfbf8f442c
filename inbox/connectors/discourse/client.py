"""The few endpoints of Discourse's API that the hub needs, as plain Json values.

https://docs.discourse.org/ describes them. Nothing here knows what a post means to the hub.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeGuard
from urllib.parse import quote, urlsplit

import httpx
from django.utils.translation import gettext as _

from community_hub.lib.http import guarded_client, origin_of
from inbox.connectors.base import AuthExpired, Forbidden, Misconfigured
from inbox.connectors.errors import json_or_problem, translate, unexpected_page
from inbox.connectors.json_values import Json, record, records, text

GONE = (404, 410)
TOPICS_A_LIST = 30
POSTS_A_REQUEST = 50


def host_of(base_url: str) -> str:
    """ "https://forum.example.org/community" -> "forum.example.org/community"."""
    parts = urlsplit(base_url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"


class DiscourseClient:
    """One forum, with one key, as one user."""

    def __init__(self, base_url: str, username: str, api_key: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.username = username
        self.where = host_of(self.base_url)
        self._http = guarded_client(
            base_url=self.base_url,
            headers={
                "Api-Key": api_key,
                "Api-Username": username,
                "Accept": "application/json",
            },
        )

    def close(self) -> None:
        self._http.close()

    def me(self) -> Json:
        """Our own account. Raises AuthExpired when the key no longer signs us in.

        A granular key may not be allowed to ask for the session; then our own profile answers,
        and `can_edit` shows that it is us who ask.
        """
        answer = self._send("GET", "/session/current.json")
        if answer.status_code not in (403, *GONE):
            found = self._object(answer).get("current_user")
            if is_account(found):
                return found
        answer = self._send("GET", f"/u/{quote(self.username)}.json")
        if answer.status_code not in (403, *GONE):
            found = self._object(answer).get("user")
            if is_account(found) and found.get("can_edit"):
                return found
        raise AuthExpired(
            _(
                "%(where)s doesn’t accept the API key for @%(name)s. Check the username, or create "
                "a new key in the forum's admin pages under API, and reconnect."
            )
            % {"where": self.where, "name": self.username}
        )

    def posts(self, before: int | None = None) -> list[Any]:
        """Public posts, newest first: those with an id below `before`."""
        query = {"before": before} if before else {}
        answer = self._send("GET", "/posts.json", params=query)
        if is_strangers_404(answer):  # every forum has this list
            raise unexpected_page(answer.status_code, self.where)
        data = self._read(answer)
        return self._list(data, "latest_posts")

    def post(self, post_id: str) -> Json | None:
        return self._get_or_none(f"/posts/{quote(post_id, safe='')}.json")

    def topic(self, topic_id: int | str) -> Json | None:
        return self._get_or_none(f"/t/{quote(str(topic_id), safe='')}.json")

    def topic_posts(self, topic_id: int | str, post_ids: Iterable[int]) -> list[Any]:
        """These posts of a topic, with their Markdown."""
        wanted, found = list(post_ids), []
        for start in range(0, len(wanted), POSTS_A_REQUEST):
            batch = wanted[start : start + POSTS_A_REQUEST]
            query: Json = {"post_ids[]": batch, "include_raw": "true"}
            data = self._get(f"/t/{topic_id}/posts.json", **query)
            found += self._list(data.get("post_stream"), "posts")
        return found

    def topics(self, topic_ids: Iterable[int]) -> list[Any]:
        """What the topic list says about these topics: title, closed, archived."""
        wanted, found = sorted(set(topic_ids)), []
        for start in range(0, len(wanted), TOPICS_A_LIST):
            ids = ",".join(str(number) for number in wanted[start : start + TOPICS_A_LIST])
            data = self._get("/latest.json", topic_ids=ids)
            found += records(self._list(data.get("topic_list"), "topics"))
        return found

    def private_topics(self, page: int) -> Json:
        """One page of the list of our private messages, the last one moved first."""
        path = f"/topics/private-messages/{quote(self.username)}.json"
        data = self._get(path, **({"page": page} if page else {}))
        return record(data.get("topic_list"))

    def categories(self) -> list[Any]:
        """All categories that we may see. Sites that load them lazily leave them out of
        /site.json."""
        site = self._get_if_any("/site.json") or {}
        if isinstance(site.get("categories"), list) and site["categories"]:
            return with_ids(site["categories"])
        data = self._get_if_any("/categories.json", include_subcategories="true") or {}
        return with_ids(flat_categories(self._list(data.get("category_list"), "categories")))

    def pending(self) -> list[Any] | None:
        """Our posts that wait for the forum's moderators; None: forums before 2021 do not tell."""
        data = self._get_if_any(f"/posts/{quote(self.username)}/pending.json")
        return None if data is None else self._list(data, "pending_posts")

    def create_post(self, fields: Json) -> httpx.Response:
        """Post a reply; the answer as it came, because 422 carries the forum's own words."""
        return self._send("POST", "/posts.json", json=fields)

    def refusal(self, answer: httpx.Response) -> Exception:
        """The error for a refused request. Discourse says 403 both for a bad key and for what
        this account may not do: asking who we are tells them apart."""
        if answer.request.method == "POST" and is_strangers_404(answer):
            return unexpected_page(answer.status_code, self.where)
        error = translate(answer, self.where)
        if isinstance(error, Forbidden) and "/session/" not in str(answer.url):
            self.me()
        return error

    def _get(self, path: str, **query: Any) -> Json:
        return self._read(self._send("GET", path, params=query))

    def _read(self, answer: httpx.Response) -> Json:
        if answer.is_error:
            raise self.refusal(answer)
        return self._object(answer)

    def _get_or_none(self, path: str, **query: Any) -> Json | None:
        """None where the forum itself says that it is gone. Raises WebPage where a 404 is not
        the forum's own: a proxy's page must never pass for a deletion."""
        answer = self._send("GET", path, params=query)
        if is_strangers_404(answer):
            raise unexpected_page(answer.status_code, self.where)
        return None if answer.status_code in GONE else self._read(answer)

    def _get_if_any(self, path: str, **query: Any) -> Json | None:
        """None where there is no such page: on an older forum, or behind a proxy that shuts it."""
        answer = self._send("GET", path, params=query)
        return None if answer.status_code in GONE else self._read(answer)

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **kwargs)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise translate(error, self.where, wrote=method == "POST") from error
        if answer.history and origin_of(str(answer.url)) != origin_of(self.base_url):
            raise Misconfigured(  # the key was left behind, so this answer is a stranger's
                _("%(where)s moved to %(new)s. Enter that address if you trust it.")
                % {"where": self.where, "new": answer.url.host}
            )
        return answer

    def _object(self, answer: httpx.Response) -> Json:
        data = json_or_problem(answer, self.where)
        if not isinstance(data, dict):
            raise self._stranger()
        return data

    def _list(self, data: Any, name: str) -> list[Any]:
        found = data.get(name) if isinstance(data, dict) else None
        if found is None and isinstance(data, dict) and data:
            raise self._stranger()
        return found if isinstance(found, list) else []

    def _stranger(self) -> Misconfigured:
        return Misconfigured(
            _("%(where)s is not a Discourse forum. Is the address right?") % {"where": self.where}
        )


def is_strangers_404(answer: httpx.Response) -> bool:
    return answer.status_code in GONE and not is_forums_own(answer)


def is_forums_own(answer: httpx.Response) -> bool:
    """Whether a refusal is Discourse's: {"errors": [...], "error_type": "not_found"}."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return False
    try:
        data = answer.json()
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and bool(
        data.get("error_type") == "not_found" or data.get("errors")
    )


def with_ids(value: Any) -> list[Json]:
    """The objects of a list that say which one they are."""
    return [each for each in records(value) if is_id(each.get("id"))]


def is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def is_account(value: Any) -> TypeGuard[Json]:
    return isinstance(value, dict) and is_id(value.get("id")) and bool(text(value.get("username")))


def flat_categories(categories: Any) -> list[Json]:
    """Categories with those nested in them, however deep."""
    found, level = [], records(categories)
    while level:
        found += level
        level = [sub for one in level for sub in records(one.get("subcategory_list"))]
    return found
