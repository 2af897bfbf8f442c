"""Mastodon.py behind the guard: asks, and hands back plain JSON or an error of base.py.

Mastodon.py knows the endpoints and their parameters. What came back is read from the response
itself: its own types cost 6 ms a post, and its exceptions drop the headers that say how long to
wait.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _
from mastodon import Mastodon
from mastodon.errors import MastodonNetworkError

from community_hub.lib.http import TIMEOUT, USER_AGENT
from community_hub.lib.http_session import guarded_session
from inbox.connectors.base import Misconfigured, Rate, WebPage
from inbox.connectors.errors import json_or_problem, translate
from inbox.connectors.waits import reset_time

Json = dict[str, Any]
PAGE_SIZE = 40


class Gone(Misconfigured):
    """404: the post is deleted or hidden, or the server does not know the endpoint. Compatible
    servers say so with a web page, and so does a proxy with nothing behind it: before anything is
    deleted for it, ask for what must exist."""


class Client:
    """One account on one server. Every method raises ConnectorError and nothing else."""

    def __init__(self, instance: str, token: str) -> None:
        self.where = urlsplit(instance).netloc or instance
        self._last: requests.Response | None = None
        self._session = guarded_session()
        self._session.hooks["response"].append(self._keep)
        self._api = Mastodon(
            api_base_url=instance,
            session=self._session,
            ratelimit_method="throw",  # the default sleeps for minutes inside the worker
            request_timeout=TIMEOUT,
            user_agent=USER_AGENT,
        )
        # Set here and not passed above: the constructor opens a token that is the name of a file.
        self._api.access_token = self._token = token
        self._instance = instance

    def me(self) -> Json:
        return self._dict(self._api.account_verify_credentials)

    def application(self) -> Json:
        return self._dict(self._api.app_verify_credentials)

    def instance(self) -> Json:
        """What the server says of itself: version 2, else 1, else nothing."""
        for path in ("/api/v2/instance", "/api/v1/instance"):
            with suppress(Misconfigured, WebPage):
                return self._dict(self._get, path)
        return {}

    def mentions(self, **where: str) -> list[Any]:
        """Notifications of mentions, those that a policy of the account files away included."""
        self._session.params = {"include_filtered": "true"}  # Mastodon.py has no name for it
        try:
            return self._list(self._api.notifications, types=["mention"], limit=PAGE_SIZE, **where)
        finally:
            self._session.params = {}

    def own_statuses(self, account_id: str, **where: str) -> list[Any]:
        return self._list(
            self._api.account_statuses, account_id, exclude_reblogs=True, limit=PAGE_SIZE, **where
        )

    def hashtag(self, name: str, **where: str) -> list[Any]:
        return self._list(self._api.timeline_hashtag, name, limit=PAGE_SIZE, **where)

    def conversations(self, **where: str) -> list[Any]:
        return self._list(self._get, "/api/v1/conversations", limit=PAGE_SIZE, **where)

    def status(self, status_id: str) -> Json:
        return self._dict(self._api.status, status_id)

    def statuses(self, ids: list[str]) -> list[Any]:
        """Several at once (4.3 and later); those that are gone are simply not in the answer."""
        return self._list(self._api.statuses, ids)

    def context(self, status_id: str) -> Json:
        return self._dict(self._api.status_context, status_id)

    def source(self, status_id: str) -> Json:
        return self._dict(self._api.status_source, status_id)

    def post(self, status: str, **fields: Any) -> Json:
        return self._dict(self._api.status_post, status, wrote=True, **fields)

    def link(self, relation: str, parameter: str) -> str:
        """The id that the last answer's Link header gives for the next or previous page."""
        url = self._last.links.get(relation, {}).get("url", "") if self._last is not None else ""
        found = re.search(rf"[?&]{parameter}=([^&]+)", url)
        return found.group(1) if found else ""

    def rate(self) -> Rate | None:
        """What the last answer said is left of the allowance."""
        headers = self._last.headers if self._last is not None else {}
        limit, remaining = headers.get("X-RateLimit-Limit"), headers.get("X-RateLimit-Remaining")
        if not (limit and remaining and limit.isdigit() and remaining.isdigit()):
            return None
        resets_at = reset_time(headers.get("X-RateLimit-Reset", ""))
        return Rate(limit=int(limit), remaining=int(remaining), resets_at=resets_at)

    def close(self) -> None:
        self._session.close()

    def _keep(self, response: requests.Response, *args: Any, **kwargs: Any) -> None:
        self._last = response

    def _get(self, path: str, **where: Any) -> None:
        """What Mastodon.py asks for with a slash at the end, which not every server knows."""
        signed = {"Authorization": f"Bearer {self._token}"}
        self._session.get(self._instance + path, params=where, headers=signed, timeout=TIMEOUT)

    def _dict(self, call: Callable[..., Any], *args: Any, wrote: bool = False, **kw: Any) -> Json:
        found = self._ask(call, args, kw, wrote)
        return found if isinstance(found, dict) else {}

    def _list(self, call: Callable[..., Any], *args: Any, **kw: Any) -> list[Any]:
        """Raises Misconfigured for anything but a list: as an empty one it would end a walk."""
        found = self._ask(call, args, kw, wrote=False)
        if not isinstance(found, list):
            raise Misconfigured(
                _("%(where)s doesn’t look like a Mastodon server. Is the address right?")
                % {"where": self.where}
            )
        return found

    def _ask(self, call: Callable[..., Any], args: tuple[Any, ...], kw: Json, wrote: bool) -> Any:
        self._last = None
        failure: Exception | None = None
        try:
            call(*args, **kw)
        except MastodonNetworkError as error:
            raise translate(error, self.where, wrote=wrote) from error
        except Exception as error:  # its parser may trip over an answer that ours can read
            failure = error
        if self._last is None:
            raise translate(failure or OSError("No answer."), self.where, wrote=wrote)
        if self._last.status_code == 404 and not wrote:
            raise Gone(str(translate(self._last, self.where, wrote=False)))
        return json_or_problem(self._last, self.where)
